//! The doors of the SMTP proxy: the one for its clients, and the one for connections the firewall hands over. Nobody comes
//! in by the first while `proxy.listen` is empty, nor by the second without an `[[intercept]]` entry.

use std::net::SocketAddr;
use std::sync::Arc;

use admin::{PartState, Readiness};
use console::Remark;
use frontends::proxy::NextHops;
use frontends::{
    Drain, InheritedSockets, InterceptDoor, InterceptStats, Listener, Proxy, ProxyStats, SocketMode, Stats,
};
use model::EventSink;
use telemetry::{MetricError, Telemetry};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::entrances::Entrance;
use super::exchangers::ByDns;
use super::parts::Parts;
use crate::config::Config;

/// The proxy behind its listeners.
pub(crate) struct ProxyDoor {
    proxy: Arc<Proxy>,
    stats: Arc<Stats>,
    /// Where clients connect, and where the firewall hands connections over.
    shown: [Vec<String>; 2],
}

/// What it listens on.
pub(crate) struct ProxyListeners {
    clients: Vec<Listener>,
    intercepted: Vec<InterceptDoor>,
}

impl ProxyDoor {
    /// Opens every listener of the configuration; they are served by [`Self::serve`].
    pub(crate) async fn bind(
        config: &Config,
        parts: &Parts,
        inherited: &mut InheritedSockets,
    ) -> anyhow::Result<(Self, ProxyListeners)> {
        let listeners = ProxyListeners::bind(config, inherited).await?;
        let events: Arc<dyn EventSink> = Arc::clone(&parts.telemetry) as _;
        let stats = Arc::new(Stats::default());
        let judges = Arc::clone(&parts.judges);
        let exchangers = Arc::new(ByDns(Arc::clone(&parts.names.dns)));
        let settings = config.proxy.clone();
        let proxy = Proxy::new(settings, &parts.node, exchangers, judges, events, Arc::clone(&stats))?;
        proxy.replace_rules(config.intercept.clone());
        register(&parts.telemetry, &stats, &proxy)?;
        Ok((Self { proxy, stats, shown: listeners.shown() }, listeners))
    }

    /// Serves until draining has started and every session has ended.
    pub(crate) fn serve(&self, listeners: ProxyListeners, draining: watch::Receiver<bool>) -> JoinHandle<()> {
        let own = listeners.addresses();
        let clients = Arc::clone(&self.proxy).serve(listeners.clients, Drain::new(draining.clone()));
        let intercepted = Arc::clone(&self.proxy).intercept(listeners.intercepted, own, Drain::new(draining));
        tokio::spawn(async move {
            tokio::join!(clients, intercepted);
        })
    }

    /// The ways in that these are. Connections of both are counted together.
    pub(crate) fn entrances(&self) -> [Entrance; 2] {
        let [clients, intercepted] = self.shown.clone();
        let stats = Arc::clone(&self.stats);
        let connections = Some(Box::new(move || stats.connections_open.get()) as _);
        let proxy = Entrance { kind: "proxy", addresses: clients, connections };
        [proxy, Entrance { kind: "intercept", addresses: intercepted, connections: None }]
    }

    /// What /readyz says of the next hops, where there are clients of the proxy. It makes nothing unready: a node that gets no mail
    /// meanwhile would never find out that they work again.
    pub(crate) fn probe(&self, readiness: &mut Readiness, telemetry: &Arc<Telemetry>) {
        let [clients, _] = &self.shown;
        if clients.is_empty() {
            return;
        }
        let (proxy, telemetry) = (Arc::clone(&self.proxy), Arc::clone(telemetry));
        readiness.probe("next_hops", false, move || {
            let state = state(&proxy.next_hops());
            match telemetry.degradation("next_hops") {
                Some(failing) => state.since(failing.since),
                None => state,
            }
        });
    }

    /// Puts other settings in force for new sessions, certificates included; listeners stay.
    ///
    /// # Errors
    /// When they can't be used, told in the log already: the proxy keeps its settings.
    pub(crate) fn reload(&self, config: &Config) -> Result<(), String> {
        if let Err(error) = self.proxy.replace_settings(config.proxy.clone()) {
            tracing::error!("{error}; the proxy keeps its settings, interception too");
            return Err(error.to_string());
        }
        self.proxy.replace_rules(config.intercept.clone());
        Ok(())
    }
}

