//! Replies to tickets by mail: the keys of their addresses, and the door they come in by. Nobody comes in while `lmtp.listen`
//! is empty.

use std::sync::Arc;

use admin::{PartState, Readiness};
use console::Remark;
use customers::ticket::{KeyFile, ReplyBox, ReplyTokens};
use frontends::{Drain, InheritedSockets, Listener, Lmtp, LmtpSettings};
use model::EventSink;
use pipeline::{Letterbox, Mailroom, ReplyKeys};
use telemetry::{MetricError, Telemetry};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::parts::Parts;
use crate::config::Config;
use crate::reply_address;

/// The keys, where replies are taken.
pub(crate) struct Replies(Option<Arc<ReplyKeys>>);

/// The LMTP server behind its listeners.
pub(crate) struct ReplyDoor {
    server: Arc<Lmtp>,
    mailroom: Arc<Mailroom>,
}

impl Replies {
    /// Reads the keys, and makes the first one.
    pub(crate) fn start(config: &Config) -> anyhow::Result<Self> {
        if !config.lmtp.is_on() {
            return Ok(Self(None));
        }
        let file = KeyFile::in_directory(&config.store.path);
        let tokens = Arc::new(ReplyTokens::new(file.open()?));
        Ok(Self(Some(Arc::new(ReplyKeys::new(file, tokens, config.lmtp.old_keys_for)))))
    }

    pub(crate) fn keys(&self) -> Option<Arc<ReplyKeys>> {
        self.0.clone()
    }

    /// The mailbox that letters are answered to.
    pub(crate) fn mailbox(&self, settings: &LmtpSettings) -> Option<Arc<ReplyBox>> {
        let address = settings.is_on().then(|| reply_address::of(settings)).flatten()?;
        ReplyBox::new(&address, self.0.as_ref()?.tokens()).map(Arc::new)
    }

    /// What /readyz says of it; nothing while it is off.
    pub(crate) fn probe(&self, readiness: &mut Readiness, settings: &LmtpSettings, telemetry: &Arc<Telemetry>) {
        let Some(address) = settings.address.clone().filter(|_| settings.is_on()) else { return };
        let telemetry = Arc::clone(telemetry);
        readiness.probe("replies", false, move || match telemetry.degradation("replies") {
            None => PartState::working([Remark::RepliesFor(address.clone())]),
            Some(failing) => {
                PartState::degraded([Remark::Failed(failing.error), Remark::RepliesWait]).since(failing.since)
            }
        });
    }
}

impl ReplyDoor {
    /// Opens every listener of the configuration; they are served by [`Self::serve`].
    pub(crate) async fn bind(
        config: &Config,
        parts: &Parts,
        inherited: &mut InheritedSockets,
    ) -> anyhow::Result<(Self, Vec<Listener>)> {
        let mut listeners = Vec::new();
        for address in &config.lmtp.listen {
            let opened = Listener::bind(address, config.lmtp.socket_mode, inherited).await?;
            for listener in &opened {
                let real = listener.tcp_address().map_or_else(|| address.to_string(), |tcp| format!("inet:{tcp}"));
                tracing::info!(address = real, kind = "lmtp", "listening");
            }
            listeners.extend(opened);
        }
        let mailroom = Mailroom::new(parts.tickets(), &parts.node, Arc::clone(&parts.clock));
        let (outbox, runtime) = (parts.outbox.clone(), tokio::runtime::Handle::current());
        let hand_on = Box::new(move |mail: &[u8]| runtime.block_on(outbox.hand_on(mail)));
        let mailroom = Arc::new(mailroom.reporting(Arc::clone(&parts.reports)).handing_on(hand_on));
        mailroom.open(parts.replies.mailbox(&config.lmtp));
        let letterbox: Arc<dyn Letterbox> = Arc::clone(&mailroom) as _;
        let events: Arc<dyn EventSink> = Arc::clone(&parts.telemetry) as _;
        let server = Lmtp::new(config.lmtp.clone(), &parts.node, letterbox, events);
        register(&parts.telemetry, &server)?;
        Ok((Self { server, mailroom }, listeners))
    }

    /// Serves until draining has started and every connection has ended.
    pub(crate) fn serve(&self, listeners: Vec<Listener>, draining: watch::Receiver<bool>) -> JoinHandle<()> {
        tokio::spawn(Arc::clone(&self.server).serve(listeners, Drain::new(draining)))
    }

    /// Puts other bounds and another address in force; listeners stay.
    pub(crate) fn reload(&self, config: &Config, parts: &Parts) {
        self.server.replace_settings(config.lmtp.clone());
        self.mailroom.open(parts.replies.mailbox(&config.lmtp));
    }
}

/// The listener's figures, read at each scrape.
fn register(telemetry: &Telemetry, server: &Lmtp) -> Result<(), MetricError> {
    let open = server.connections();
    let help = "Connections of mail servers that bring replies which are open.";
    telemetry.register_gauge("portreeve_lmtp_connections", help, move || open.connections_open.get() as f64)?;
    let taken = server.connections();
    let help = "Connections of mail servers that brought replies.";
    telemetry.register_counter("portreeve_lmtp_connections_total", help, move || taken.connections.get() as f64)?;
    let stats = server.stats();
    let help = "Reports that a letter of ours did not arrive.";
    telemetry.register_counter("portreeve_alert_bounces_total", help, move || stats.bounces() as f64)?;
    let stats = server.stats();
    let help = "Mail that no person wrote, or that reports nothing, by why it was put aside.";
    telemetry.register_counters("portreeve_replies_put_aside_total", help, "reason", move || {
        stats.put_aside().map(|(reason, count)| (reason, count as f64)).collect()
    })?;
    let stats = server.stats();
    let help = "Replies and reports that came by mail, by what became of them.";
    telemetry.register_counters("portreeve_replies_total", help, "outcome", move || {
        stats.outcomes().map(|(outcome, count)| (outcome, count as f64)).collect()
    })
}
