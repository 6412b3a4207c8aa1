//! The operator's command: run for each block and each release, a few at a time, again until it works.

mod errands;
mod letter;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use model::{Block, Timestamp};
use tokio::task::JoinSet;

use crate::memory::Known;
use crate::process::{self, RunError};
use crate::settings::EnforcementSettings;
pub(crate) use errands::Settled;
use errands::{Errand, Errands, Goal};

/// The commands that are to run and those that do.
pub(crate) struct Commands {
    settings: EnforcementSettings,
    node: String,
    errands: Errands,
    known: Arc<Known>,
    running: JoinSet<(Errand, Result<(), RunError>)>,
}

/// How one run ended.
pub(crate) struct Ended {
    /// What becomes of the errand.
    pub(crate) settled: Settled,
    /// What went wrong, if anything.
    pub(crate) error: Option<RunError>,
}

impl Commands {
    /// Nothing is known but what an earlier process has told.
    pub(crate) fn new(settings: EnforcementSettings, node: String, mut known: Known, now: Timestamp) -> Self {
        let mut errands = Errands::new(settings.command_give_up_after);
        errands.resume(std::mem::take(&mut known.blocks), now);
        Self { settings, node, errands, known: Arc::new(known), running: JoinSet::new() }
    }

    /// Notes who is blocked now; what differs from what the command was told is what it is to be told.
    pub(crate) fn follow(&mut self, mut blocks: Vec<Block>, now: Timestamp) {
        blocks.retain(|block| self.settings.command_subjects.contains(&block.subject.kind()));
        self.errands.follow(blocks, now);
    }

    /// Starts what is due, as far as there is room.
    pub(crate) fn start(&mut self, now: Timestamp) {
        while self.running.len() < self.settings.command_parallel as usize {
            let Some(errand) = self.errands.next(now) else { return };
            let letter = letter::write(&errand, &self.node, now);
            let (command, limit, known) =
                (self.settings.command.clone(), self.settings.timeout, Arc::clone(&self.known));
            self.running.spawn(async move {
                let told = tell(&errand, &known, run(&command, &letter, limit)).await;
                (errand, told)
            });
        }
    }

    /// The next run that ends; for ever while none is running.
    pub(crate) async fn ended(&mut self) -> (Errand, Result<(), RunError>) {
        match self.running.join_next().await {
            Some(Ok(ended)) => ended,
            // Runs are neither cancelled nor can they panic.
            Some(Err(_)) | None => std::future::pending().await,
        }
    }

    /// Takes note of a run's end.
    pub(crate) fn settle(&mut self, errand: &Errand, result: Result<(), RunError>, now: Timestamp) -> Ended {
        Ended { settled: self.errands.settle(errand, result.is_ok(), now), error: result.err() }
    }

    /// How long nothing is due; `None` when nothing waits.
    pub(crate) fn pause(&self, now: Timestamp) -> Option<Duration> {
        let has_room = self.running.len() < self.settings.command_parallel as usize;
        self.errands.pause(now).filter(|_| has_room)
    }

    /// Errands that wait or run.
    pub(crate) fn open(&self) -> usize {
        self.errands.waiting() + self.running.len()
    }

    /// Whether an errand waits because it has failed.
    pub(crate) fn is_failing(&self) -> bool {
        self.errands.is_failing()
    }

    /// Blocks that the command is not told of because there are too many.
    pub(crate) fn untold(&self) -> usize {
        self.errands.untold()
    }
}

/// Noted before a block is told, forgotten after its release was: a crash between them tells once more, never less.
async fn tell(errand: &Errand, known: &Known, run: impl Future<Output = Result<(), RunError>>) -> Result<(), RunError> {
    if errand.goal == Goal::Blocked {
        known.note(&errand.block).await;
    }
    run.await?;
    if errand.goal == Goal::Released {
        known.forget(&errand.block.subject).await;
    }
    Ok(())
}

async fn run(command: &[String], letter: &[u8], limit: Duration) -> Result<(), RunError> {
    // Settings without a program never get here.
    let Some((program, args)) = command.split_first() else { return Ok(()) };
    process::run(Path::new(program), args, letter, limit).await.map(drop)
}
