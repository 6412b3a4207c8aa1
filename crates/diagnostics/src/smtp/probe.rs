//! Whether an exchanger accepts recipients, found out without a message: RCPT, then RSET and QUIT, never DATA.

use std::net::SocketAddr;

use customers::Address;
use tokio::net::TcpStream;
use wire::smtp::Reply;

use super::SmtpError;
use super::connect::plain;

/// What an exchanger answers to each recipient, in order.
pub(crate) type Probed = Vec<(Address, Reply)>;

/// Asks one exchanger, with the null sender, as bounces come (RFC 5321 4.5.5).
pub(crate) async fn probe(peer: SocketAddr, ehlo: &str, recipients: &[Address]) -> Result<Probed, SmtpError> {
    let mut connection = plain(TcpStream::connect(peer).await?, ehlo).await?;
    connection.dialogue.demand(b"MAIL FROM:<>\r\n").await?;
    let mut probed = Vec::with_capacity(recipients.len());
    for recipient in recipients {
        let reply = connection.dialogue.command(format!("RCPT TO:<{recipient}>\r\n").as_bytes()).await?;
        probed.push((recipient.clone(), reply));
    }
    // All is known; how it takes the rest changes nothing.
    let _ = connection.dialogue.command(b"RSET\r\n").await;
    connection.quit().await;
    Ok(probed)
}
