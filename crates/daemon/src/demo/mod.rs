//! `portreeve demo`: the same daemon on loopback, ordinary senders and one stolen account, through the real milter socket.

mod mailbag;
mod mta;
mod play;
mod report;
mod sink;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;

use frontends::InheritedSockets;

use crate::args::DemoArgs;
use crate::config::Config;
use crate::out::say;
use crate::serve::{self, App};

/// The alert must have arrived by then; it usually does within a second.
const ALERT_PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn run(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    serve::runtime()?.block_on(show(args))
}

async fn show(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let spam = mailbag::spam(args.mail.as_deref())?;
    let state = std::env::temp_dir().join(format!("portreeve-demo-{}", std::process::id()));
    let (sink, relay) = sink::Sink::start().await.context("the receiving sink can't listen on loopback")?;
    say!("Portreeve on loopback, default rules, state in {}.", state.display());
    let app = App::start(config(&state, relay)?, InheritedSockets::new()).await?;
    let played = play::play(&app, &sink, relay, &spam, args.quick).await?;
    let alert = tokio::time::timeout(ALERT_PATIENCE, sink.first(|mail| mail.is_alert())).await.ok();
    report::print(&app, &played, alert.as_ref());
    if args.keep {
        say!("\nThe daemon keeps running; stop it with Ctrl-C.");
        tokio::signal::ctrl_c().await?;
    }
    app.stop().await;
    if !args.keep {
        std::fs::remove_dir_all(&state).with_context(|| format!("{} can't be removed", state.display()))?;
    }
    Ok(ExitCode::from(u8::from(played.blocked_after.is_none())))
}

/// The defaults, on free ports, with the sink as the relay of alerts.
fn config(state: &std::path::Path, relay: std::net::SocketAddr) -> anyhow::Result<Config> {
    let text = format!(
        "[node]\nname = \"demo.example\"\n[milter]\nlisten = [\"inet:127.0.0.1:0\"]\n[http]\nlisten = [\"127.0.0.1:0\"]\n[web]\nlisten = [\"127.0.0.1:0\"]\n\
         [store]\npath = \"{}\"\n[alerts]\nrelay = \"{relay}\"\nfrom = \"portreeve@demo.example\"\nto = [\"abuse@demo.example\"]\n\
         [dns]\nservers = [\"127.0.0.1:9\"]\n",
        state.display(),
    );
    Config::parse(&text).map_err(|mistakes| anyhow::anyhow!("the demo's own configuration is wrong: {mistakes:?}"))
}
