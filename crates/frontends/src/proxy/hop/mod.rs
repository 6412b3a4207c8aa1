//! The next hops of the proxy: which one, over which connection.
//!
//! Security: a connection is shared between clients only while nothing on it belongs to one of them: no login, no
//! client data; what a transaction has left on it is cleared before the next one begins.

mod connect;
mod connection;
mod deliver;
mod dial;
mod error;
mod health;
mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use rustls::ClientConfig;
use wire::smtp::{Capabilities, ClientAttributes, Reply};

pub(super) use connection::HopConnection;
pub(super) use deliver::{Delivery, deliver};
pub(super) use dial::Dialling;
pub(super) use error::HopError;
pub(super) use health::HopHealth;
pub use health::NextHops;
use server::Server;

use super::address::HopAddress;
use super::exchangers::Exchangers;
use super::settings::{HopTls, Pick, Tell};
use super::stats::ProxyStats;

/// How next hops are spoken to.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    pub(super) name: String,
    pub(super) exchangers: Arc<dyn Exchangers>,
    pub(super) pick: Pick,
    pub(super) pause: Duration,
    pub(super) reuse: u32,
    pub(super) dialling: Dialling,
    pub(super) tls: HopTls,
    pub(super) client_config: Arc<ClientConfig>,
    pub(super) tell: Tell,
    pub(super) connect: Duration,
    pub(super) greeting: Duration,
    pub(super) command: Duration,
    pub(super) data: Duration,
    pub(super) block: Duration,
    pub(super) end: Duration,
}

/// Next hops that stand for one another.
#[derive(Debug)]
pub(super) struct Hops {
    servers: Vec<Server>,
    turn: AtomicUsize,
    refuses_xforward: AtomicBool,
    pub(super) terms: Arc<Terms>,
    stats: Arc<ProxyStats>,
    /// None where clients choose where they go: that such a destination fails is no trouble of ours.
    health: Option<Arc<HopHealth>>,
}

impl Hops {
    pub(super) fn new(
        addresses: &[HopAddress],
        terms: Arc<Terms>,
        stats: Arc<ProxyStats>,
        health: Option<Arc<HopHealth>>,
    ) -> Self {
        let servers = addresses.iter().cloned().map(Server::new).collect();
        let refuses_xforward = AtomicBool::new(false);
        Self { servers, turn: AtomicUsize::new(0), refuses_xforward, terms, stats, health }
    }

    /// What a client can be offered: what the next hop offered lately, or offers when it is asked now.
    ///
    /// # Errors
    /// When none can be reached.
    pub(super) async fn offer(&self) -> Result<Arc<Capabilities>, HopError> {
        let known = self.servers.iter().filter(|server| server.is_healthy()).find_map(Server::offer);
        if let Some(offer) = known {
            return Ok(offer);
        }
        let connection = self.lease().await?;
        let offer = Arc::clone(&connection.capabilities);
        self.give_back(connection);
        Ok(offer)
    }

