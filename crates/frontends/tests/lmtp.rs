//! The LMTP server over real sockets: one reply for each recipient, bounds, hostile bytes.
#![cfg(test)]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use frontends::{Drain, InheritedSockets, ListenAddr, Listener, Lmtp, LmtpSettings, SocketMode};
use model::event::NoEvents;
use pipeline::{Addressee, Incoming, Letterbox, Receipt};
use settings::ByteSize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

/// Addresses are tickets' numbers here; 13 fails, 14 is over, 15 is full.
#[derive(Default)]
struct Kept(Mutex<Vec<(u64, String)>>);

impl Letterbox for Kept {
    fn addressee(&self, address: &str) -> Option<Addressee> {
        address.strip_suffix("@reply.example")?.parse().ok().map(Addressee::Ticket)
    }

    fn take(&self, mail: &Incoming<'_>, to: &[Addressee]) -> Vec<Receipt> {
        to.iter().map(|to| self.take_one(mail, to)).collect()
    }
}

impl Kept {
    fn take_one(&self, mail: &Incoming<'_>, to: &Addressee) -> Receipt {
        match to {
            Addressee::Ticket(13) => Receipt::Failed("the disk is full".into()),
            Addressee::Ticket(14) => Receipt::Over("ticket 14 is closed already".into()),
            Addressee::Ticket(15) => Receipt::Full("ticket 15 has 200 messages already".into()),
            Addressee::Ticket(id) => {
                self.0.lock().unwrap().push((*id, String::from_utf8_lossy(mail.raw).into_owned()));
                Receipt::Taken
            }
            Addressee::Report(_) => Receipt::Answered,
            Addressee::Letter(..) => Receipt::Bounced,
            Addressee::Postmaster => Receipt::HandedOn,
        }
    }
}

struct Stage {
    address: SocketAddr,
    kept: Arc<Kept>,
    server: Arc<Lmtp>,
    drain: watch::Sender<bool>,
}

impl Stage {
    async fn new(settings: LmtpSettings) -> Self {
        let any = ListenAddr::parse("127.0.0.1:0").unwrap();
        let listeners = Listener::bind(&any, SocketMode(0o600), &mut InheritedSockets::new()).await.unwrap();
        let address = listeners[0].tcp_address().unwrap();
        let kept = Arc::new(Kept::default());
        let server = Lmtp::new(settings, "mx.example", Arc::clone(&kept) as _, Arc::new(NoEvents));
        let (drain, draining) = watch::channel(false);
        tokio::spawn(Arc::clone(&server).serve(listeners, Drain::new(draining)));
        Self { address, kept, server, drain }
    }

    /// Everything the server says to these bytes, until it closes or the client has sent all and QUIT.
    async fn hears(&self, bytes: &[u8]) -> String {
        let mut client = TcpStream::connect(self.address).await.unwrap();
        // The server may close before it has read everything.
        let _ = client.write_all(bytes).await;
        let _ = client.shutdown().await;
        let mut said = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(30), client.read_to_end(&mut said)).await.expect("it ends");
        String::from_utf8(said).unwrap()
    }

    fn kept(&self) -> Vec<(u64, String)> {
        self.kept.0.lock().unwrap().clone()
    }

    fn count(&self, outcome: &str) -> u64 {
        self.server.stats().outcomes().find(|(word, _)| *word == outcome).map_or(0, |(_, count)| count)
    }
}

fn codes(said: &str) -> Vec<&str> {
    said.lines().filter(|line| line.as_bytes().get(3) != Some(&b'-')).filter_map(|line| line.get(..3)).collect()
}

