//! `portreeve scan`: the score of a message and why, for a person or as JSON.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use api::native::documents;
use model::{Clock, Envelope, Message, Score, Session, Submission, Via};
use scoring::Engine;

use crate::args::ScanArgs;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::out::say;

pub(crate) fn run(config: Option<&Path>, args: &ScanArgs) -> anyhow::Result<ExitCode> {
    let config = Config::load(config)?;
    let lessons = pipeline::Lessons::open(&config.store.path)?;
    let engine = config.engine().with_learned(lessons.learned());
    let mut any_spam = false;
    for file in &args.files {
        let score = score_file(&engine, &config, file)?;
        any_spam |= score.total >= config.score.spam;
        if args.json {
            print_json(file, score, &config)?
        } else {
            print_text(file, &score, &config, args.files.len() > 1)
        }
    }
    Ok(ExitCode::from(u8::from(any_spam)))
}

fn score_file(engine: &Engine, config: &Config, file: &Path) -> anyhow::Result<Score> {
    let limits =
        features::FeatureLimits { analysed_bytes: config.score.analysed_bytes.bytes(), fields: engine.fields() };
    let submission = submission_of(file, &limits)?;
    Ok(engine.score(&features::extract(&submission, SystemClock.now(), &limits)))
}

/// The message of a file, without an envelope.
pub(super) fn submission_of(file: &Path, limits: &features::FeatureLimits) -> anyhow::Result<Submission> {
    let raw = if file == Path::new("-") {
        let mut raw = Vec::new();
        std::io::stdin().read_to_end(&mut raw).context("standard input can't be read")?;
        raw
    } else {
        std::fs::read(file).with_context(|| format!("{} can't be read", file.display()))?
    };
    let message = Message::bounded(&raw, limits.analysed_bytes);
    let session = Arc::new(Session::new(Via::Command));
    Ok(Submission { session, envelope: Envelope::default(), message })
}

fn print_text(file: &Path, score: &Score, config: &Config, with_name: bool) {
    let word = word(score, config);
    let name = if with_name { format!("{}: ", file.display()) } else { String::new() };
    say!("{name}{word}: score {}, spam from {}", score.total, config.score.spam);
    for hit in &score.hits {
        say!("  {:+4}  {:<24} {}", hit.points, hit.signal.as_str(), hit.why);
    }
}

fn print_json(file: &Path, score: Score, config: &Config) -> anyhow::Result<()> {
    let scanned = documents::scan(file.display().to_string(), score, config.score.spam);
    say!("{}", serde_json::to_string(&scanned)?);
    Ok(())
}

fn word(score: &Score, config: &Config) -> &'static str {
    match score.total {
        total if config.score.reject > 0 && total >= config.score.reject => "spam, refused",
        total if total >= config.score.spam => "spam, counted against its sender",
        _ => "not spam",
    }
}
