//! A receiving mail server on loopback: takes everything, keeps what it got. It stands for the world, and for the relay
//! that alerts leave by.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// A message as it arrived.
#[derive(Debug, Clone, Default)]
pub(super) struct Arrived {
    pub(super) recipients: Vec<String>,
    pub(super) text: String,
}

impl Arrived {
    /// Whether it is one of ours (RFC 3834) and not one of the play's.
    pub(super) fn is_alert(&self) -> bool {
        self.text.contains("Auto-Submitted: auto-generated") && self.text.contains("Message-ID: <block-")
    }
}

/// What the sink has got so far.
#[derive(Clone, Default)]
pub(super) struct Sink {
    mails: Arc<Mutex<Vec<Arrived>>>,
    changed: Arc<Notify>,
}

impl Sink {
    /// Listens on a free port of loopback.
    pub(super) async fn start() -> io::Result<(Self, SocketAddr)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let sink = Self::default();
        let serving = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sink = serving.clone();
                tokio::spawn(async move {
                    // A client that breaks off has lost its own message only.
                    let _ = sink.converse(stream).await;
                });
            }
        });
        Ok((sink, address))
    }

    /// The first message for which `wanted` holds, as soon as it is there.
    pub(super) async fn first(&self, wanted: impl Fn(&Arrived) -> bool) -> Arrived {
        loop {
            let changed = self.changed.notified();
            if let Some(found) = self.all().into_iter().find(&wanted) {
                return found;
            }
            changed.await;
        }
    }

    /// Delivers a message that the filter let pass, over SMTP, as the MTA would.
    pub(super) async fn receive(&self, at: SocketAddr, sender: &str, recipient: &str, raw: &[u8]) -> io::Result<()> {
        let mut stream = BufReader::new(TcpStream::connect(at).await?);
        let stuffed = String::from_utf8_lossy(raw).replace("\r\n", "\n").replace("\n.", "\n..").replace('\n', "\r\n");
        let data = format!("{stuffed}\r\n.\r\n");
        let mail = format!("MAIL FROM:<{sender}>\r\n");
        let rcpt = format!("RCPT TO:<{recipient}>\r\n");
        for command in ["EHLO mta.example\r\n", &mail, &rcpt, "DATA\r\n", &data, "QUIT\r\n"] {
            stream.read_line(&mut String::new()).await?;
            stream.write_all(command.as_bytes()).await?;
        }
        stream.read_line(&mut String::new()).await.map(|_| ())
    }

    fn all(&self) -> Vec<Arrived> {
        self.mails.lock().map(|mails| mails.clone()).unwrap_or_default()
    }

    async fn converse(&self, stream: TcpStream) -> io::Result<()> {
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 sink.example ESMTP\r\n").await?;
        let mut mail = Arrived::default();
        let mut line = String::new();
        while stream.read_line(&mut line).await? > 0 {
            let verb = line.get(..4).unwrap_or("").to_ascii_uppercase();
            match verb.as_str() {
                "RCPT" => {
                    mail.recipients.push(path_of(&line).to_owned());
                    stream.write_all(b"250 2.1.5 ok\r\n").await?;
                }
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await?;
                    mail.text = text(&mut stream).await?;
                    self.keep(std::mem::take(&mut mail));
                    stream.write_all(b"250 2.0.0 kept\r\n").await?;
                }
                "QUIT" => return stream.write_all(b"221 2.0.0 bye\r\n").await,
                _ => stream.write_all(b"250 2.0.0 ok\r\n").await?,
            }
            line.clear();
        }
        Ok(())
    }

    fn keep(&self, mail: Arrived) {
        if let Ok(mut mails) = self.mails.lock() {
            mails.push(mail);
        }
        self.changed.notify_waiters();
    }
}

async fn text(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut text = String::new();
    let mut line = Vec::new();
    while stream.read_until(b'\n', &mut line).await? > 0 && line != b".\r\n" {
        let unstuffed = line.strip_prefix(b".").unwrap_or(&line);
        text.push_str(&String::from_utf8_lossy(unstuffed));
        line.clear();
    }
    Ok(text)
}

/// What stands between the angle brackets of a command.
fn path_of(line: &str) -> &str {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map_or_else(|| line.trim(), |(path, _)| path)
}
