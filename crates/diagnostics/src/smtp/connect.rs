//! From an address to EHLO behind TLS.

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use wire::smtp::Capabilities;

use super::SmtpError;
use super::dialogue::{Dialogue, positive};
use crate::server::Server;
use crate::settings::Encryption;
use crate::tls::{Trust, secured};

/// Plain or under TLS.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// A server that has greeted us, and what it offers.
pub(crate) struct Connection {
    pub(super) dialogue: Dialogue<Box<dyn Stream>>,
    pub(super) capabilities: Capabilities,
}

impl Connection {
    /// Says goodbye; how the server takes it changes nothing.
    pub(crate) async fn quit(mut self) {
        let _ = self.dialogue.command(b"QUIT\r\n").await;
    }
}

/// Connects to a submission server, encrypted as asked, and says EHLO.
pub(crate) async fn connect(
    server: &Server,
    encryption: Encryption,
    trust: &Trust,
    ehlo: &str,
) -> Result<Connection, SmtpError> {
    let tcp = TcpStream::connect((server.host.as_str(), server.port)).await?;
    match encryption {
        Encryption::Off => greeted(Box::new(tcp), ehlo).await,
        Encryption::Implicit => {
            let stream = secured(tcp, server, trust).await.map_err(SmtpError::Tls)?;
            greeted(Box::new(stream), ehlo).await
        }
        Encryption::Starttls => started(tcp, server, trust, ehlo).await,
    }
}

/// A connection in clear, for exchangers.
pub(super) async fn plain(tcp: TcpStream, ehlo: &str) -> Result<Connection, SmtpError> {
    greeted(Box::new(tcp), ehlo).await
}

async fn greeted(stream: Box<dyn Stream>, ehlo: &str) -> Result<Connection, SmtpError> {
    let mut dialogue = Dialogue::new(stream);
    positive(dialogue.reply().await?)?;
    let capabilities = hello(&mut dialogue, ehlo).await?;
    Ok(Connection { dialogue, capabilities })
}

async fn hello<S: Stream>(dialogue: &mut Dialogue<S>, ehlo: &str) -> Result<Capabilities, SmtpError> {
    let reply = dialogue.command(format!("EHLO {ehlo}\r\n").as_bytes()).await?;
    if reply.is_positive() {
        return Ok(Capabilities::of(&reply));
    }
    dialogue.demand(format!("HELO {ehlo}\r\n").as_bytes()).await?;
    Ok(Capabilities::default())
}

async fn started(tcp: TcpStream, server: &Server, trust: &Trust, ehlo: &str) -> Result<Connection, SmtpError> {
    let mut dialogue = Dialogue::new(tcp);
    positive(dialogue.reply().await?)?;
    if !hello(&mut dialogue, ehlo).await?.starttls {
        return Err(SmtpError::NoTls);
    }
    dialogue.demand(b"STARTTLS\r\n").await?;
    if !dialogue.buffer.is_empty() {
        return Err(SmtpError::Injected);
    }
    let stream = secured(dialogue.stream, server, trust).await.map_err(SmtpError::Tls)?;
    let mut dialogue = Dialogue::new(Box::new(stream) as Box<dyn Stream>);
    let capabilities = hello(&mut dialogue, ehlo).await?;
    Ok(Connection { dialogue, capabilities })
}
