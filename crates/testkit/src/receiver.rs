//! An HTTP server on loopback, such as a receiver of webhooks: it keeps what it gets, checks signatures, and fails as the test tells it to.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

/// A request as it arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// `POST /path HTTP/1.1`
    pub line: String,
    /// Names in small letters, values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Request {
    /// A header's value; empty when it isn't there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The event's id.
    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    /// The event's type.
    pub fn kind(&self) -> String {
        let (_, rest) = self.body.split_once("\"type\":\"").unwrap_or_default();
        rest.split('"').next().unwrap_or_default().to_owned()
    }

    /// Whether one of the signatures is that of this secret.
    pub fn is_signed_with(&self, secret: &[u8]) -> bool {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let signed = format!("{}.{}.{}", self.id(), self.header("webhook-timestamp"), self.body);
        let signatures = self.header("webhook-signature").split(' ').filter_map(|one| one.strip_prefix("v1,"));
        signatures
            .filter_map(|one| STANDARD.decode(one).ok())
            .any(|tag| hmac::verify(&key, signed.as_bytes(), &tag).is_ok())
    }
}

/// The receiver; it ends when it is dropped.
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    /// What is sent back, byte for byte; nothing at all is silence until the client goes away.
    answer: Mutex<Option<String>>,
    /// What the next requests get, before that.
    next: Mutex<VecDeque<String>>,
    hold_first: AtomicBool,
    requests: watch::Sender<Vec<Request>>,
    tls: Option<TlsAcceptor>,
}

impl Shared {
    /// Whether nobody is to hear that this one has arrived.
    fn holds(&self, request: &Request) -> bool {
        let is_new = self.requests.borrow().iter().all(|known| known.id() != request.id());
        is_new && self.hold_first.load(Ordering::Relaxed)
    }
}

/// What a receiver that works answers.
pub const TAKEN: &str = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";

impl Receiver {
    /// Starts on a free port.
    pub async fn start() -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), None).await
    }

    /// Starts where one was before, or under TLS.
    pub async fn start_at(address: SocketAddr, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            answer: Mutex::new(Some(TAKEN.into())),
            next: Mutex::default(),
            hold_first: AtomicBool::new(false),
            requests: watch::Sender::default(),
            tls: tls.map(TlsAcceptor::from),
        });
        let serving = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Self { address, shared, serving }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on this is answered, byte for byte.
    pub fn answer(&self, bytes: &str) -> &Self {
        *lock(&self.shared.answer) = Some(bytes.into());
        self
    }

    /// From now on a status is answered, with a text.
    pub fn answer_status(&self, status: u16, text: &str) -> &Self {
        let length = text.len();
        self.answer(&format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{text}"))
    }

    /// From now on nothing is answered, and the connection stays open.
    pub fn hang(&self) -> &Self {
        *lock(&self.shared.answer) = None;
        self
    }

    /// From now on the first copy of each event, by its id, is kept and never answered.
    pub fn hold_first(&self) -> &Self {
        self.shared.hold_first.store(true, Ordering::Relaxed);
        self
    }

    /// The next request gets this, byte for byte.
    pub fn answer_next(&self, bytes: &str) -> &Self {
        lock(&self.shared.next).push_back(bytes.into());
        self
    }

    /// What has arrived so far.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.borrow().clone()
    }

    /// What has arrived, as soon as there are so many.
    pub async fn received(&self, count: usize) -> Vec<Request> {
        let mut seen = self.shared.requests.subscribe();
        seen.wait_for(|requests| requests.len() >= count).await.unwrap().clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut conversations = tokio::task::JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let shared = Arc::clone(&shared);
        conversations.spawn(async move {
            match shared.tls.clone() {
                None => converse(stream, &shared).await,
                Some(acceptor) => match acceptor.accept(stream).await {
                    Ok(stream) => converse(stream, &shared).await,
                    Err(_) => None,
                },
            }
        });
    }
}

/// One request, one answer; `None` when the client breaks off.
async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, shared: &Shared) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut request = Request { line: line(&mut stream).await?, ..Request::default() };
    while let Some((name, value)) = line(&mut stream).await?.split_once(": ") {
        request.headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let length = request.header("content-length");
    let mut body = vec![0; if length.is_empty() { 0 } else { length.parse().ok()? }];
    stream.read_exact(&mut body).await.ok()?;
    request.body = String::from_utf8(body).ok()?;
    let scripted = lock(&shared.next).pop_front();
    let answer = scripted.or_else(|| lock(&shared.answer).clone()).filter(|_| !shared.holds(&request));
    shared.requests.send_modify(|requests| requests.push(request));
    match answer {
        Some(answer) => {
            stream.write_all(answer.as_bytes()).await.ok()?;
            stream.shutdown().await.ok()
        }
        None => stream.read(&mut [0]).await.ok().map(|_| ()),
    }
}

async fn line(stream: &mut (impl AsyncBufReadExt + Unpin)) -> Option<String> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
    Some(line.trim_end().to_owned())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap()
}
