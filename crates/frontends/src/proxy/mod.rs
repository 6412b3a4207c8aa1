//! The SMTP proxy: clients on one side, a next hop on the other, the judge between content and its delivery.
//!
//! A message is read to its end, judged, and only then sent on; the client's answer is the next hop's. There is no
//! queue: until the next hop has said 250, the message is the client's.
//!
//! Security: everything a client sends is bounded (lines, recipients, size, time, errors); what leaves is written anew
//! from what was understood. Limits: one next hop for a transaction, no BINARYMIME, no LMTP.

mod address;
mod channel;
mod config;
mod crowd;
mod exchangers;
mod hop;
mod replies;
mod session;
mod settings;
mod spool;
mod stats;
mod tls;
mod transport;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use model::EventSink;
use pipeline::Judges;
use tokio::task::JoinSet;

pub use address::HopAddress;
pub use exchangers::{Exchangers, Exchanging};
pub use hop::NextHops;
pub use settings::{BareLineEnds, HopTls, Pick, ProxySettings, Tell};
pub use stats::ProxyStats;
pub use tls::TlsError;

use crate::accept::{self, Bounds};
use crate::intercept::{InterceptDoor, InterceptRule, InterceptStats, Interception};
use crate::{Drain, Listener, Stats, Stream};
use config::Config;
use crowd::Crowd;

/// Connections that may wait for their 421 beyond those that are served; more are closed at once.
const WAITING: u64 = 100;
/// How often connections to next hops that nobody needs are closed.
const SWEEP: Duration = Duration::from_secs(10);

/// The proxy, without its sockets.
pub struct Proxy {
    config: ArcSwap<Config>,
    host: String,
    exchangers: Arc<dyn Exchangers>,
    judges: Arc<Judges>,
    events: Arc<dyn EventSink>,
    connections: Arc<Stats>,
    stats: Arc<ProxyStats>,
    crowd: Arc<Crowd>,
    rules: ArcSwap<Vec<InterceptRule>>,
    intercepted: Arc<InterceptStats>,
}

impl Proxy {
    /// A proxy on the host of that name, which finds next hops by these exchangers, asks these judges, tells these events and
    /// counts connections here.
    ///
    /// # Errors
    /// When a certificate can't be used.
    pub fn new(
        settings: ProxySettings,
        host: &str,
        exchangers: Arc<dyn Exchangers>,
        judges: Arc<Judges>,
        events: Arc<dyn EventSink>,
        connections: Arc<Stats>,
    ) -> Result<Arc<Self>, TlsError> {
        let stats = Arc::new(ProxyStats::default());
        let config = ArcSwap::from_pointee(Config::new(settings, host, &exchangers, &stats, &events)?);
        let crowd = Arc::new(Crowd::new(Arc::clone(&stats)));
        Ok(Arc::new(Self {
            config,
            host: host.to_owned(),
            exchangers,
            judges,
            events,
            connections,
            stats,
            crowd,
            rules: ArcSwap::default(),
            intercepted: Arc::default(),
        }))
    }

    /// Puts other settings in force for sessions that start from now on; certificates are read again. The listeners
    /// stay as they are.
    ///
    /// # Errors
    /// When a certificate can't be used; then everything stays as it is.
    pub fn replace_settings(&self, settings: ProxySettings) -> Result<(), TlsError> {
        let config = Config::new(settings, &self.host, &self.exchangers, &self.stats, &self.events)?;
        let before = self.config.swap(Arc::new(config));
        before.sweep(true);
        before.health.end();
        Ok(())
    }

    /// Puts other rules of interception in force for sessions that start from now on.
    pub fn replace_rules(&self, rules: Vec<InterceptRule>) {
        self.rules.store(Arc::new(rules));
    }

    /// What it counts of interception.
    pub fn intercept_stats(&self) -> Arc<InterceptStats> {
        Arc::clone(&self.intercepted)
    }

    /// How the next hops of the configuration in force do.
    pub fn next_hops(&self) -> NextHops {
        self.config.load().health.now()
    }

    /// What it counts.
    pub fn stats(&self) -> Arc<ProxyStats> {
        Arc::clone(&self.stats)
    }

    /// Serves until draining has started and every session has ended or was cut off. Dropping it cuts all off.
    pub async fn serve(self: Arc<Self>, listeners: Vec<Listener>, drain: Drain) {
        let mut doors = JoinSet::new();
        for listener in listeners {
            doors.spawn(Arc::clone(&self).serve_one(listener, drain.clone()));
        }
        let all = async { while doors.join_next().await.is_some() {} };
        tokio::select! {
            () = all => {}
            () = self.tend() => {}
        }
        self.config.load().sweep(true);
    }

    /// Serves intercepted connections until draining has started and every session has ended. `own` are the addresses
    /// that this daemon listens on: nothing is connected there.
    pub async fn intercept(self: Arc<Self>, doors: Vec<InterceptDoor>, own: Vec<SocketAddr>, drain: Drain) {
        let own: Arc<[SocketAddr]> = own.into();
        let mut serving = JoinSet::new();
        for door in doors {
            serving.spawn(Arc::clone(&self).intercept_one(door, Arc::clone(&own), drain.clone()));
        }
        while serving.join_next().await.is_some() {}
    }

    async fn serve_one(self: Arc<Self>, listener: Listener, drain: Drain) {
        let session = |stream: Stream| session::serve(Arc::clone(&self), stream, None, drain.clone());
        accept::run(listener, || self.bounds(), Arc::clone(&self.connections), drain.clone(), session).await;
    }

    async fn intercept_one(self: Arc<Self>, door: InterceptDoor, own: Arc<[SocketAddr]>, drain: Drain) {
        let InterceptDoor { listener, place } = door;
        let session = |stream: Stream| {
            let rule = place.rule(&self.rules.load());
            Arc::clone(&self).intercepted(stream, rule, Arc::clone(&own), drain.clone())
        };
        accept::run(listener, || self.bounds(), Arc::clone(&self.connections), drain.clone(), session).await;
    }

    async fn intercepted(
        self: Arc<Self>,
        stream: Stream,
        rule: Arc<InterceptRule>,
        own: Arc<[SocketAddr]>,
        drain: Drain,
    ) {
        let Stream::Tcp(tcp) = stream else { return };
        match Interception::of(&tcp, &rule, &own) {
            Ok(interception) => {
                self.intercepted.connections.add(1);
                session::serve(self, Stream::Tcp(tcp), Some(interception), drain).await;
            }
            Err(stray) => stray.turn_away(tcp, &self.intercepted).await,
        }
    }

    fn bounds(&self) -> Bounds {
        let settings = &self.config.load().settings;
        let connections = u64::from(settings.max_sessions).saturating_add(WAITING);
        Bounds { connections, drain: settings.drain_timeout }
    }

    /// Says goodbye to next hops on connections that nobody needs.
    async fn tend(&self) {
        loop {
            tokio::time::sleep(SWEEP).await;
            self.config.load().sweep(false);
        }
    }
}
