//! The doors mail servers come in by.

use std::net::SocketAddr;
use std::sync::Arc;

use frontends::{Count, Drain, InheritedSockets, Listener, Milter, MilterSettings, Stats};
use model::EventSink;
use telemetry::{MetricError, Telemetry};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::entrances::Entrance;
use super::parts::Parts;

/// The milter's listeners, and the server behind them.
pub(crate) struct Front {
    milter: Arc<Milter>,
    stats: Arc<Stats>,
    addresses: Vec<SocketAddr>,
    shown: Vec<String>,
}

impl Front {
    /// Opens every listener of the configuration; the listeners are served by [`Self::serve`].
    pub(crate) async fn bind(
        settings: &MilterSettings,
        parts: &Parts,
        inherited: &mut InheritedSockets,
    ) -> anyhow::Result<(Self, Vec<Listener>)> {
        let mut listeners = Vec::new();
        let mut shown = Vec::new();
        for address in &settings.listen {
            let opened = Listener::bind(address, settings.socket_mode, inherited).await?;
            for listener in &opened {
                let real = listener.tcp_address().map_or_else(|| address.to_string(), |tcp| format!("inet:{tcp}"));
                tracing::info!(address = real, kind = "milter", "listening");
                shown.push(real);
            }
            listeners.extend(opened);
        }
        let events: Arc<dyn EventSink> = Arc::clone(&parts.telemetry) as _;
        let stats = Arc::new(Stats::default());
        let milter = Milter::new(settings.clone(), Arc::clone(&parts.judges), events, Arc::clone(&stats));
        let addresses = listeners.iter().filter_map(Listener::tcp_address).collect();
        register(&parts.telemetry, &stats)?;
        Ok((Self { milter, stats, addresses, shown }, listeners))
    }

    /// Serves until draining has started and every connection has ended.
    pub(crate) fn serve(&self, listeners: Vec<Listener>, draining: watch::Receiver<bool>) -> JoinHandle<()> {
        tokio::spawn(Arc::clone(&self.milter).serve(listeners, Drain::new(draining)))
    }

    /// Puts other settings in force for new connections; listeners stay.
    pub(crate) fn reload(&self, settings: MilterSettings) {
        self.milter.replace_settings(settings);
    }

    /// The first TCP address.
    pub(crate) fn first_tcp(&self) -> Option<SocketAddr> {
        self.addresses.first().copied()
    }

    /// The way in that this is.
    pub(crate) fn entrance(&self) -> Entrance {
        let stats = Arc::clone(&self.stats);
        let connections = Some(Box::new(move || stats.connections_open.get()) as _);
        Entrance { kind: "milter", addresses: self.shown.clone(), connections }
    }
}

/// The milter's figures, read at each scrape.
fn register(telemetry: &Telemetry, stats: &Arc<Stats>) -> Result<(), MetricError> {
    let open = Arc::clone(stats);
    let help = "Milter connections that are open.";
    telemetry.register_gauge("portreeve_milter_connections", help, move || open.connections_open.get() as f64)?;
    for (name, help, count) in COUNTERS {
        let stats = Arc::clone(stats);
        telemetry.register_counter(name, help, move || count(&stats).get() as f64)?;
    }
    let faults = Arc::clone(stats);
    let help = "Milter connections closed for a fault of the mail server, by fault.";
    telemetry.register_counters("portreeve_milter_faults_total", help, "fault", move || {
        faults.faults().map(|(fault, count)| (fault, count as f64)).collect()
    })
}

type Read = fn(&Stats) -> &Count;

const COUNTERS: [(&str, &str, Read); 9] = [
    ("portreeve_milter_connections_total", "Milter connections taken.", |stats| &stats.connections),
    ("portreeve_milter_connections_refused_total", "Milter connections closed at once: too many were open.", |stats| {
        &stats.connections_refused
    }),
    (
        "portreeve_milter_accept_errors_total",
        "Times a connection could not be taken, as for want of descriptors.",
        |stats| &stats.accept_errors,
    ),
    ("portreeve_milter_timeouts_total", "Milter connections closed because the mail server fell silent.", |stats| {
        &stats.timeouts
    }),
    ("portreeve_milter_crashes_total", "Milter connections that ended with a defect of Portreeve's.", |stats| {
        &stats.crashes
    }),
    ("portreeve_milter_packets_total", "Milter packets read.", |stats| &stats.packets),
    ("portreeve_milter_bytes_total", "Bytes read from mail servers.", |stats| &stats.bytes),
    ("portreeve_milter_progress_total", "Times a mail server was told to wait for a verdict.", |stats| &stats.progress),
    ("portreeve_milter_verdicts_untold_total", "Verdicts the mail server was no longer there to hear.", |stats| {
        &stats.verdicts_untold
    }),
];
