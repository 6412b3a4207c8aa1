//! What the end-to-end tests share: the daemon, mail servers, a mail client, a milter client, sample mail.

mod browser;
mod certificate;
mod daemon;
mod disk;
mod dovecot;
mod exim;
mod http;
mod mail;
mod milter;
mod mta;
mod network;
mod outside;
mod postfix;
mod sendmail;
mod site;
mod smtp;
mod smtp_sink;

use std::future::Future;
use std::time::Duration;

pub(crate) use browser::{Browser, ENTER, Screen};
pub(crate) use certificate::{Certificate, over_starttls, over_tls};
pub(crate) use daemon::Daemon;
pub(crate) use disk::SmallDisk;
pub(crate) use dovecot::Dovecot;
pub(crate) use exim::Exim;
pub(crate) use http::{Page, ask, get, post};
pub(crate) use mail::{Mail, body_of, corpus, samples};
pub(crate) use milter::{Answer, Milter, Session};
pub(crate) use mta::{free_port, loopback, missing, missing_client};
pub(crate) use network::OwnNetwork;
pub(crate) use outside::Outside;
pub(crate) use postfix::Postfix;
pub(crate) use sendmail::Sendmail;
pub(crate) use site::{Site, evidence_of, link_in};
pub(crate) use smtp::{Client, Outcome, Reply};
pub(crate) use smtp_sink::SmtpSink;

/// Nothing here takes longer on a busy machine with two cores.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often a condition that nobody announces is looked at again.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The future's value; a panic that says what was waited for when it doesn't come.
pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what}: not within {PATIENCE:?}"),
    }
}

/// Waits until a condition holds that nobody announces.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut condition: impl FnMut() -> F) {
    within(what, async {
        let mut again = tokio::time::interval(LOOK_AGAIN);
        while !condition().await {
            again.tick().await;
        }
    })
    .await;
}
