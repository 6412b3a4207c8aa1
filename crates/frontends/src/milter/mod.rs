//! The milter server: one task for each connection, one connection for each SMTP session, many messages on it.
//!
//! [`connection`] moves bytes and time, [`conversation`] turns commands into a `Session`, an `Envelope` and answers,
//! [`content`] rebuilds the message. The protocol itself is `wire::milter`.
//!
//! Limits: memory for messages is at most open connections times [`pipeline::Judge::analysed_bytes`]; an idle connection
//! owns no buffer.

mod caller;
mod connection;
mod content;
mod conversation;
mod missing;
mod settings;
mod transaction;
mod verdict;
mod wanted;

use std::sync::Arc;

use arc_swap::ArcSwap;
use model::EventSink;
use pipeline::Judges;
use tokio::task::JoinSet;

pub use settings::MilterSettings;

use crate::accept::{self, Bounds};
use crate::{Drain, Listener, Stats, Stream};
use connection::Connection;

/// The milter server, without its sockets.
pub struct Milter {
    settings: ArcSwap<MilterSettings>,
    judges: Arc<Judges>,
    events: Arc<dyn EventSink>,
    stats: Arc<Stats>,
}

impl Milter {
    /// A server that asks these judges, tells these events and counts here.
    pub fn new(
        settings: MilterSettings,
        judges: Arc<Judges>,
        events: Arc<dyn EventSink>,
        stats: Arc<Stats>,
    ) -> Arc<Self> {
        Arc::new(Self { settings: ArcSwap::from_pointee(settings), judges, events, stats })
    }

    /// Puts other settings in force for connections that come from now on. The listeners stay as they are.
    pub fn replace_settings(&self, settings: MilterSettings) {
        self.settings.store(Arc::new(settings));
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
        let session = |stream: Stream| Connection::new(stream, &self).run(drain.clone());
        accept::run(listener, bounds, Arc::clone(&self.stats), drain.clone(), session).await;
    }
}
