//! One request to one receiver, under one time-out for all of it: name, connection, TLS, answer.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::{Method, Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use model::Timestamp;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::hook::Hook;

/// The head of an answer is no longer than this, in bytes.
const MAX_HEAD: usize = 16 * 1024;
/// So much of an answer's body is read, to say what went wrong.
const MAX_ANSWER: usize = 8 * 1024;
/// So much of it is told.
const MAX_EXCERPT: usize = 200;

/// Why a receiver has not taken an event, as the operator reads it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It took too long.
    #[error("it did not answer within {0} seconds")]
    Slow(u64),
    /// There is no connection.
    #[error("it can't be reached: {0}")]
    Unreachable(String),
    /// There is a connection and no TLS on it.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// What came back is no HTTP.
    #[error("it broke off or did not speak HTTP: {0}")]
    Garbage(String),
    /// It has answered with something else than 2xx.
    #[error("it answered {status}{}", said(*status, excerpt))]
    Answered {
        /// The status.
        status: u16,
        /// The beginning of what it said.
        excerpt: String,
        /// How long it wants to be left alone, in seconds.
        wish: Option<u64>,
    },
}

fn said(status: u16, excerpt: &str) -> String {
    match (status, excerpt) {
        (300..400, _) => ": redirects are not followed, put the new address into the configuration".into(),
        (_, "") => String::new(),
        (_, excerpt) => format!(": {excerpt}"),
    }
}

impl SendError {
    /// Whether the receiver as a whole does not work; otherwise it is this event that it does not like.
    pub(crate) fn is_about_the_receiver(&self) -> bool {
        match self {
            Self::Answered { status, .. } => matches!(status, 408 | 429 | 500..),
            _ => true,
        }
    }

    /// How long it wants to be left alone.
    pub(crate) fn wish(&self) -> Option<Duration> {
        match self {
            Self::Answered { wish, .. } => wish.map(Duration::from_secs),
            _ => None,
        }
    }
}

/// Sends one event within `patience`; the status that it was taken with.
pub(crate) async fn send(
    hook: &Hook,
    id: &str,
    body: Vec<u8>,
    now: Timestamp,
    patience: Duration,
) -> Result<u16, SendError> {
    let request = request(hook, id, body, now).map_err(|error| SendError::Garbage(error.to_string()))?;
    let done = tokio::time::timeout(patience, connect_and_send(hook, request)).await;
    done.unwrap_or(Err(SendError::Slow(patience.as_secs())))
}

fn request(hook: &Hook, id: &str, body: Vec<u8>, now: Timestamp) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
    let timestamp = now.as_secs();
    Request::builder()
        .method(Method::POST)
        .uri(&hook.target.path)
        .header(header::HOST, &hook.target.authority)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, concat!("portreeve/", env!("CARGO_PKG_VERSION")))
        .header(header::CONNECTION, "close")
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", hook.secrets.sign(id, timestamp, &body))
        .body(Full::new(body.into()))
}

async fn connect_and_send(hook: &Hook, request: Request<Full<Bytes>>) -> Result<u16, SendError> {
    let target = &hook.target;
    let unreachable = |error: std::io::Error| SendError::Unreachable(error.to_string());
    let stream = TcpStream::connect((target.host.as_str(), target.port)).await.map_err(unreachable)?;
    match &hook.tls {
        None => exchange(stream, request).await,
        Some(config) => {
            let tls = |error: String| SendError::Tls(error);
            let name = ServerName::try_from(target.host.clone()).map_err(|error| tls(error.to_string()))?;
            let connector = TlsConnector::from(Arc::clone(config));
            let stream = connector.connect(name, stream).await.map_err(|error| tls(error.to_string()))?;
            exchange(stream, request).await
        }
    }
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
) -> Result<u16, SendError> {
    let (mut sender, connection) =
        http1::Builder::new().max_buf_size(MAX_HEAD).handshake(TokioIo::new(stream)).await.map_err(garbage)?;
    let answered = async {
        let response = sender.send_request(request).await.map_err(garbage)?;
        judged(response).await
    };
    let mut connection = std::pin::pin!(connection);
    let mut answered = std::pin::pin!(answered);
    tokio::select! {
        result = answered.as_mut() => result,
        // The connection is over once the answer was read; the answer alone says whether it was complete.
        _ = connection.as_mut() => answered.await,
    }
}

async fn judged(response: Response<Incoming>) -> Result<u16, SendError> {
    let status = response.status();
    if status.is_success() {
        return Ok(status.as_u16());
    }
    let wish = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let wish = wish.filter(|_| matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE));
    let body = Limited::new(response.into_body(), MAX_ANSWER).collect().await;
    let body = body.map(|body| body.to_bytes()).unwrap_or_default();
    Err(SendError::Answered { status: status.as_u16(), excerpt: excerpt(&body), wish })
}

/// The beginning, on one line: it stands in logs and on terminals.
fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let clean = |c: char| if c.is_control() || c == '\u{fffd}' { ' ' } else { c };
    model::names::bounded(&text.chars().take(MAX_ANSWER).map(clean).collect::<String>(), MAX_EXCERPT).trim().to_owned()
}

fn garbage(error: hyper::Error) -> SendError {
    let cause = std::error::Error::source(&error).map(|cause| format!(" ({cause})")).unwrap_or_default();
    SendError::Garbage(format!("{error}{cause}"))
}
