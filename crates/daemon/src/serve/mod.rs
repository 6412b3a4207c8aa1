//! `portreeve serve`: the daemon in the foreground, until it is told to stop.

mod app;
mod console;
mod diagnoses;
mod drain;
mod enforcement;
mod entrances;
mod exchangers;
mod front;
mod housekeeping;
mod inquiries;
mod journal;
mod loads;
mod memory;
mod metrics;
mod native;
mod owners;
pub(crate) mod parts;
pub(crate) mod policy;
mod probes;
mod proxy;
pub(crate) mod rehearsal;
pub(crate) mod replies;
mod scan;
mod scanners;
mod sockets;
mod supervisor;
mod watch;
mod web;
mod webhooks;
mod witness;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};

pub(crate) use app::{App, control_socket};

use crate::config::Config;
use watch::FileWatch;

/// Hostile MIME is parsed without recursion, but a deep stack costs only address space.
const STACK: usize = 4 << 20;

pub(crate) fn run(file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let config = Config::load_to_serve(file)?;
    crate::log::start(&config.log)?;
    warn(&config);
    runtime()?.block_on(serve(config, file))?;
    Ok(ExitCode::SUCCESS)
}

/// What is most likely not meant stands in the log, too.
pub(crate) fn warn(config: &Config) {
    for (option, sentence) in config.warnings() {
        tracing::warn!(option, "{sentence}");
    }
}

/// A runtime for the daemon or the demo.
pub(crate) fn runtime() -> anyhow::Result<Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().thread_name("portreeve").thread_stack_size(STACK).build().context("threads can't be started")
}

async fn serve(config: Config, file: Option<&Path>) -> anyhow::Result<()> {
    let mut signals = Signals::install()?;
    let mut app = App::start(config, sockets::activated()?).await?;
    let watchdog = tokio::spawn(supervisor::watchdog());
    supervisor::ready(&app.status());
    tracing::info!(status = app.status(), "ready");
    let mut files = FileWatch::on(app.watched());
    while next(&mut signals, &mut files).await == Wish::Reload {
        supervisor::reloading();
        files.look();
        app.reload(file).await;
        files.watch(app.watched());
        supervisor::ready(&app.status());
    }
    supervisor::stopping();
    tracing::info!("stopping: messages in progress are finished, no new ones are taken");
    app.stop().await;
    watchdog.abort();
    tracing::info!("stopped");
    Ok(())
}

/// What is wanted next.
async fn next(signals: &mut Signals, files: &mut FileWatch) -> Wish {
    tokio::select! {
        wish = signals.next() => wish,
        () = files.changed() => Wish::Reload,
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Wish {
    Reload,
    Stop,
}

struct Signals {
    hangup: Signal,
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn install() -> anyhow::Result<Self> {
        let install = |kind| signal(kind).context("signals can't be received");
        Ok(Self {
            hangup: install(SignalKind::hangup())?,
            terminate: install(SignalKind::terminate())?,
            interrupt: install(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) -> Wish {
        tokio::select! {
            _ = self.hangup.recv() => Wish::Reload,
            _ = self.terminate.recv() => Wish::Stop,
            _ = self.interrupt.recv() => Wish::Stop,
        }
    }
}
