//! A mail server that takes everything and keeps it, to look at.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};

use super::mail::Mail;

/// A message as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Received {
    /// The sender, without angle brackets.
    pub(crate) from: String,
    /// The recipients, likewise.
    pub(crate) to: Vec<String>,
    raw: Vec<u8>,
}

impl Received {
    /// The message.
    pub(crate) fn mail(&self) -> Mail {
        Mail { raw: self.raw.clone() }
    }

    /// The message as text, for looking for words.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }
}

/// A listening sink; it ends with its test's runtime.
pub(crate) struct Sink {
    address: SocketAddr,
    kept: Arc<Mutex<Vec<Received>>>,
}

impl Sink {
    /// Starts one on loopback.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("loopback");
        let address = listener.local_addr().expect("it is bound");
        let kept = Arc::default();
        tokio::spawn(accept(listener, Arc::clone(&kept)));
        Self { address, kept }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// All mail so far.
    pub(crate) fn mails(&self) -> Vec<Received> {
        lock(&self.kept).clone()
    }

    /// The mail for recipients of a domain.
    pub(crate) fn to_domain(&self, domain: &str) -> Vec<Received> {
        let ours = |mail: &Received| mail.to.iter().any(|to| to.ends_with(&format!("@{domain}")));
        self.mails().into_iter().filter(ours).collect()
    }
}

fn lock(kept: &Mutex<Vec<Received>>) -> MutexGuard<'_, Vec<Received>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, kept: Arc<Mutex<Vec<Received>>>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(BufStream::new(stream), Arc::clone(&kept)));
    }
}

/// A client that goes away ends its own connection and nothing else.
async fn serve(mut stream: BufStream<TcpStream>, kept: Arc<Mutex<Vec<Received>>>) -> std::io::Result<()> {
    let mut mail = Received { from: String::new(), to: Vec::new(), raw: Vec::new() };
    say(&mut stream, "220 sink.test.example ESMTP").await?;
    while let Some(line) = line(&mut stream).await? {
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        let answer = match text.to_ascii_uppercase().split([' ', ':']).next().unwrap_or("") {
            "EHLO" => "250-sink.test.example\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 PIPELINING",
            "MAIL" => {
                mail = Received { from: path(&text), to: Vec::new(), raw: Vec::new() };
                "250 2.1.0 ok"
            }
            "RCPT" => {
                mail.to.push(path(&text));
                "250 2.1.5 ok"
            }
            "DATA" => {
                say(&mut stream, "354 go on").await?;
                mail.raw = data(&mut stream).await?;
                lock(&kept).push(mail.clone());
                "250 2.0.0 kept"
            }
            "QUIT" => return say(&mut stream, "221 2.0.0 bye").await,
            _ => "250 2.0.0 ok",
        };
        say(&mut stream, answer).await?;
    }
    Ok(())
}

/// Lines up to the lone dot, with doubled dots undone (RFC 5321 4.5.2).
async fn data(stream: &mut BufStream<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    while let Some(line) = line(stream).await? {
        if line == b".\r\n" {
            break;
        }
        raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
    Ok(raw)
}

async fn line(stream: &mut BufStream<TcpStream>) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let read = stream.read_until(b'\n', &mut line).await?;
    Ok((read > 0).then_some(line))
}

async fn say(stream: &mut BufStream<TcpStream>, text: &str) -> std::io::Result<()> {
    stream.write_all(format!("{text}\r\n").as_bytes()).await?;
    stream.flush().await
}

/// What stands between the angle brackets.
fn path(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(path, _)| path.to_owned()).unwrap_or_default()
}
