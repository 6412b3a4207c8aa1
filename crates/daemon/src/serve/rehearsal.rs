//! A configuration on the stage: what of it has a part in a verdict, and the daemon's own journal played before it.

use std::path::Path;

use api::native::NoReplay;
use replay::{Past, Rehearsal, Report, Setup, Then};

use super::policy::policy;
use crate::config::Config;

/// Two runs are the same to the last digit.
const SEED: u64 = 1;
/// So much of a journal is played while somebody waits for the answer, some 200,000 messages; the command line plays all of it.
const NEWEST: u64 = 64 << 20;

/// Everything of a configuration that has a part in a verdict, but what asks the network or other programs.
pub(crate) fn setup(config: &Config) -> Setup {
    Setup {
        policy: policy(config, "replay", None),
        rules: config.rules(),
        own_rules: config.own_rules.clone(),
        allowances: config.allowances.clone(),
        recall: config.recall.clone(),
        seed: SEED,
    }
}

/// Plays the newest of the journal in this directory before a configuration.
///
/// # Errors
/// When the journal can't be read, or a part of the stage fails.
pub(super) fn newest(config: &Config, directory: &Path) -> Result<(Report, Then), NoReplay> {
    let unreadable = |error| NoReplay::Failed(format!("the journal {} can't be read: {error}", directory.display()));
    if !journal::is_journal(directory) {
        return Err(NoReplay::NoJournal);
    }
    let mut stage =
        Rehearsal::new(setup(config)).map_err(|error| NoReplay::Failed(format!("the stage can't be set: {error}")))?;
    let journal = journal::read_newest(directory, NEWEST).map_err(unreadable)?;
    let then = Past::new(&mut stage, &config.score, &config.own_rules).take_all(journal, |_| ()).map_err(unreadable)?;
    let report = stage.finish();
    match &report.failed {
        Some(failed) => Err(NoReplay::Failed(format!("the figures can't be trusted, a part failed: {failed}"))),
        None => Ok((report, then)),
    }
}
