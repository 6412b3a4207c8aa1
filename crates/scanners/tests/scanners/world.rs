//! Messages, events, and a false scanner that answers as the test says.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use model::envelope::Path;
use model::time::ManualClock;
use model::{ClientAddr, Clock, Envelope, Event, EventSink, Message, Session, Submission, Timestamp, Via};
use scanners::{ClamavSettings, RspamdSettings, Scanner, ScannerAddress, SpamdSettings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A message of a customer.
pub(crate) fn submission(body: &str) -> Submission {
    let mut session = Session::new(Via::Milter);
    session.client = ClientAddr::parse("192.0.2.7");
    let mut envelope = Envelope { sender: Path::new("anna@shop.example"), ..Envelope::default() };
    envelope.add_recipient(Path::new("bob@home.example"));
    let head = "From: Anna <anna@shop.example>\r\nTo: bob@home.example\r\nSubject: Friday\r\n\
        Date: Mon, 03 Mar 2025 10:00:00 +0000\r\nMessage-ID: <1@shop.example>\r\n\r\n";
    Submission {
        session: Arc::new(session),
        envelope,
        message: Message::whole(format!("{head}{body}\r\n").into_bytes()),
    }
}

/// What was emitted, a line each.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl EventSink for Told {
    fn emit(&self, event: &Event<'_>) {
        let line = match event {
            Event::Degraded { part, policy, error } => format!("degraded {part} {policy}: {error}"),
            Event::Recovered { part } => format!("recovered {part}"),
            other => format!("{other:?}"),
        };
        self.0.lock().unwrap().push(line);
    }
}

/// Where scanners are made.
pub(crate) struct World {
    pub(crate) told: Told,
    pub(crate) clock: ManualClock,
}

impl World {
    pub(crate) fn new() -> Self {
        Self { told: Told::default(), clock: ManualClock::at(Timestamp::from_secs(1_700_000_000)) }
    }

    fn ports(&self) -> (Arc<dyn Clock>, Arc<dyn EventSink>) {
        (Arc::new(self.clock.clone()), Arc::new(self.told.clone()))
    }

    pub(crate) fn clamav(&self, settings: &ClamavSettings) -> Scanner {
        let (clock, events) = self.ports();
        Scanner::clamav(settings, &clock, &events).unwrap()
    }

    pub(crate) fn spamd(&self, settings: &SpamdSettings) -> Scanner {
        let (clock, events) = self.ports();
        Scanner::spamd(settings, &clock, &events).unwrap()
    }

    pub(crate) fn rspamd(&self, settings: &RspamdSettings) -> Scanner {
        let (clock, events) = self.ports();
        Scanner::rspamd(settings, &clock, &events).unwrap()
    }
}

/// How a false scanner treats a connection.
#[derive(Clone)]
pub(crate) enum Manner {
    /// Reads a little and says this.
    Say(Vec<u8>),
    /// Takes the connection and says nothing.
    Hang,
    /// Closes at once.
    Drop,
    /// Answers without end.
    Flood,
}

/// A false scanner; gone when dropped.
pub(crate) struct False {
    pub(crate) address: SocketAddr,
    manner: Arc<Mutex<Manner>>,
    task: JoinHandle<()>,
}

impl False {
    pub(crate) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let manner = Arc::new(Mutex::new(manner));
        let shared = Arc::clone(&manner);
        let task = tokio::spawn(async move {
            let mut held = Vec::new();
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let manner = shared.lock().unwrap().clone();
                match manner {
                    Manner::Hang => held.push(stream),
                    Manner::Drop => drop(stream),
                    Manner::Say(answer) => {
                        tokio::spawn(async move {
                            let mut some = [0; 4096];
                            let _ = stream.read(&mut some).await;
                            let _ = stream.write_all(&answer).await;
                        });
                    }
                    Manner::Flood => {
                        tokio::spawn(async move {
                            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
                            while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
                        });
                    }
                }
            }
        });
        Self { address, manner, task }
    }

    pub(crate) fn behaves(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    pub(crate) fn listens_at(&self) -> Option<ScannerAddress> {
        self.address.to_string().parse().ok()
    }
}

impl Drop for False {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Long for a test, short for a person.
pub(crate) const SOON: Duration = Duration::from_millis(300);
