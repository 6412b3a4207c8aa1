//! A mail relay on loopback: it keeps what it gets, and fails at whichever stage the test tells it to.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A message as it arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mail {
    /// The reverse path, without angle brackets.
    pub from: String,
    /// The recipients that were accepted, without angle brackets.
    pub to: Vec<String>,
    /// Headers and body, unstuffed, with CRLF.
    pub text: String,
    /// Whether it came under TLS.
    pub tls: bool,
    /// The same, byte for byte.
    pub raw: Vec<u8>,
    /// What stood behind the path of MAIL.
    pub parameters: String,
}

impl Mail {
    /// Its Message-ID, with brackets; empty when it has none.
    pub fn message_id(&self) -> &str {
        let (head, _) = self.text.split_once("\r\n\r\n").unwrap_or((&self.text, ""));
        let field = |line: &'_ str| line.get(..12).is_some_and(|name| name.eq_ignore_ascii_case("message-id: "));
        head.split("\r\n").find(|line| field(line)).and_then(|line| line.get(12..)).unwrap_or_default()
    }
}

/// Where in the dialogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// When a client connects.
    Greeting,
    /// EHLO and HELO.
    Hello,
    /// AUTH.
    Auth,
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
    tls: Option<TlsAcceptor>,
    extensions: Vec<String>,
    hold_first: bool,
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

    /// From now on STARTTLS is offered, with a certificate that nobody has reason to trust.
    pub fn offer_tls(&self) -> &Self {
        self.script().tls = Some(acceptor());
        self
    }

    /// From now on STARTTLS is offered with this certificate and key, in PEM files.
    pub fn offer_tls_with(&self, certificate: &Path, key: &Path) -> &Self {
        let chain = vec![CertificateDer::from_pem_file(certificate).unwrap()];
        self.script().tls = Some(acceptor_of(chain, PrivateKeyDer::from_pem_file(key).unwrap()));
        self
    }

    /// From now on EHLO is answered with this too. Whatever a client makes of it is taken: parameters are kept, any AUTH with
    /// an initial response succeeds.
    pub fn offer(&self, extension: &str) -> &Self {
        self.script().extensions.push(extension.into());
        self
    }

    /// From now on the first copy of each message, by its Message-ID, is kept and never answered: the client loses us before.
    pub fn hold_first(&self) -> &Self {
        self.script().hold_first = true;
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
        let stream: Box<dyn Stream> = Box::new(stream);
        let (stream, shared) = (BufReader::new(stream), Arc::clone(&shared));
        let dialogue = Dialogue { stream, shared, mail: Mail::default(), tls: false };
        // A client that breaks off has lost its own message only.
        tokio::spawn(async move { drop(dialogue.run().await) });
    }
}

fn acceptor() -> TlsAcceptor {
    let made = rcgen::generate_simple_self_signed(["relay.example".to_owned()]).unwrap();
    acceptor_of(vec![made.cert.into()], PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap())
}

fn acceptor_of(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> TlsAcceptor {
    let config =
        ServerConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions();
    let config = config.unwrap().with_no_client_auth().with_single_cert(chain, key);
    TlsAcceptor::from(Arc::new(config.unwrap()))
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

struct Dialogue {
    stream: BufReader<Box<dyn Stream>>,
    shared: Arc<Shared>,
    mail: Mail,
    tls: bool,
}

impl Dialogue {
    async fn run(mut self) -> io::Result<()> {
        let mut open = self.reply(Stage::Greeting, "220 relay.example ESMTP").await?;
        while open {
            let line = self.line().await?;
            let verb = line.get(..4).unwrap_or("").to_ascii_uppercase();
            let acceptor = self.shared.script.lock().unwrap().tls.clone().filter(|_| !self.tls);
            if let (Some(acceptor), "STAR") = (&acceptor, verb.as_str()) {
                self = self.secured(acceptor).await?;
                continue;
            }
            open = match verb.as_str() {
                "EHLO" | "HELO" => self.reply(Stage::Hello, &self.hello(acceptor.is_some())).await?,
                "AUTH" => self.reply(Stage::Auth, "235 2.7.0 welcome").await?,
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

    fn hello(&self, starttls: bool) -> String {
        let mut lines = vec!["relay.example".to_owned()];
        lines.extend(self.shared.script.lock().unwrap().extensions.iter().cloned());
        lines.extend(starttls.then(|| "STARTTLS".to_owned()));
        let last = lines.pop().unwrap_or_default();
        lines.iter().map(|line| format!("250-{line}\r\n")).collect::<String>() + &format!("250 {last}")
    }

    async fn secured(mut self, acceptor: &TlsAcceptor) -> io::Result<Self> {
        self.say("220 2.0.0 go on").await?;
        let stream: Box<dyn Stream> = Box::new(acceptor.accept(self.stream.into_inner()).await?);
        Ok(Self { stream: BufReader::new(stream), tls: true, ..self })
    }

    async fn mail_from(&mut self, line: &str) -> io::Result<bool> {
        let parameters = line.split_once('>').map_or("", |(_, rest)| rest).trim().to_owned();
        self.mail = Mail { from: path(line), tls: self.tls, parameters, ..Mail::default() };
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
        self.mail.raw = self.content().await?;
        self.mail.text = String::from_utf8_lossy(&self.mail.raw).into_owned();
        let refused = self.scripted(Stage::Message).is_some_and(|reply| !reply.is_empty());
        if !refused {
            let mail = std::mem::take(&mut self.mail);
            let held = self.holds(&mail);
            self.shared.mails.send_modify(|mails| mails.push(mail));
            if held {
                return self.bytes().await.map(|_| false);
            }
        }
        self.reply(Stage::Message, "250 2.0.0 kept").await
    }

    async fn content(&mut self) -> io::Result<Vec<u8>> {
        let mut raw = Vec::new();
        loop {
            let line = self.bytes().await?;
            match line.strip_prefix(b".") {
                Some(b"\r\n") => return Ok(raw),
                Some(unstuffed) => raw.extend_from_slice(unstuffed),
                None => raw.extend_from_slice(&line),
            }
        }
    }

    async fn line(&mut self) -> io::Result<String> {
        Ok(String::from_utf8_lossy(&self.bytes().await?).into_owned())
    }

    async fn bytes(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        match self.stream.read_until(b'\n', &mut line).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line),
        }
    }

    /// Whether nobody is to hear that this one was kept.
    fn holds(&self, mail: &Mail) -> bool {
        let is_new = self.shared.mails.borrow().iter().all(|known| known.message_id() != mail.message_id());
        is_new && self.shared.script.lock().unwrap().hold_first
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
        self.stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }
}

/// What stands between the angle brackets.
fn path(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(path, _)| path);
    inside.unwrap_or("").to_owned()
}