impl ProxyListeners {
    async fn bind(config: &Config, inherited: &mut InheritedSockets) -> anyhow::Result<Self> {
        let mut clients = Vec::new();
        for address in &config.proxy.listen {
            clients.extend(Listener::bind(address, SocketMode(0o600), inherited).await?);
        }
        let mut intercepted = Vec::new();
        for rule in &config.intercept {
            intercepted.extend(InterceptDoor::bind(rule, inherited).await?);
        }
        clients.iter().filter_map(Listener::tcp_address).for_each(|address| tell(address, "proxy"));
        intercepted.iter().filter_map(InterceptDoor::tcp_address).for_each(|address| tell(address, "intercept"));
        Ok(Self { clients, intercepted })
    }

    fn shown(&self) -> [Vec<String>; 2] {
        let shown = |tcp: Option<SocketAddr>| tcp.map_or_else(|| "unix".to_owned(), |tcp| format!("inet:{tcp}"));
        let clients = self.clients.iter().map(|listener| shown(listener.tcp_address()));
        [clients.collect(), self.intercepted.iter().map(|door| shown(door.tcp_address())).collect()]
    }

    fn addresses(&self) -> Vec<SocketAddr> {
        let clients = self.clients.iter().filter_map(Listener::tcp_address);
        clients.chain(self.intercepted.iter().filter_map(InterceptDoor::tcp_address)).collect()
    }
}

fn state(hops: &NextHops) -> PartState {
    let failing = hops.failing.iter().map(|(hop, error)| Remark::Failed(format!("{hop}: {error}")));
    match (hops.count, hops.failing.len()) {
        (_, 0) => PartState::working([Remark::HopsWork]),
        (count, lost) if lost < count => PartState::degraded(failing.chain([Remark::OthersTake])),
        _ => PartState::down(failing.chain([Remark::Answered451])),
    }
}

fn tell(address: SocketAddr, kind: &str) {
    tracing::info!(address = format!("inet:{address}"), kind, "listening");
}

/// The proxy's figures, read at each scrape.
fn register(telemetry: &Telemetry, stats: &Arc<Stats>, proxy: &Arc<Proxy>) -> Result<(), MetricError> {
    let open = Arc::clone(stats);
    let help = "Connections of the SMTP proxy's clients that are open, intercepted ones included.";
    telemetry.register_gauge("portreeve_proxy_connections", help, move || open.connections_open.get() as f64)?;
    let taken = Arc::clone(stats);
    let help = "Connections of the SMTP proxy's clients, intercepted ones included.";
    telemetry.register_counter("portreeve_proxy_connections_total", help, move || taken.connections.get() as f64)?;
    let errors = Arc::clone(stats);
    let help = "Times a connection of the SMTP proxy could not be taken, as for want of descriptors.";
    telemetry
        .register_counter("portreeve_proxy_accept_errors_total", help, move || errors.accept_errors.get() as f64)?;
    for (name, help, figure) in ProxyStats::METRICS {
        let figures = proxy.stats();
        telemetry.register_counter(name, help, move || figure(&figures).get() as f64)?;
    }
    let hops = Arc::clone(proxy);
    let help = "Next hops of the SMTP proxy, by how they were found when they were tried last.";
    telemetry.register_gauges("portreeve_proxy_next_hops", help, "state", move || {
        let now = hops.next_hops();
        let failing = now.failing.len();
        vec![("working", now.count.saturating_sub(failing) as f64), ("failing", failing as f64)]
    })?;
    let streams = proxy.intercept_stats();
    let help = "Opaque streams that are open.";
    telemetry.register_gauge("portreeve_intercept_streams", help, move || streams.streams_open() as f64)?;
    for (name, help, figure) in InterceptStats::METRICS {
        let figures = proxy.intercept_stats();
        telemetry.register_counter(name, help, move || figure(&figures).get() as f64)?;
    }
    Ok(())
}