    /// A connection on which a transaction can begin: one that waits, or a new one.
    ///
    /// # Errors
    /// When no next hop can be reached: what was wrong with the last.
    pub(super) async fn lease(&self) -> Result<HopConnection, HopError> {
        let mut last = HopError::Unreachable;
        for index in self.order() {
            let Some(server) = self.servers.get(index) else { continue };
            while let Some(connection) = server.take() {
                if let Some(connection) = self.revived(connection).await {
                    return Ok(connection);
                }
            }
            match self.connected(index, server).await {
                Ok(connection) => return Ok(connection),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// A new connection, for when one that waited turned out to be dead.
    ///
    /// # Errors
    /// When no next hop can be reached.
    pub(super) async fn fresh(&self) -> Result<HopConnection, HopError> {
        for index in self.order() {
            let Some(server) = self.servers.get(index) else { continue };
            if let Ok(connection) = self.connected(index, server).await {
                return Ok(connection);
            }
        }
        Err(HopError::Unreachable)
    }

    /// Healthy ones first; the others are the last resort.
    fn order(&self) -> impl Iterator<Item = usize> {
        let count = self.servers.len();
        let first = match self.terms.pick {
            Pick::First => 0,
            Pick::Rotate => self.turn.fetch_add(1, Ordering::Relaxed),
        };
        let turn = (0..count).map(move |at| (first.wrapping_add(at)) % count.max(1));
        let (healthy, paused): (Vec<_>, Vec<_>) =
            turn.partition(|index| self.servers.get(*index).is_some_and(Server::is_healthy));
        healthy.into_iter().chain(paused)
    }

    async fn revived(&self, mut connection: HopConnection) -> Option<HopConnection> {
        if !connection.is_alive().await {
            return None;
        }
        connection.is_reused = true;
        self.stats.hop_reuses.add(1);
        Some(connection)
    }

    async fn connected(&self, index: usize, server: &Server) -> Result<HopConnection, HopError> {
        match connect::connect(index, &server.address, &self.terms).await {
            Ok(connection) => {
                self.stats.hop_connections.add(1);
                server.works(&connection.capabilities);
                self.health.iter().for_each(|health| health.works(&server.address.to_string()));
                Ok(connection)
            }
            Err(error) => {
                self.stats.hop_failures.add(1);
                match self.health {
                    None => tracing::debug!(destination = %server.address, %error, "destination fails"),
                    Some(_) => tracing::warn!(next_hop = %server.address, %error, "next hop fails"),
                }
                server.pause(self.terms.pause);
                self.told(server, &error);
                Err(error)
            }
        }
    }

    fn told(&self, server: &Server, error: &HopError) {
        let Some(health) = &self.health else { return };
        let hop = server.address.to_string();
        let names = self.servers.iter().map(|server| server.address.to_string());
        let others = names.into_iter().any(|other| other != hop && health.is_well(&other));
        health.fails(&hop, &error.to_string(), others);
    }

    /// Takes a connection back after a transaction, ended or not; one that belongs to a session, has carried enough, or on
    /// which something was refused, is closed.
    pub(super) fn give_back(&self, connection: HopConnection) {
        let spent = self.terms.reuse > 0 && connection.messages >= self.terms.reuse;
        let shared = !connection.is_bound && !connection.has_refused && !spent && self.terms.reuse > 0;
        match self.servers.get(connection.hop) {
            Some(server) if shared => server.keep(connection),
            _ => connection.quit(),
        }
    }

    /// Tells the next hop of the client, where that is wanted and offered. The connection is the session's from then on.
    /// XFORWARD is for the next hop's log: the message goes on without it where it is refused, as an address of a family
    /// that is switched off there is.
    ///
    /// # Errors
    /// When the next hop is lost, or refuses XCLIENT.
    pub(super) async fn tell(&self, to: &mut HopConnection, client: &ClientAttributes) -> Result<(), HopError> {
        let (verb, offered) = match self.terms.tell {
            Tell::Nothing => return Ok(()),
            Tell::Xforward => ("XFORWARD", to.capabilities.xforward),
            Tell::Xclient => ("XCLIENT", to.capabilities.xclient),
        };
        if !offered {
            return Ok(());
        }
        to.is_bound = true;
        to.reset(self.terms.command).await?;
        let line = format!("{verb}{}\r\n", client.encode());
        let reply = to.command(&line, self.terms.command).await?;
        if !reply.is_positive() && verb == "XFORWARD" {
            self.untold(&reply);
            return Ok(());
        }
        connection::positive(reply)?;
        // After XCLIENT the next hop begins anew, with another greeting.
        if verb == "XCLIENT" { connect::hello(to, &self.terms).await } else { Ok(()) }
    }

    /// Tells once that the next hop refuses to be told.
    fn untold(&self, reply: &Reply) {
        let reply = reply.texts().next().unwrap_or_default();
        match self.refuses_xforward.swap(true, Ordering::Relaxed) {
            true => tracing::debug!(reply, "a next hop refuses XFORWARD"),
            false => tracing::warn!(reply, "a next hop refuses XFORWARD: its log doesn't name these clients"),
        }
    }

    /// Closes connections that have waited too long; all of them, when `all` is set.
    pub(super) fn sweep(&self, all: bool) {
        self.servers.iter().for_each(|server| server.sweep(all));
    }
}
