//! The `[web]` door: its sockets, its certificate, and whose routes are behind it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use access::{AccessError, Gate, WebSettings};
use admin::{AdminState, HookSecrets, WebSeats, WebTls};
use anyhow::Context;
use api::Office;
use arc_swap::ArcSwap;
use frontends::{Inherited, InheritedSockets};
use telemetry::Telemetry;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::console::ConsoleDoor;
use super::drain::drained;
use super::native::NativeDoor;
use super::parts::Parts;
use crate::config::Config;

/// What is over is forgotten this often.
const PRUNE: Duration = Duration::from_secs(3600);
/// Guesses are summed up in the audit log this soon after their time.
const SUM: Duration = Duration::from_secs(60);

/// The door as it stands.
pub(crate) struct WebDoor {
    settings: WebSettings,
    tls: Option<Arc<WebTls>>,
    seats: Arc<WebSeats>,
    hooks: HookSecrets,
    office: Arc<Office>,
    guesses_per_minute: u32,
}

impl WebDoor {
    /// Listens: on the sockets named "web" that systemd handed in, else where the configuration says.
    pub(crate) async fn bind(
        config: &Config,
        parts: &Parts,
        inherited: &mut InheritedSockets,
    ) -> anyhow::Result<(Self, Vec<TcpListener>)> {
        let tls = files(&config.web).map(|(certificate, key)| WebTls::load(certificate, key)).transpose();
        let tls = tls.context("web.tls_certificate")?.map(Arc::new);
        let listeners = match inherited.remove("web") {
            Some(sockets) => sockets.into_iter().map(adopt).collect::<anyhow::Result<_>>()?,
            None => admin::listen_web(&config.web).await?,
        };
        let first = listeners.first().and_then(|listener: &TcpListener| listener.local_addr().ok());
        let office = Arc::new(parts.office(config, config.web.base(first)));
        for address in listeners.iter().filter_map(|listener| listener.local_addr().ok()) {
            tracing::info!(%address, kind = "web", tls = tls.is_some(), "listening");
        }
        let hooks = Arc::new(ArcSwap::from_pointee(config.hooks.secrets().map_err(anyhow::Error::msg)?));
        let (seats, guesses_per_minute) = (WebSeats::new(&config.web), config.http.guesses_per_minute);
        measure(&parts.telemetry, &seats)?;
        Ok((Self { settings: config.web.clone(), tls, seats, hooks, office, guesses_per_minute }, listeners))
    }

    /// What addresses behind it begin with.
    pub(crate) fn base(&self) -> &str {
        self.office.base()
    }

    /// Serves console and native API, and what it knows itself, until the daemon drains.
    pub(crate) fn serve(
        &self,
        listeners: Vec<TcpListener>,
        admin: &Arc<AdminState>,
        (console, native): (&ConsoleDoor, &NativeDoor),
        draining: watch::Receiver<bool>,
    ) -> JoinHandle<()> {
        let hooks = admin::hooks(Arc::clone(admin), Arc::clone(&self.hooks));
        let (console, native) = (console::router(console.console()), api::native::router(native.native()));
        let pages = admin::block_pages(Arc::clone(admin), self.guesses_per_minute);
        let routers = vec![api::compatible::router(Arc::clone(&self.office)), native, hooks, console, pages];
        let (settings, tls, seats) = (self.settings.clone(), self.tls.clone(), Arc::clone(&self.seats));
        tokio::spawn(async move {
            admin::serve_web(&settings, (tls, &seats), listeners, routers, drained(draining)).await;
        })
    }

    /// Reads certificate and secrets again.
    ///
    /// # Errors
    /// What can't be used, told in the log already: it changes nothing.
    pub(crate) fn reload(&self, config: &Config) -> Result<(), String> {
        self.office.reload(config.lockout.clone());
        self.office.passwords.reload(&config.web);
        let secrets = config.hooks.secrets().map_err(|error| kept("hooks.secret_file", &error, "secrets"));
        let secrets = secrets.map(|secrets| self.hooks.store(Arc::new(secrets)));
        let Some((tls, (certificate, key))) = self.tls.as_ref().zip(files(&config.web)) else { return secrets };
        let tls = tls.reload(certificate, key).map_err(|error| kept("web.tls_certificate", &error, "certificate"));
        secrets.and(tls)
    }
}

/// Tells what stays as it was.
fn kept(option: &str, error: &dyn std::fmt::Display, what: &str) -> String {
    tracing::error!("{option}: {error}; the {what} in force stays");
    format!("{option}: {error}")
}

fn measure(telemetry: &Telemetry, seats: &Arc<WebSeats>) -> anyhow::Result<()> {
    let help = "Connections and requests of the web listener answered 429, or closed, because their client held \
                web.connections_per_client of them.";
    let turned = Arc::clone(seats);
    telemetry.register_counter("portreeve_web_turned_away_total", help, move || turned.turned_away() as f64)?;
    let (help, seats) =
        ("Connections and requests of the web listener that count for their client.", Arc::clone(seats));
    telemetry.register_gauge("portreeve_web_connections", help, move || f64::from(seats.taken()))?;
    Ok(())
}

/// Forgets, every hour, sessions and lines of the audit log that are over.
pub(crate) async fn forget(gate: Arc<Gate>) {
    again(gate, PRUNE, Gate::prune, "sessions and audit log can't be pruned").await;
}

/// Writes sums of guesses to the audit log when their time is over.
pub(crate) async fn sum_guesses(gate: Arc<Gate>) {
    again(gate, SUM, Gate::sum_guesses, "sums of guesses can't be written to the audit log").await;
}

async fn again(gate: Arc<Gate>, every: Duration, work: fn(&Gate) -> Result<(), AccessError>, failed: &'static str) {
    let mut timer = tokio::time::interval(every);
    loop {
        timer.tick().await;
        let gate = Arc::clone(&gate);
        if let Ok(Err(error)) = tokio::task::spawn_blocking(move || work(&gate)).await {
            tracing::error!("{failed}: {error}");
        }
    }
}

fn files(settings: &WebSettings) -> Option<(&Path, &Path)> {
    settings.tls_certificate.as_deref().zip(settings.tls_key.as_deref())
}

fn adopt(socket: Inherited) -> anyhow::Result<TcpListener> {
    match socket {
        Inherited::Tcp(listener) => {
            listener.set_nonblocking(true)?;
            Ok(TcpListener::from_std(listener)?)
        }
        Inherited::Unix(_) => anyhow::bail!("the socket \"web\" that systemd handed in is not TCP"),
    }
}
