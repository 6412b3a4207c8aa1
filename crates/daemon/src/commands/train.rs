//! `portreeve train`: labelled mail becomes a file of weights.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use scoring::Engine;
use training::Case;

use super::progress::Progress;
use crate::args::TrainArgs;
use crate::config::Config;
use crate::out::say;

pub(crate) fn run(config: Option<&Path>, args: &TrainArgs) -> anyhow::Result<ExitCode> {
    let config = Config::load(config)?;
    let mails = training::read_all(&args.folders)?;
    let mut progress = Progress::new("messages read", mails.len());
    let engine = Engine::new(&config.score);
    let cases = training::cases(&mails, &engine, || progress.step());
    drop(progress);
    let written = if args.mail_alone { Vec::new() } else { training::written(&engine, cases.len()) };
    let all: Vec<&Case> = cases.iter().chain(&written).collect();
    let weights = training::train(&all, args.seed)?.to_bytes();
    std::fs::write(&args.out, &weights).with_context(|| format!("{} can't be written", args.out.display()))?;
    say!("{} bytes of weights from {} messages in {}", weights.len(), cases.len(), args.out.display());
    Ok(ExitCode::SUCCESS)
}