#[tokio::test]
async fn each_recipient_gets_its_reply_after_the_dot() {
    let stage = Stage::new(LmtpSettings::default()).await;
    let said = stage
        .hears(
            b"LHLO relay.example\r\nMAIL FROM:<bob@shop.example> SIZE=20 BODY=8BITMIME\r\nRCPT TO:<7@reply.example>\r\n\
              RCPT TO:<nobody@reply.example>\r\nRCPT TO:<13@reply.example>\r\nRCPT TO:<14@reply.example>\r\n\
              RCPT TO:<15@reply.example>\r\nDATA\r\n..1. no\r\n.\r\nMAIL FROM:<>\r\nQUIT\r\n",
        )
        .await;
    assert_eq!(
        codes(&said),
        ["220", "250", "250", "250", "550", "250", "250", "250", "354", "250", "451", "550", "552", "250", "221"],
        "{said}"
    );
    assert!(said.contains("\r\n550 5.1.1 ") && said.contains("\r\n451 4.3.0 "), "{said}");
    assert!(said.contains("\r\n550 5.2.1 ticket 14 is closed already\r\n552 5.2.2 ticket 15 "), "{said}");
    assert_eq!(stage.kept(), [(7, ".1. no\r\n".to_owned())]);
    assert_eq!((stage.count("taken"), stage.count("failed"), stage.count("unknown_recipient")), (1, 1, 1));
}

#[tokio::test]
async fn what_is_too_large_is_refused_for_each_and_the_connection_goes_on() {
    let settings = LmtpSettings { max_message_size: ByteSize(64 << 10), ..LmtpSettings::default() };
    let stage = Stage::new(settings).await;
    let head = b"LHLO a.example\r\nMAIL FROM:<b@c.example>\r\nRCPT TO:<1@reply.example>\r\nRCPT TO:<2@reply.example>\r\nDATA\r\n";
    let body = b"0123456789\r\n".repeat(7000);
    let said = stage.hears(&[&head[..], &body, b".\r\nNOOP\r\nQUIT\r\n"].concat()).await;
    assert_eq!(codes(&said), ["220", "250", "250", "250", "250", "354", "552", "552", "250", "221"], "{said}");
    assert_eq!((stage.kept(), stage.count("too_large")), (Vec::new(), 2));
    let flood = stage.hears(&[&head[..], &body.repeat(4)].concat()).await;
    assert!(!flood.contains("\r\n552"), "{flood}");
}

#[tokio::test]
async fn no_bytes_harm_it() {
    let stage = Stage::new(LmtpSettings::default()).await;
    let mut seed = 0x9E37_79B9_7F4A_7C15u64;
    for round in 0..40usize {
        let garbage: Vec<u8> = (0..round * 100)
            .map(|_| {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                b"\r\n.\0\xffMAILRCPT TO:<7@reply.example>"[seed as usize % 33]
            })
            .collect();
        let start: &[u8] =
            if round % 2 == 0 { b"" } else { b"LHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<7@reply.example>\r\nDATA\r\n" };
        let said = stage.hears(&[start, &garbage].concat()).await;
        assert!(said.starts_with("220 mx.example LMTP"), "{said}");
    }
    let long = stage.hears(&b"A".repeat(100_000)).await;
    assert!(long.contains("\r\n421 4.5.2 line too long\r\n") || long.starts_with("220 "), "{long}");
    assert_eq!(stage.server.connections().crashes.get(), 0);
    let said = stage.hears(b"LHLO a.example\r\nQUIT\r\n").await;
    assert_eq!(codes(&said), ["220", "250", "221"], "it still serves");
}

#[tokio::test]
async fn a_silent_or_unfinished_client_is_let_go_and_nothing_is_taken() {
    let settings = LmtpSettings { idle_timeout: Duration::from_millis(50), ..LmtpSettings::default() };
    let stage = Stage::new(settings).await;
    let mut client = TcpStream::connect(stage.address).await.unwrap();
    client
        .write_all(b"LHLO a.example\r\nMAIL FROM:<>\r\nRCPT TO:<7@reply.example>\r\nDATA\r\n1. no\r\n")
        .await
        .unwrap();
    let mut said = String::new();
    client.read_to_string(&mut said).await.unwrap();
    assert!(said.ends_with("\r\n421 4.4.2 Nothing was said for too long\r\n"), "{said}");
    assert_eq!(stage.kept(), []);
}

#[tokio::test]
async fn an_idle_client_is_told_that_the_server_stops() {
    let stage = Stage::new(LmtpSettings::default()).await;
    let mut client = TcpStream::connect(stage.address).await.unwrap();
    let mut greeting = [0; 30];
    let read = client.read(&mut greeting).await.unwrap();
    assert!(greeting[..read].starts_with(b"220 "));
    stage.drain.send(true).unwrap();
    let mut said = String::new();
    client.read_to_string(&mut said).await.unwrap();
    assert!(said.contains("421 4.3.2 "), "{said}");
}
