//! `portreeve demo`: the same daemon on loopback, ordinary senders and one stolen account, through the real milter socket.

mod mailbag;
mod mta;
mod names;
mod play;
mod report;
mod sink;
mod site;

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;

use crate::args::DemoArgs;
use crate::out::say;
use crate::serve::{self, App};
use play::Stage;
use sink::Sink;

/// The alert must have arrived by then; it usually does within a second.
const ALERT_PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn run(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    serve::runtime()?.block_on(show(args))
}

async fn show(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let spam = mailbag::spam(args.mail.as_deref())?;
    let state = std::env::temp_dir().join(format!("portreeve-demo-{}", std::process::id()));
    let (sink, relay) = Sink::start().await.context("the receiving sink can't listen on loopback")?;
    let names = names::start().await.context("the name server can't listen on loopback")?;
    let (app, console) = site::Door::open()?.start(&state, relay, names).await?;
    say!("Portreeve on loopback, default rules, state in {}.", state.display());
    say!("The console, as it happens: {}\n", site::invitation(&app, &console)?);
    let stage = Stage::new(&app, sink.clone(), relay)?;
    let played = stage.play(&spam, args.quick).await?;
    let alert = tokio::time::timeout(ALERT_PATIENCE, sink.first(|mail| mail.is_alert())).await.ok();
    report::print(&app, &played, alert.as_ref());
    if stays(args) {
        go_on(&app, &console, &stage, &spam).await?;
    }
    app.stop().await;
    if !args.keep {
        std::fs::remove_dir_all(&state).with_context(|| format!("{} can't be removed", state.display()))?;
    }
    Ok(ExitCode::from(u8::from(played.blocked_after.is_none())))
}

/// Whether somebody is there to look at the console.
fn stays(args: &DemoArgs) -> bool {
    args.keep || (!args.quick && std::io::stdout().is_terminal())
}

/// Ordinary mail goes on, and the customer answers, until somebody has seen enough.
async fn go_on(app: &App, console: &str, stage: &Stage, spam: &[Vec<u8>]) -> anyhow::Result<()> {
    tokio::task::block_in_place(|| site::liven(app, spam))?;
    say!("\nOrdinary mail goes on; stop it with Ctrl-C. The console, opened once by this link:");
    say!("  {}", site::invitation(app, console)?);
    tokio::select! {
        ended = stage.go_on() => ended,
        stopped = tokio::signal::ctrl_c() => Ok(stopped?),
    }
}
