//! AUTH with a password (RFC 4954): PLAIN (RFC 4616), else LOGIN. One attempt: each wrong one counts against the account.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use wire::smtp::Reply;
use zeroize::Zeroizing;

use super::{Connection, SmtpError};
use crate::secret::Password;

/// The server's answer to the password. Its text may hold what the server was told: see [`Password::hidden_in`].
pub(crate) async fn log_in(connection: &mut Connection, login: &str, password: &Password) -> Result<Reply, SmtpError> {
    let offers = |mechanism: &str| connection.capabilities.auth.iter().any(|offered| offered == mechanism);
    if offers("PLAIN") {
        return plain(connection, login, password).await;
    }
    if offers("LOGIN") {
        return in_steps(connection, login, password).await;
    }
    Err(SmtpError::NoMechanism)
}

async fn plain(connection: &mut Connection, login: &str, password: &Password) -> Result<Reply, SmtpError> {
    let response = Zeroizing::new(format!("\0{login}\0{}", password.reveal()));
    let encoded = Zeroizing::new(STANDARD.encode(response.as_bytes()));
    let line = Zeroizing::new(format!("AUTH PLAIN {}\r\n", encoded.as_str()));
    connection.dialogue.command(line.as_bytes()).await
}

async fn in_steps(connection: &mut Connection, login: &str, password: &Password) -> Result<Reply, SmtpError> {
    let mut reply = connection.dialogue.command(b"AUTH LOGIN\r\n").await?;
    for answer in [login, password.reveal()] {
        if reply.code() != 334 {
            break;
        }
        let line = Zeroizing::new(format!("{}\r\n", Zeroizing::new(STANDARD.encode(answer)).as_str()));
        reply = connection.dialogue.command(line.as_bytes()).await?;
    }
    Ok(reply)
}
