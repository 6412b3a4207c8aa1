//! The LMTP server: takes mail to us from the provider's own mail server, and hands it to a [`pipeline::Letterbox`].
//!
//! Security: recipients are addresses that we have signed ourselves; anything else is refused at RCPT, and after twenty
//! mistakes the connection ends. Memory is at most `max_connections` times `max_message_size`. What is said is `wire::lmtp`'s.

mod session;
mod settings;
mod stats;

use std::sync::Arc;

use arc_swap::ArcSwap;
use model::EventSink;
use pipeline::Letterbox;
use tokio::task::JoinSet;

pub use settings::LmtpSettings;
pub use stats::LmtpStats;

use crate::accept::{self, Bounds};
use crate::{Drain, Listener, Stats, Stream};
use session::Session;

/// The LMTP server, without its sockets.
pub struct Lmtp {
    settings: ArcSwap<LmtpSettings>,
    host: String,
    letterbox: Arc<dyn Letterbox>,
    events: Arc<dyn EventSink>,
    connections: Arc<Stats>,
    stats: Arc<LmtpStats>,
}

impl Lmtp {
    /// A server on the host of that name, in front of this letterbox.
    pub fn new(
        settings: LmtpSettings,
        host: &str,
        letterbox: Arc<dyn Letterbox>,
        events: Arc<dyn EventSink>,
    ) -> Arc<Self> {
        let (connections, stats) = (Arc::default(), Arc::default());
        let settings = ArcSwap::from_pointee(settings);
        Arc::new(Self { settings, host: host.to_owned(), letterbox, events, connections, stats })
    }

    /// Puts other bounds in force for connections that come from now on. The listeners stay as they are.
    pub fn replace_settings(&self, settings: LmtpSettings) {
        self.settings.store(Arc::new(settings));
    }

    /// What it counts of connections.
    pub fn connections(&self) -> Arc<Stats> {
        Arc::clone(&self.connections)
    }

    /// What it counts of mail.
    pub fn stats(&self) -> Arc<LmtpStats> {
        Arc::clone(&self.stats)
    }

    /// Serves until draining has started and every connection has ended or was cut off. Dropping it cuts all off.
    pub async fn serve(self: Arc<Self>, listeners: Vec<Listener>, drain: Drain) {
        let mut doors = JoinSet::new();
        for listener in listeners {
            doors.spawn(Arc::clone(&self).serve_one(listener, drain.clone()));
        }
        while doors.join_next().await.is_some() {}
    }

    async fn serve_one(self: Arc<Self>, listener: Listener, drain: Drain) {
        let bounds = || {
            let settings = self.settings.load();
            Bounds { connections: settings.max_connections.into(), drain: settings.drain_timeout }
        };
        let session = |stream: Stream| Session::new(stream, Arc::clone(&self)).run(drain.clone());
        accept::run(listener, bounds, Arc::clone(&self.connections), drain.clone(), session).await;
    }
}
