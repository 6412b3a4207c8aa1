//! The door of the SMTP proxy; nobody comes in by it while `proxy.listen` is empty.

use std::sync::Arc;

use frontends::{Drain, InheritedSockets, Listener, Proxy, ProxySettings, ProxyStats, SocketMode, Stats};
use model::EventSink;
use telemetry::{MetricError, Telemetry};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::parts::Parts;

/// The proxy behind its listeners.
pub(crate) struct ProxyDoor(Arc<Proxy>);

impl ProxyDoor {
    /// Opens every listener of the configuration; they are served by [`Self::serve`].
    pub(crate) async fn bind(
        settings: &ProxySettings,
        parts: &Parts,
        inherited: &mut InheritedSockets,
    ) -> anyhow::Result<(Self, Vec<Listener>)> {
        let mut listeners = Vec::new();
        for address in &settings.listen {
            let opened = Listener::bind(address, SocketMode(0o600), inherited).await?;
            for address in opened.iter().filter_map(Listener::tcp_address) {
                tracing::info!(address = format!("inet:{address}"), kind = "proxy", "listening");
            }
            listeners.extend(opened);
        }
        let events: Arc<dyn EventSink> = Arc::clone(&parts.telemetry) as _;
        let stats = Arc::new(Stats::default());
        let judges = Arc::clone(&parts.judges);
        let proxy = Proxy::new(settings.clone(), &parts.node, judges, events, Arc::clone(&stats))?;
        register(&parts.telemetry, &stats, &proxy.stats())?;
        Ok((Self(proxy), listeners))
    }

    /// Serves until draining has started and every session has ended.
    pub(crate) fn serve(&self, listeners: Vec<Listener>, draining: watch::Receiver<bool>) -> JoinHandle<()> {
        tokio::spawn(Arc::clone(&self.0).serve(listeners, Drain::new(draining)))
    }

    /// Puts other settings in force for new sessions, certificates included; listeners stay.
    pub(crate) fn reload(&self, settings: ProxySettings) {
        if let Err(error) = self.0.replace_settings(settings) {
            tracing::error!("{error}; the proxy keeps its settings");
        }
    }
}

/// The proxy's figures, read at each scrape.
fn register(telemetry: &Telemetry, stats: &Arc<Stats>, figures: &Arc<ProxyStats>) -> Result<(), MetricError> {
    let open = Arc::clone(stats);
    let help = "Connections of the SMTP proxy's clients that are open.";
    telemetry.register_gauge("portreeve_proxy_connections", help, move || open.connections_open.get() as f64)?;
    let taken = Arc::clone(stats);
    let help = "Connections of the SMTP proxy's clients.";
    telemetry.register_counter("portreeve_proxy_connections_total", help, move || taken.connections.get() as f64)?;
    let errors = Arc::clone(stats);
    let help = "Times a connection of the SMTP proxy could not be taken, as for want of descriptors.";
    telemetry
        .register_counter("portreeve_proxy_accept_errors_total", help, move || errors.accept_errors.get() as f64)?;
    for (name, help, figure) in ProxyStats::METRICS {
        let figures = Arc::clone(figures);
        telemetry.register_counter(name, help, move || figure(&figures).get() as f64)?;
    }
    Ok(())
}
