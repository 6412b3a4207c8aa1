//! A server, and one exchange with it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::http::request::Builder;
use hyper::{HeaderMap, Method, Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::error::FetchError;
use crate::target::Target;
use crate::trust::trust;

/// The head of an answer is no longer than this, in bytes.
const MAX_HEAD: usize = 16 * 1024;

/// A server, with whom its certificate is checked by.
#[derive(Debug, Clone)]
pub struct Peer {
    target: Target,
    tls: Option<Arc<ClientConfig>>,
}

/// What a server has answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The fields of the head.
    pub fields: HeaderMap,
    /// As much of the body as was wanted.
    pub body: Vec<u8>,
    /// Whether there was more of it.
    pub cut: bool,
}

/// A request's body.
pub fn body(bytes: impl Into<Bytes>) -> Full<Bytes> {
    Full::new(bytes.into())
}

impl Peer {
    /// The server of a URL. Certificates are checked by the system's authorities and those of the file.
    ///
    /// # Errors
    /// A sentence, when the file holds no certificate, or there are no authorities at all.
    pub fn new(target: Target, authorities: Option<&Path>) -> Result<Self, String> {
        let tls = target.secure.then(|| trust(authorities)).transpose()?;
        Ok(Self { target, tls })
    }

    /// Its URL, taken apart.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The beginning of a request for a path, with the fields that every request has.
    pub fn request(&self, method: Method, path: &str) -> Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.target.authority)
            .header(header::USER_AGENT, concat!("portreeve/", env!("CARGO_PKG_VERSION")))
            .header(header::CONNECTION, "close")
    }

    /// Sends it; the answer with at most as many bytes of the body as `wanted` says for its status. With 0 the body is not
    /// waited for.
    ///
    /// # Errors
    /// When there is no whole answer within `patience`.
    pub async fn ask(
        &self,
        request: Request<Full<Bytes>>,
        wanted: fn(StatusCode) -> usize,
        patience: Duration,
    ) -> Result<Answer, FetchError> {
        let done = tokio::time::timeout(patience, self.connect_and_ask(request, wanted)).await;
        done.unwrap_or(Err(FetchError::Slow(patience)))
    }

    async fn connect_and_ask(
        &self,
        request: Request<Full<Bytes>>,
        wanted: fn(StatusCode) -> usize,
    ) -> Result<Answer, FetchError> {
        let Target { host, port, .. } = &self.target;
        let unreachable = |error: std::io::Error| FetchError::Unreachable(error.to_string());
        let stream = TcpStream::connect((host.as_str(), *port)).await.map_err(unreachable)?;
        match &self.tls {
            None => exchange(stream, request, wanted).await,
            Some(config) => {
                let name = ServerName::try_from(host.clone()).map_err(|error| FetchError::Tls(error.to_string()))?;
                let connector = TlsConnector::from(Arc::clone(config));
                let stream = connector.connect(name, stream).await;
                exchange(stream.map_err(|error| FetchError::Tls(error.to_string()))?, request, wanted).await
            }
        }
    }
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
    wanted: fn(StatusCode) -> usize,
) -> Result<Answer, FetchError> {
    let (mut sender, connection) =
        http1::Builder::new().max_buf_size(MAX_HEAD).handshake(TokioIo::new(stream)).await.map_err(garbage)?;
    let answered = async {
        let response = sender.send_request(request).await.map_err(garbage)?;
        read(response, wanted).await
    };
    let mut connection = std::pin::pin!(connection);
    let mut answered = std::pin::pin!(answered);
    tokio::select! {
        result = answered.as_mut() => result,
        // The connection is over once the answer was read; the answer alone says whether it was complete.
        _ = connection.as_mut() => answered.await,
    }
}

async fn read(response: Response<Incoming>, wanted: fn(StatusCode) -> usize) -> Result<Answer, FetchError> {
    let (head, mut incoming) = response.into_parts();
    let most = wanted(head.status);
    let (mut body, mut cut) = (Vec::new(), most == 0);
    while !cut && let Some(frame) = incoming.frame().await {
        let Ok(data) = frame.map_err(garbage)?.into_data() else { continue };
        let fits = data.get(..most - body.len()).unwrap_or(&data);
        body.extend_from_slice(fits);
        cut = fits.len() < data.len();
    }
    Ok(Answer { status: head.status, fields: head.headers, body, cut })
}

fn garbage(error: hyper::Error) -> FetchError {
    let cause = std::error::Error::source(&error).map(|cause| format!(" ({cause})")).unwrap_or_default();
    FetchError::Garbage(format!("{error}{cause}"))
}
