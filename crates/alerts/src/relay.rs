//! Handing one mail to the relay.
//!
//! mail-send stops at the first refused recipient, waits an hour for a greeting and knows no opportunistic TLS: the
//! dialogue is led from here, under one time-out for all of it.

use mail_send::smtp::message::Parameters;
use mail_send::smtp::tls::build_tls_connector;
use mail_send::{Error, SmtpClient, SmtpClientBuilder};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::letter::Mail;
use crate::post::Post;
use crate::settings::Tls;
use customers::Address;

/// Why the relay did not take a mail, as the operator reads it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    /// It took too long.
    #[error("the relay {relay} did not take the alert within {seconds} seconds")]
    Slow { relay: String, seconds: u64 },
    /// TLS is required and could not be had.
    #[error("the relay {relay} offers no STARTTLS, and alerts.tls is \"required\"")]
    NoTls { relay: String },
    /// TLS can't be used on this host.
    #[error("TLS can't be used: {0}")]
    Trust(String),
    /// Anything else, in mail-send's words.
    #[error("the relay {relay}: {error}")]
    Failed { relay: String, error: String },
}

/// What became of each recipient.
#[derive(Debug, Default)]
pub(crate) struct Delivery {
    /// The relay is responsible for these now.
    pub(crate) accepted: Vec<Address>,
    /// Refused for good (5xx), with the answer.
    pub(crate) refused: Vec<(Address, String)>,
    /// Refused for now (4xx), with the answer.
    pub(crate) deferred: Vec<(Address, String)>,
}

/// Hands the mail over for these recipients.
pub(crate) async fn send(mail: &Mail, to: &[Address], post: &Post) -> Result<Delivery, SendError> {
    let relay = post.relay.dialled();
    match tokio::time::timeout(post.timeout, connect_and_deliver(mail, to, post)).await {
        // mail-send's own time-out of a step runs beside ours for all of them.
        Ok(Err(Failure::Smtp(Error::Timeout))) | Err(_) => {
            Err(SendError::Slow { relay, seconds: post.timeout.as_secs() })
        }
        Ok(done) => done.map_err(|failure| failure.told(relay)),
    }
}

enum Failure {
    Trust(String),
    Smtp(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Smtp(error)
    }
}

impl Failure {
    fn told(self, relay: String) -> SendError {
        match self {
            Self::Trust(error) => SendError::Trust(error),
            Self::Smtp(Error::MissingStartTls) => SendError::NoTls { relay },
            Self::Smtp(Error::UnexpectedReply(reply)) => {
                SendError::Failed { relay, error: format!("answered {}", said(reply.code, reply.esc, &reply.message)) }
            }
            Self::Smtp(Error::UnparseableReply) => {
                SendError::Failed { relay, error: "broke off or did not speak SMTP".into() }
            }
            Self::Smtp(error) => SendError::Failed { relay, error: error.to_string() },
        }
    }
}

async fn connect_and_deliver(mail: &Mail, to: &[Address], post: &Post) -> Result<Delivery, Failure> {
    let builder = builder(post)?;
    let secure = match post.tls {
        Tls::Never => Err(Error::MissingStartTls),
        Tls::Opportunistic | Tls::Required => builder.connect().await,
    };
    match (secure, post.tls) {
        (Ok(client), _) => Ok(deliver(client, mail, to).await?),
        (Err(error), Tls::Required) => Err(error.into()),
        // The relay's TLS is broken or absent; in clear is what "opportunistic" allows (RFC 7435).
        (Err(Error::MissingStartTls | Error::Tls(_)), _) => {
            Ok(deliver(builder.connect_plain().await?, mail, to).await?)
        }
        (Err(error), _) => Err(error.into()),
    }
}

fn builder(post: &Post) -> Result<SmtpClientBuilder<String>, Failure> {
    // mail-send asks for the process's provider and panics when two are built in and none was chosen.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let connector = build_tls_connector(post.tls != Tls::Required).map_err(Failure::Trust)?;
    let builder = SmtpClientBuilder::new_with_tls_connector(post.relay.host.clone(), post.relay.port, connector);
    let mut builder = builder.implicit_tls(false).helo_host(post.helo.clone()).timeout(post.timeout);
    builder.addr = post.relay.dialled();
    Ok(builder)
}

async fn deliver<S>(mut client: SmtpClient<S>, mail: &Mail, to: &[Address]) -> Result<Delivery, Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    client.mail_from(mail.from.as_str(), &Parameters::default()).await?;
    let mut delivery = Delivery::default();
    for address in to {
        let reply = client.cmd(format!("RCPT TO:<{address}>\r\n")).await?;
        let told = (address.clone(), said(reply.code, reply.esc, &reply.message));
        match reply.code {
            200..300 => delivery.accepted.push(told.0),
            500.. => delivery.refused.push(told),
            _ => delivery.deferred.push(told),
        }
    }
    if !delivery.accepted.is_empty() {
        client.data(without_last_line_end(&mail.raw)).await?;
    }
    // The relay has answered for the mail; how it takes the good-bye changes nothing.
    let _ = client.quit().await;
    Ok(delivery)
}

/// `550 5.1.1 no such user`
fn said(code: u16, enhanced: [u8; 3], message: &str) -> String {
    match enhanced {
        [0, ..] => format!("{code} {message}"),
        [class, subject, detail] => format!("{code} {class}.{subject}.{detail} {message}"),
    }
}

/// mail-send ends data with CRLF of its own.
fn without_last_line_end(raw: &[u8]) -> &[u8] {
    raw.strip_suffix(b"\r\n").unwrap_or(raw)
}
