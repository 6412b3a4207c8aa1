//! `portreeve learn`: an operator's corrections, through the running daemon; where none runs, straight into the store.

use std::path::Path;
use std::process::ExitCode;

use admin::{Confirm, ControlClient, Lesson};
use anyhow::Context;
use model::{Clock, Features};
use recall::Prints;
use scoring::Engine;
use scoring::classifier::Correction;
use store::SqliteStore;

use super::operator::by;
use super::scan::submission_of;
use crate::args::{Examples, LearnCommand};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::out::say;
use crate::serve::control_socket;

pub(crate) fn run(config: Option<&Path>, command: &LearnCommand) -> anyhow::Result<ExitCode> {
    let config = Config::load(config)?;
    let school = School {
        client: ControlClient::new(control_socket(&config.store.path)),
        engine: Engine::new(&config.score),
        config: &config,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            LearnCommand::Spam(examples) => school.teach_all(examples, true).await,
            LearnCommand::Ham(examples) => school.teach_all(examples, false).await,
            LearnCommand::Forget => school.forget().await,
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

struct School<'c> {
    client: ControlClient,
    engine: Engine,
    config: &'c Config,
}

impl School<'_> {
    async fn teach_all(&self, examples: &Examples, is_spam: bool) -> anyhow::Result<()> {
        for file in &examples.files {
            let limits = features::FeatureLimits {
                analysed_bytes: self.config.score.analysed_bytes.bytes(),
                ..Default::default()
            };
            let features = features::extract(&submission_of(file, &limits)?, SystemClock.now(), &limits);
            let correction = self.engine.correction(&features, is_spam);
            let (spam, ham) =
                self.teach(correction).await.with_context(|| format!("{} was not learned", file.display()))?;
            say!("{}: learned; {spam} spam and {ham} ham corrections in all", file.display());
            if !examples.no_fingerprint {
                self.confirm(&features, is_spam).await?;
            }
        }
        Ok(())
    }

    async fn teach(&self, correction: Correction) -> anyhow::Result<(u32, u32)> {
        let lesson = Lesson { is_spam: correction.is_spam, pairs: correction.pairs.clone() };
        match self.client.learn(&lesson).await {
            Err(error) if error.is_not_running() => self.in_store(|lessons| lessons.learn(&correction)),
            answer => answer.map(|known| (known.spam, known.ham)).map_err(Into::into),
        }
    }

    /// The same word about the message's copies: they are known by fingerprint, however short the text is.
    async fn confirm(&self, features: &Features, is_spam: bool) -> anyhow::Result<()> {
        let prints = Prints::of(features);
        if prints.is_empty() {
            say!("  It has no fingerprint: {}", recall::ConfirmRefused::NoPrint);
            return Ok(());
        }
        let word = if is_spam { "spam" } else { "ham" }.to_owned();
        match self.client.confirm(&Confirm { word, prints: prints.to_hex(), by: by() }).await {
            Ok(confirmed) => say!("  Its copies are known, too: fingerprint {}", confirmed.id),
            Err(error) if error.is_not_running() => {
                say!("  Its fingerprint was not confirmed: no daemon is running, and only the daemon keeps those.");
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    async fn forget(&self) -> anyhow::Result<()> {
        match self.client.forget_lessons().await {
            Err(error) if error.is_not_running() => self.in_store(pipeline::Lessons::forget)?,
            answer => answer.map(|known| (known.spam, known.ham))?,
        };
        say!("All corrections are forgotten.");
        Ok(())
    }

    /// With no daemon to be told, the file is all there is: the next one reads it at its start. The store's lock keeps a
    /// daemon that starts meanwhile away.
    fn in_store(
        &self,
        change: impl FnOnce(&pipeline::Lessons) -> Result<(), pipeline::LessonError>,
    ) -> anyhow::Result<(u32, u32)> {
        let _lock = SqliteStore::open(&self.config.store.path)?;
        let lessons = pipeline::Lessons::open(&self.config.store.path)?;
        change(&lessons)?;
        Ok(lessons.learned().counts())
    }
}
