//! A look-up over IMAP (RFC 3501): LOGIN, EXAMINE, UID SEARCH, and nothing that changes the mailbox.
//!
//! Security: bounded lines and answers; the password goes out under TLS or to this host only, and no error shows it, whenever the
//! server says it.

use std::path::Path;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use wire::imap::{Line, quoted, read, text};
use zeroize::Zeroizing;

use crate::secret::Password;
use crate::server::Server;
use crate::settings::{DiagnosisSettings, Encryption};
use crate::tls::{Trust, secured};

/// The longest line that is read, in bytes.
const MAX_LINE: u64 = 64 * 1024;
/// More lines in answer to one command end the dialogue.
const MAX_LINES: usize = 1000;
/// So much of what a server says is shown, in bytes.
const MAX_SAID: usize = 300;

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// A mailbox that is open for reading.
pub(crate) struct Imap {
    dialogue: Dialogue<Box<dyn Stream>>,
    account: Account,
}

/// Who logs in.
struct Account {
    user: String,
    password: Password,
}

impl Account {
    async fn of(settings: &DiagnosisSettings) -> Result<Self, String> {
        let (Some(user), Some(file)) = (&settings.test_imap_user, &settings.test_imap_password) else {
            return Err("its user or password is not configured".to_owned());
        };
        Ok(Self { user: user.clone(), password: password_in(file).await? })
    }

    /// LOGIN, as it goes over the wire.
    fn login(&self) -> Option<Zeroizing<String>> {
        let (user, password) = (quoted(&self.user)?, Zeroizing::new(quoted(self.password.reveal())?));
        Some(Zeroizing::new(format!("LOGIN {user} {}", password.as_str())))
    }

    /// What went wrong, without the password, and cut.
    fn told(&self, error: &str) -> String {
        model::names::bounded(&self.password.hidden_in(error, &self.user), MAX_SAID).to_owned()
    }
}

impl Imap {
    pub(super) async fn open(server: &Server, settings: &DiagnosisSettings, trust: &Trust) -> Result<Self, String> {
        let account = Account::of(settings).await?;
        let login = account.login().ok_or("user and password must be printable ASCII")?;
        let opened = opened(server, settings.test_imap_tls, trust, &login).await;
        let dialogue = opened.map_err(|error| account.told(&format!("{server}: {error}")))?;
        Ok(Self { dialogue, account })
    }

    /// Asks the server for news first.
    pub(super) async fn holds(&mut self, id: &str) -> Result<bool, String> {
        let id = quoted(id).ok_or("the Message-ID can't be asked for")?;
        let found = self.dialogue.search(&id).await;
        found.map_err(|error| self.account.told(&error))
    }
}

async fn opened(
    server: &Server,
    encryption: Encryption,
    trust: &Trust,
    login: &str,
) -> Result<Dialogue<Box<dyn Stream>>, String> {
    let mut dialogue = connected(server, encryption, trust).await?;
    dialogue.command(login).await?;
    dialogue.command("EXAMINE INBOX").await?;
    Ok(dialogue)
}

/// The first line of the file.
async fn password_in(file: &Path) -> Result<Password, String> {
    let unreadable = |error: std::io::Error| format!("{} can't be read: {error}", file.display());
    let text = Zeroizing::new(tokio::fs::read_to_string(file).await.map_err(unreadable)?);
    let first = text.lines().next().unwrap_or_default().to_owned();
    Password::new(first).map_err(|error| format!("{}: {error}", file.display()))
}

async fn connected(
    server: &Server,
    encryption: Encryption,
    trust: &Trust,
) -> Result<Dialogue<Box<dyn Stream>>, String> {
    let tcp = TcpStream::connect((server.host.as_str(), server.port)).await.map_err(|error| error.to_string())?;
    let stream: Box<dyn Stream> = match encryption {
        Encryption::Off => Box::new(tcp),
        Encryption::Implicit => Box::new(secured(tcp, server, trust).await?),
        Encryption::Starttls => {
            let mut clear = Dialogue::new(tcp);
            clear.greeting().await?;
            clear.command("STARTTLS").await?;
            let stream = clear.into_stream().ok_or("something was put into the connection in front of TLS")?;
            let stream: Box<dyn Stream> = Box::new(secured(stream, server, trust).await?);
            return Ok(Dialogue::new(stream));
        }
    };
    let mut dialogue = Dialogue::new(stream);
    dialogue.greeting().await?;
    Ok(dialogue)
}

struct Dialogue<S> {
    stream: BufReader<S>,
    commands: u32,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Dialogue<S> {
    fn new(stream: S) -> Self {
        Self { stream: BufReader::new(stream), commands: 0 }
    }

    /// The stream, unless something was read beyond what was asked for.
    fn into_stream(self) -> Option<S> {
        self.stream.buffer().is_empty().then(|| self.stream.into_inner())
    }

    async fn greeting(&mut self) -> Result<(), String> {
        match read(&self.line().await?, "") {
            Line::Other => Ok(()),
            Line::Refused(why) => Err(format!("it answers {why}")),
            _ => Err("it does not speak IMAP".to_owned()),
        }
    }

    /// Whether a message with that Message-ID, as a quoted string, is there.
    async fn search(&mut self, id: &str) -> Result<bool, String> {
        self.command("NOOP").await?;
        self.command(&format!("UID SEARCH HEADER Message-ID {id}")).await
    }

    /// Sends a command and reads until its end; whether a search found something.
    async fn command(&mut self, command: &str) -> Result<bool, String> {
        self.commands += 1;
        let tag = format!("a{}", self.commands);
        let line = Zeroizing::new(format!("{tag} {command}\r\n"));
        self.stream.write_all(line.as_bytes()).await.map_err(|error| error.to_string())?;
        self.stream.flush().await.map_err(|error| error.to_string())?;
        let mut found = false;
        for _ in 0..MAX_LINES {
            match read(&self.line().await?, &tag) {
                Line::Done => return Ok(found),
                Line::Search(any) => found |= any,
                Line::Other => {}
                Line::Refused(why) => return Err(format!("it answers {why}")),
                Line::Nonsense => return Err("it answers what this program does not understand".to_owned()),
            }
        }
        Err("its answer has no end".to_owned())
    }

    async fn line(&mut self) -> Result<String, String> {
        let mut line = Vec::new();
        let bounded = (&mut self.stream).take(MAX_LINE).read_until(b'\n', &mut line).await;
        bounded.map_err(|error| error.to_string())?;
        if line.last() != Some(&b'\n') {
            return Err("it broke off, or its line is too long".to_owned());
        }
        Ok(text(&line))
    }
}
