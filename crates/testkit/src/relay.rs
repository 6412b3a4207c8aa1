//! A mail relay on loopback: it keeps what it gets, and fails at whichever stage the test tells it to.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A message as it arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mail {
    /// The reverse path, without angle brackets.
    pub from: String,
    /// The recipients that were accepted, without angle brackets.
    pub to: Vec<String>,
    /// Headers and body, unstuffed, with CRLF.
    pub text: String,
}

/// Where in the dialogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// When a client connects.
    Greeting,
    /// EHLO and HELO.
    Hello,
    /// MAIL.
    Mail,
    /// RCPT.
    Rcpt,
    /// DATA.
    Data,
    /// The end of the message. It was kept before this is answered.
    Message,
}

/// The relay; it ends when it is dropped.
pub struct Relay {
    address: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    script: Mutex<Script>,
    mails: watch::Sender<Vec<Mail>>,
    connections: watch::Sender<usize>,
}

/// What is answered instead of the usual; an empty answer closes the connection.
#[derive(Default)]
struct Script {
    stages: BTreeMap<Stage, String>,
    recipients: BTreeMap<String, String>,
}

impl Relay {
    /// Starts on a free port.
    pub async fn start() -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap()).await
    }

    /// Starts where a relay was before.
    pub async fn start_at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            script: Mutex::default(),
            mails: watch::Sender::default(),
            connections: watch::Sender::default(),
        });
        let serving = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Self { address, shared, serving }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on this is answered at that stage, as in `"451 4.3.0 later"`.
    pub fn answer(&self, stage: Stage, reply: &str) -> &Self {
        self.script().stages.insert(stage, reply.into());
        self
    }

    /// From now on the connection is closed at that stage, without an answer.
    pub fn close_at(&self, stage: Stage) -> &Self {
        self.answer(stage, "")
    }

    /// From now on this is answered to RCPT with that address.
    pub fn answer_recipient(&self, address: &str, reply: &str) -> &Self {
        self.script().recipients.insert(address.into(), reply.into());
        self
    }

    /// From now on everything is accepted.
    pub fn work(&self) -> &Self {
        *self.script() = Script::default();
        self
    }

    /// What was kept so far.
    pub fn mails(&self) -> Vec<Mail> {
        self.shared.mails.borrow().clone()
    }

    /// How many clients have connected so far.
    pub fn connections(&self) -> usize {
        *self.shared.connections.borrow()
    }

    /// What was kept, as soon as it is so many.
    pub async fn received(&self, count: usize) -> Vec<Mail> {
        let mut mails = self.shared.mails.subscribe();
        let enough = mails.wait_for(|mails| mails.len() >= count).await;
        enough.unwrap().clone()
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.shared.script.lock().unwrap()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        shared.connections.send_modify(|count| *count += 1);
        let dialogue = Dialogue { stream: BufReader::new(stream), shared: Arc::clone(&shared), mail: Mail::default() };
        // A client that breaks off has lost its own message only.
        tokio::spawn(async move { drop(dialogue.run().await) });
    }
}

struct Dialogue {
    stream: BufReader<TcpStream>,
    shared: Arc<Shared>,
    mail: Mail,
}

impl Dialogue {
    async fn run(mut self) -> io::Result<()> {
        let mut open = self.reply(Stage::Greeting, "220 relay.example ESMTP").await?;
        while open {
            let line = self.line().await?;
            let verb = line.get(..4).unwrap_or("").to_ascii_uppercase();
            open = match verb.as_str() {
                "EHLO" | "HELO" => self.reply(Stage::Hello, "250-relay.example\r\n250 8BITMIME").await?,
                "MAIL" => self.mail_from(&line).await?,
                "RCPT" => self.rcpt_to(&line).await?,
                "DATA" => self.data().await?,
                "QUIT" => self.say("221 2.0.0 bye").await.map(|()| false)?,
                "RSET" => self.say("250 2.0.0 ok").await.map(|()| true)?,
                _ => self.say("500 5.5.1 unknown").await.map(|()| true)?,
            };
        }
        Ok(())
    }

    async fn mail_from(&mut self, line: &str) -> io::Result<bool> {
        self.mail = Mail { from: path(line), ..Mail::default() };
        self.reply(Stage::Mail, "250 2.1.0 ok").await
    }

    async fn rcpt_to(&mut self, line: &str) -> io::Result<bool> {
        let address = path(line);
        let scripted = self.shared.script.lock().unwrap().recipients.get(&address).cloned();
        let usual = scripted.unwrap_or_else(|| "250 2.1.5 ok".into());
        if usual.starts_with('2') && self.scripted(Stage::Rcpt).is_none() {
            self.mail.to.push(address);
        }
        self.reply(Stage::Rcpt, &usual).await
    }

    async fn data(&mut self) -> io::Result<bool> {
        if self.mail.to.is_empty() {
            return self.say("503 5.5.1 no recipients").await.map(|()| true);
        }
        if let Some(instead) = self.scripted(Stage::Data) {
            return self.reply(Stage::Data, &instead).await;
        }
        self.say("354 go on").await?;
        self.mail.text = self.text().await?;
        let refused = self.scripted(Stage::Message).is_some_and(|reply| !reply.is_empty());
        if !refused {
            let mail = std::mem::take(&mut self.mail);
            self.shared.mails.send_modify(|mails| mails.push(mail));
        }
        self.reply(Stage::Message, "250 2.0.0 kept").await
    }

    async fn text(&mut self) -> io::Result<String> {
        let mut text = String::new();
        loop {
            let line = self.line().await?;
            match line.strip_prefix('.') {
                Some("\r\n") => return Ok(text),
                Some(unstuffed) => text.push_str(unstuffed),
                None => text.push_str(&line),
            }
        }
    }

    async fn line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        match self.stream.read_until(b'\n', &mut line).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(String::from_utf8_lossy(&line).into_owned()),
        }
    }

    fn scripted(&self, stage: Stage) -> Option<String> {
        self.shared.script.lock().unwrap().stages.get(&stage).cloned()
    }

    /// Answers as the script says, else as usual; whether the connection stays open.
    async fn reply(&mut self, stage: Stage, usual: &str) -> io::Result<bool> {
        let reply = self.scripted(stage).unwrap_or_else(|| usual.to_owned());
        if reply.is_empty() {
            return Ok(false);
        }
        self.say(&reply).await?;
        Ok(!reply.starts_with("421"))
    }

    async fn say(&mut self, reply: &str) -> io::Result<()> {
        self.stream.write_all(format!("{reply}\r\n").as_bytes()).await
    }
}

/// What stands between the angle brackets.
fn path(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(path, _)| path);
    inside.unwrap_or("").to_owned()
}
