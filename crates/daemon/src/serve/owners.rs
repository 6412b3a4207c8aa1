//! The provider's own directory: started with the daemon, asked beneath file and store, shown in metrics and readiness.

use std::sync::Arc;

use admin::{PartState, Readiness};
use console::Remark;
use customers::{Directory, Elsewhere};
use limits::Ledger;
use model::{Clock, EventSink};
use owners::{Figures, Provider};
use telemetry::MetricError;

use super::parts::Parts;
use crate::config::Config;

/// The directory of the configuration; `None` when nobody is asked.
pub(crate) fn started(
    config: &Config,
    clock: &Arc<dyn Clock>,
    events: Arc<dyn EventSink>,
) -> anyhow::Result<Option<Arc<Provider>>> {
    let sentences = |mistakes: Vec<(String, String)>| {
        let lines: Vec<_> = mistakes.iter().map(|(option, sentence)| format!("{option}: {sentence}")).collect();
        anyhow::anyhow!(lines.join("; "))
    };
    Provider::start(&config.owners, Arc::clone(clock), events).map_err(sentences)
}

/// The customers of the file, with whom to ask beyond them.
pub(crate) fn base(config: &Config, provider: Option<&Arc<Provider>>) -> Arc<Directory> {
    match provider {
        None => Arc::clone(&config.directory),
        Some(provider) => {
            Arc::new(Directory::clone(&config.directory).asking(Some(Arc::clone(provider) as Arc<dyn Elsewhere>)))
        }
    }
}

/// What /readyz says.
pub(crate) fn probe(readiness: &mut Readiness, parts: &Parts) {
    let Some(provider) = parts.provider.clone() else { return };
    let (telemetry, ledger) = (Arc::clone(&parts.telemetry), Arc::clone(&parts.ledger));
    readiness.probe(Provider::PART, false, move || match telemetry.degradation(Provider::PART) {
        None => {
            let kept = Remark::AnswersKept(provider.figures().known as u64);
            let unusable = provider.latest_unusable().map(Remark::LatestUnusable);
            PartState::working([kept].into_iter().chain(awaiting(&ledger)).chain(unusable))
        }
        Some(failing) => {
            let (failed, policy) = (Remark::Failed(failing.error), Remark::Policy(failing.policy));
            PartState::degraded([failed].into_iter().chain(awaiting(&ledger)).chain([policy])).since(failing.since)
        }
    });
}

fn awaiting(ledger: &Ledger) -> Option<Remark> {
    let blocks = ledger.awaiting().len() as u64;
    (blocks > 0).then_some(Remark::AwaitOwners(blocks))
}

/// Figures, read at each scrape.
pub(crate) fn register(parts: &Parts) -> Result<(), MetricError> {
    let Some(provider) = &parts.provider else { return Ok(()) };
    let (asked, kept) = (Arc::clone(provider), Arc::clone(provider));
    let help = "Questions for the provider's directory by outcome; unusable: what it knows of that name is no customer; spared ones were not asked, because it failed or too many waited.";
    parts.telemetry.register_counters("portreeve_directory_questions_total", help, "outcome", move || {
        outcomes(&asked.figures())
    })?;
    let help = "Answers of the provider's directory that are kept.";
    parts.telemetry.register_gauge("portreeve_directory_answers", help, move || kept.figures().known as f64)
}

fn outcomes(figures: &Figures) -> Vec<(&'static str, f64)> {
    let Figures { owned, unowned, failed, unusable, spared, .. } = *figures;
    [("owner", owned), ("unknown", unowned), ("failed", failed), ("unusable", unusable), ("spared", spared)]
        .map(|(name, of)| (name, of as f64))
        .into()
}
