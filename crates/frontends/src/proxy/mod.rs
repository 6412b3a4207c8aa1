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
mod hop;
mod replies;
mod session;
mod settings;
mod spool;
mod stats;
mod stream;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use model::{EventSink, OriginalDst, Via};
use pipeline::Judges;
use tokio::net::TcpStream;
use tokio::sync::watch;

pub use address::HopAddress;
pub use settings::{BareLineEnds, HopTls, Pick, ProxySettings, Tell};
pub use stats::{Counter, ProxyStats};
pub use tls::TlsError;

use config::Config;
use crowd::Crowd;

/// The proxy, for as long as the daemon runs.
pub struct Proxy {
    config: ArcSwap<Config>,
    host: String,
    judges: Arc<Judges>,
    events: Arc<dyn EventSink>,
    stats: Arc<ProxyStats>,
    crowd: Arc<Crowd>,
    draining: watch::Receiver<bool>,
}

/// A client's connection, accepted.
#[derive(Debug)]
pub struct Accepted {
    /// The connection.
    pub tcp: TcpStream,
    /// Its other end.
    pub peer: SocketAddr,
    /// Where it was going, when it was intercepted.
    pub original_dst: Option<OriginalDst>,
    /// The door.
    pub via: Via,
}

impl Proxy {
    /// A proxy of these settings on the host of that name. When `draining` becomes true, sessions end after the message
    /// they are in.
    ///
    /// # Errors
    /// When a certificate can't be used.
    pub fn new(
        settings: ProxySettings,
        host: &str,
        judges: Arc<Judges>,
        events: Arc<dyn EventSink>,
        draining: watch::Receiver<bool>,
    ) -> Result<Self, TlsError> {
        let stats = Arc::new(ProxyStats::default());
        let config = ArcSwap::from_pointee(Config::new(settings, host, &stats)?);
        let crowd = Arc::new(Crowd::new(Arc::clone(&stats)));
        Ok(Self { config, host: host.to_owned(), judges, events, stats, crowd, draining })
    }

    /// Puts other settings in force for sessions that start from now on; certificates are read again.
    ///
    /// # Errors
    /// When a certificate can't be used; then everything stays as it is.
    pub fn reload(&self, settings: ProxySettings) -> Result<(), TlsError> {
        let config = Config::new(settings, &self.host, &self.stats)?;
        self.config.swap(Arc::new(config)).sweep(true);
        Ok(())
    }

    /// The counters.
    pub fn stats(&self) -> Arc<ProxyStats> {
        Arc::clone(&self.stats)
    }

    /// Serves one client to its end.
    pub async fn session(self: Arc<Self>, accepted: Accepted) {
        Box::pin(session::serve(self, accepted)).await;
    }

    /// Says goodbye to next hops on connections that nobody needs, for as long as it runs.
    pub async fn tend(&self) {
        const EVERY: Duration = Duration::from_secs(10);
        let mut draining = self.draining.clone();
        loop {
            tokio::select! {
                () = tokio::time::sleep(EVERY) => self.config.load().sweep(false),
                _ = draining.wait_for(|draining| *draining) => return self.config.load().sweep(true),
            }
        }
    }
}
