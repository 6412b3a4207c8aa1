//! The `[web]` door: TLS, who the visitor is, answers without end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use access::{LongLived, Visitor, WebSettings};
use admin::{WebSeats, WebTls, listen_web, serve_web};
use axum::body::{Body, Bytes};
use axum::extract::Extension;
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

const LONG: Duration = Duration::from_secs(30);

pub(crate) struct Door {
    pub(crate) address: SocketAddr,
    pub(crate) seats: Arc<WebSeats>,
    stop: oneshot::Sender<()>,
    running: tokio::task::JoinHandle<()>,
}

pub(crate) async fn open(settings: WebSettings, tls: Option<Arc<WebTls>>, router: Router) -> Door {
    let settings = WebSettings { listen: vec![SocketAddr::from(([127, 0, 0, 1], 0))], ..settings };
    let listeners = listen_web(&settings).await.unwrap();
    let address = listeners.first().unwrap().local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let seats = WebSeats::new(&settings);
    let taken = Arc::clone(&seats);
    let running = tokio::spawn(async move {
        serve_web(&settings, (tls, &taken), listeners, vec![router], async { drop(stopped.await) }).await;
    });
    Door { address, seats, stop, running }
}

pub(crate) async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(LONG, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    String::from_utf8(answer).unwrap()
}

fn whoami() -> Router {
    let tell = |Extension(visitor): Extension<Visitor>| async move { format!("{visitor:?}") };
    Router::new().route("/who", get(tell))
}

const WHO: &str = "GET /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: 203.0.113.5\r\n\r\n";

#[tokio::test]
async fn a_request_knows_its_visitor_and_answers_are_hardened() {
    let door = open(WebSettings::default(), None, whoami()).await;
    let answer = ask(TcpStream::connect(door.address).await.unwrap(), WHO).await;
    assert!(answer.ends_with("Visitor { client: Some(203.0.113.5), https: false }"), "{answer}");
    for field in ["x-content-type-options: nosniff", "cache-control: no-store", "content-security-policy: default-src"]
    {
        assert!(answer.contains(field), "{answer}");
    }
    let nobody = WebSettings { trusted_proxies: Vec::new(), ..WebSettings::default() };
    let door = open(nobody, None, whoami()).await;
    let answer = ask(TcpStream::connect(door.address).await.unwrap(), WHO).await;
    assert!(answer.ends_with("Visitor { client: Some(127.0.0.1), https: false }"), "{answer}");
    let lost = ask(TcpStream::connect(door.address).await.unwrap(), &WHO.replace("/who", "/nowhere")).await;
    assert!(lost.starts_with("HTTP/1.1 404"), "{lost}");
}

pub(crate) fn certificate(
    folder: &Path,
) -> (rcgen::CertifiedKey<rcgen::KeyPair>, std::path::PathBuf, std::path::PathBuf) {
    let made = rcgen::generate_simple_self_signed(["portreeve.example".to_owned()]).unwrap();
    let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    std::fs::write(&cert, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    (made, cert, key)
}

pub(crate) async fn over_tls(
    address: SocketAddr,
    trusted: &rustls::pki_types::CertificateDer<'static>,
) -> std::io::Result<String> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_root_certificates(roots).with_no_client_auth());
    let name = rustls::pki_types::ServerName::try_from("portreeve.example").unwrap();
    let stream = TcpStream::connect(address).await?;
    let stream = tokio_rustls::TlsConnector::from(config).connect(name, stream).await?;
    Ok(ask(stream, WHO).await)
}

#[tokio::test]
async fn tls_is_spoken_and_the_certificate_replaced_while_serving() {
    let folder = tempfile::tempdir().unwrap();
    let (first, cert, key) = certificate(folder.path());
    let tls = Arc::new(WebTls::load(&cert, &key).unwrap());
    let door = open(WebSettings::default(), Some(Arc::clone(&tls)), whoami()).await;
    let mut silent = TcpStream::connect(door.address).await.unwrap();
    silent.write_all(b"\x16\x03\x01").await.unwrap();
    let answer = over_tls(door.address, first.cert.der()).await.unwrap();
    assert!(answer.contains("https: true") && answer.contains("strict-transport-security"), "{answer}");
    let (second, ..) = certificate(folder.path());
    assert!(over_tls(door.address, second.cert.der()).await.is_err());
    tls.reload(&cert, &key).unwrap();
    assert!(over_tls(door.address, second.cert.der()).await.is_ok());
    std::fs::write(&key, "no key").unwrap();
    assert!(tls.reload(&cert, &key).unwrap_err().to_string().contains("holds no private key in PEM"));
    assert!(over_tls(door.address, second.cert.der()).await.is_ok(), "the earlier one stays");
}

/// What comes out of a channel.
struct Stream(mpsc::Receiver<&'static str>);

impl hyper::body::Body for Stream {
    type Data = Bytes;
    type Error = Infallible;
    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|text| text.map(|text| Ok(hyper::body::Frame::data(Bytes::from(text)))))
    }
}

#[tokio::test]
async fn an_answer_without_end_outlives_the_connections_lifetime_and_not_the_daemon() {
    let (send, receive) = mpsc::channel(1);
    let receive = Arc::new(std::sync::Mutex::new(Some(receive)));
    let stream = move || async move {
        let body = Body::new(Stream(receive.lock().unwrap().take().unwrap()));
        let mut response: Response = body.into_response();
        response.extensions_mut().insert(LongLived);
        response
    };
    let settings = WebSettings { connection_lifetime: Duration::from_millis(20), ..WebSettings::default() };
    let door = open(settings, None, Router::new().route("/events", get(stream))).await;
    let mut client = TcpStream::connect(door.address).await.unwrap();
    client.write_all(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut read = Vec::new();
    for word in ["one", "two", "three"] {
        send.send(word).await.unwrap();
        while !String::from_utf8_lossy(&read).contains(word) {
            assert!(timeout(LONG, client.read_buf(&mut read)).await.unwrap().unwrap() > 0, "it was cut");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    drop(door.stop);
    timeout(Duration::from_secs(5), door.running).await.unwrap().unwrap();
}
