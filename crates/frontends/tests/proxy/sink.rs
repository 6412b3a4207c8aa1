//! A next hop that accepts everything and keeps each message as it came over the wire. It shares no code with the
//! proxy: its end of data is a search for CRLF.CRLF.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One message as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Arrived {
    /// By DATA: all bytes behind 354, the final dot included.
    Data(Vec<u8>),
    /// By BDAT: the octets of its chunks.
    Chunks(Vec<u8>),
}

/// The next hop.
#[derive(Clone)]
pub(crate) struct Sink {
    pub(crate) address: SocketAddr,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl Sink {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sink = Self { address: listener.local_addr().unwrap(), arrived: Arc::default() };
        let shared = sink.clone();
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                tokio::spawn(shared.clone().converse(tcp));
            }
        });
        sink
    }

    /// What has arrived since the last call.
    pub(crate) fn take(&self) -> Vec<Arrived> {
        std::mem::take(&mut self.arrived.lock().unwrap())
    }

    async fn converse(self, mut tcp: TcpStream) -> Option<()> {
        let mut input = Vec::new();
        let mut chunks = Vec::new();
        say(&mut tcp, "220 sink.test").await?;
        loop {
            let line = until(&mut tcp, &mut input, b"\r\n").await?;
            let line = String::from_utf8(line).unwrap();
            let words: Vec<_> = line.split_whitespace().collect();
            match words.as_slice() {
                ["EHLO", _] => say(&mut tcp, "250-sink.test\r\n250-8BITMIME\r\n250 CHUNKING").await?,
                ["DATA"] => {
                    say(&mut tcp, "354 go").await?;
                    // The CRLF of DATA is the first of CRLF.CRLF.
                    input.splice(0..0, *b"\r\n");
                    let content = until(&mut tcp, &mut input, b"\r\n.\r\n").await?;
                    self.arrived.lock().unwrap().push(Arrived::Data(content[2..].to_vec()));
                    say(&mut tcp, "250 2.0.0 kept").await?;
                }
                ["BDAT", size, rest @ ..] => {
                    let size: usize = size.parse().unwrap();
                    while input.len() < size {
                        more(&mut tcp, &mut input).await?;
                    }
                    chunks.extend(input.drain(..size));
                    if *rest == ["LAST"] {
                        self.arrived.lock().unwrap().push(Arrived::Chunks(std::mem::take(&mut chunks)));
                    }
                    say(&mut tcp, "250 2.0.0 kept").await?;
                }
                ["QUIT"] => return say(&mut tcp, "221 bye").await,
                ["RSET"] | ["MAIL", ..] | ["RCPT", ..] => say(&mut tcp, "250 2.0.0 ok").await?,
                _ => panic!("the proxy says {line:?}"),
            }
        }
    }
}

async fn say(tcp: &mut TcpStream, text: &str) -> Option<()> {
    tcp.write_all(format!("{text}\r\n").as_bytes()).await.ok()
}

async fn more(tcp: &mut TcpStream, input: &mut Vec<u8>) -> Option<()> {
    let mut chunk = [0; 4096];
    let count = tcp.read(&mut chunk).await.ok().filter(|count| *count > 0)?;
    input.extend_from_slice(&chunk[..count]);
    Some(())
}

/// Takes everything up to and with the mark.
async fn until(tcp: &mut TcpStream, input: &mut Vec<u8>, mark: &[u8]) -> Option<Vec<u8>> {
    loop {
        if let Some(at) = input.windows(mark.len()).position(|window| window == mark) {
            return Some(input.drain(..at + mark.len()).collect());
        }
        more(tcp, input).await?;
    }
}
