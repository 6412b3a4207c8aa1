//! What was seen before: asked before a message is scored, told when its verdict is known.

use std::sync::Arc;

use model::{Block, Envelope, Features, Identity, Score, Timestamp, Verdict};
use recall::{Outcome, Recall, Sighting};
use scoring::table;

/// The memory of one judge; without one nothing is known and nothing noted.
#[derive(Clone, Default)]
pub(crate) struct Memory(pub(crate) Option<Arc<Recall>>);

impl Memory {
    /// Fills in what is known of the message's like and of its sender's past.
    pub(crate) fn see(
        &self,
        features: &mut Features,
        identity: &Identity,
        envelope: &Envelope,
        at: Timestamp,
    ) -> Option<Sighting> {
        let (sighting, sameness, habits) = self.0.as_ref()?.see(features, identity, envelope, at)?;
        features.circumstances.sameness = sameness;
        features.circumstances.habits = habits;
        Some(sighting)
    }

    /// Notes what became of it. A block that began with this very message makes its like bad for others.
    pub(crate) fn note(
        &self,
        seen: &Sighting,
        identity: &Identity,
        verdict: &Verdict,
        spam: i32,
        block: Option<&Block>,
    ) {
        let Some(recall) = &self.0 else { return };
        let outcome = Outcome {
            delivered: verdict.action.delivers(),
            spam: verdict.score.total >= spam,
            spam_itself: without_sameness(&verdict.score) >= spam,
        };
        recall.note(seen, outcome);
        let began = block.is_some_and(|block| block.since == verdict.at);
        if let Some(sender) = identity.subjects().next().filter(|_| began) {
            recall.condemn(&sender, verdict.at);
        }
    }
}

/// Whether the sender sends more, to more strangers, or leads more of them somewhere new, than ever.
pub(crate) fn is_unusual(score: &Score) -> bool {
    let tell = |name: &str| matches!(name, "habit_strangers" | "habit_burst" | "habit_new_leads");
    score.hits.iter().any(|hit| tell(hit.signal.as_str()))
}

/// The score as it would be if no copy had been seen before.
fn without_sameness(score: &Score) -> i32 {
    let from_memory = |name: &str| table::row(name).is_some_and(|row| row.family == table::SAMENESS);
    let points = score.hits.iter().filter(|hit| from_memory(hit.signal.as_str())).map(|hit| hit.points);
    points.fold(score.total, i32::saturating_sub)
}
