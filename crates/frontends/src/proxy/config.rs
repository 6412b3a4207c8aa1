//! The settings put to use: next hops, certificates and limits of one configuration. A session keeps the one it
//! started with.

use std::sync::Arc;

use model::EventSink;

use super::address::HopAddress;
use super::exchangers::Exchangers;
use super::hop::{Dialling, HopHealth, Hops, Terms};
use super::settings::{BareLineEnds, HopTls, ProxySettings, Tell};
use super::stats::ProxyStats;
use super::tls::{self, TlsError};
use crate::intercept::Interception;

/// One configuration in force.
#[derive(Debug)]
pub(super) struct Config {
    pub(super) settings: ProxySettings,
    pub(super) name: String,
    pub(super) hops: Arc<Hops>,
    pub(super) suspicious: Option<Arc<Hops>>,
    /// Of both.
    pub(super) health: Arc<HopHealth>,
    pub(super) certificate: Option<Arc<rustls::ServerConfig>>,
    /// How the destinations of intercepted connections are spoken to.
    onward: Terms,
}

impl Config {
    /// # Errors
    /// When a certificate or the list of authorities can't be used.
    pub(super) fn new(
        settings: ProxySettings,
        host: &str,
        exchangers: &Arc<dyn Exchangers>,
        stats: &Arc<ProxyStats>,
        events: &Arc<dyn EventSink>,
    ) -> Result<Self, TlsError> {
        let name = settings.name.clone().unwrap_or_else(|| format!("portreeve.{host}"));
        let certificate = match (&settings.tls_certificate, &settings.tls_key) {
            (Some(certificate), Some(key)) => Some(tls::server(certificate, key)?),
            _ => None,
        };
        let terms = Arc::new(terms(&settings, &name, exchangers)?);
        // What a destination is called nobody knows, so its certificate can't be checked; and it is told nothing of the client.
        let onward = Terms { client_config: tls::opportunistic()?, tell: Tell::Nothing, ..Terms::clone(&terms) };
        let health =
            Arc::new(HopHealth::new(Arc::clone(events), settings.next_hops.len() + settings.suspicious_hops.len()));
        let group = |addresses: &[_]| {
            Arc::new(Hops::new(addresses, Arc::clone(&terms), Arc::clone(stats), Some(Arc::clone(&health))))
        };
        let hops = group(&settings.next_hops);
        let suspicious = (!settings.suspicious_hops.is_empty()).then(|| group(&settings.suspicious_hops));
        Ok(Self { settings, name, hops, suspicious, health, certificate, onward })
    }

    /// The only next hop of an intercepted client: where it was going. There it is called what it calls itself.
    pub(super) fn toward(&self, to: &Interception, name: &str, tls: HopTls, stats: &Arc<ProxyStats>) -> Arc<Hops> {
        let dialling = Dialling { mark: to.mark, source: to.source };
        let terms = Terms { name: name.to_owned(), dialling, tls, ..self.onward.clone() };
        let address = HopAddress { host: to.destination.ip().to_string(), by_mx: false, port: to.destination.port() };
        Arc::new(Hops::new(&[address], Arc::new(terms), Arc::clone(stats), None))
    }

    pub(super) fn line_ends(&self) -> wire::smtp::LineEnds {
        match self.settings.bare_line_ends {
            BareLineEnds::Refuse => wire::smtp::LineEnds::Refuse,
            BareLineEnds::Normalise => wire::smtp::LineEnds::Normalise,
        }
    }

    /// Closes connections to next hops that wait; all of them, when `all` is set.
    pub(super) fn sweep(&self, all: bool) {
        self.hops.sweep(all);
        self.suspicious.iter().for_each(|hops| hops.sweep(all));
    }
}

fn terms(settings: &ProxySettings, name: &str, exchangers: &Arc<dyn Exchangers>) -> Result<Terms, TlsError> {
    let client_config = match settings.next_hop_tls {
        HopTls::Verified => tls::verifying(&settings.next_hop_authorities)?,
        HopTls::Off | HopTls::Opportunistic | HopTls::Required => tls::opportunistic()?,
    };
    Ok(Terms {
        name: name.to_owned(),
        exchangers: Arc::clone(exchangers),
        pick: settings.pick,
        pause: settings.next_hop_pause,
        reuse: settings.reuse,
        dialling: Dialling::default(),
        tls: settings.next_hop_tls,
        client_config,
        tell: settings.tell_next_hop,
        connect: settings.connect_timeout,
        greeting: settings.greeting_timeout,
        command: settings.command_timeout,
        data: settings.data_timeout,
        block: settings.block_timeout,
        end: settings.end_timeout,
    })
}
