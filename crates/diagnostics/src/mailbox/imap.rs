//! A look-up over IMAP (RFC 3501): LOGIN, EXAMINE, UID SEARCH, and nothing that changes the mailbox.
//!
//! Security: bounded lines and answers; the password goes out under TLS or to this host only, and no error shows it.

use std::path::Path;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use zeroize::Zeroizing;

use super::response::{Line, quoted, read};
use crate::secret::Password;
use crate::server::Server;
use crate::settings::{DiagnosisSettings, Encryption};
use crate::tls::{Trust, secured};

/// The longest line that is read, in bytes.
const MAX_LINE: u64 = 64 * 1024;
/// More lines in answer to one command end the dialogue.
const MAX_LINES: usize = 1000;

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// A mailbox that is open for reading.
pub(crate) struct Imap {
    dialogue: Dialogue<Box<dyn Stream>>,
}

impl Imap {
    pub(super) async fn open(server: &Server, settings: &DiagnosisSettings, trust: &Trust) -> Result<Self, String> {
        let (Some(user), Some(file)) = (&settings.test_imap_user, &settings.test_imap_password) else {
            return Err("its user or password is not configured".to_owned());
        };
        let password = password_in(file).await?;
        let hidden = |error: String| password.hidden_in(&format!("{server}: {error}"), user);
        let mut dialogue = connected(server, settings.test_imap_tls, trust).await.map_err(hidden)?;
        let wrong = || "user and password must be printable ASCII".to_owned();
        let (name, secret) =
            (quoted(user).ok_or_else(wrong)?, Zeroizing::new(quoted(password.reveal()).ok_or_else(wrong)?));
        let login = Zeroizing::new(format!("LOGIN {name} {}", secret.as_str()));
        dialogue.command(&login).await.map_err(hidden)?;
        dialogue.command("EXAMINE INBOX").await.map_err(hidden)?;
        Ok(Self { dialogue })
    }

    /// Asks the server for news first.
    pub(super) async fn holds(&mut self, id: &str) -> Result<bool, String> {
        let id = quoted(id).ok_or("the Message-ID can't be asked for")?;
        self.dialogue.command("NOOP").await?;
        self.dialogue.command(&format!("UID SEARCH HEADER Message-ID {id}")).await
    }
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
        if line.pop() != Some(b'\n') {
            return Err("it broke off, or its line is too long".to_owned());
        }
        let text: String = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
        Ok(text.chars().map(|c| if c.is_control() { '?' } else { c }).collect())
    }
}
