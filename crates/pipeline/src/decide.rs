//! Standing and score become a verdict: pure, total, in one place.

use limits::RateHit;
use model::{Action, Block, Score};

use crate::policy::Policy;
use crate::reply;

/// What is known of the sender when a message is decided.
#[derive(Debug, Clone, Copy, Default)]
pub struct Standing<'a> {
    /// The block that stops the sender.
    pub block: Option<&'a Block>,
    /// The rate limit that is reached.
    pub rate: Option<&'a RateHit>,
    /// Whether the score could not be computed, and mail has to wait then.
    pub unscored: bool,
    /// What the message is called in the log, where it is one.
    pub reference: Option<&'a str>,
}

/// The action and its reason in a word. A block outweighs everything, then the rate, then the content.
pub fn decide(standing: Standing<'_>, score: &Score, policy: &Policy) -> (Action, &'static str) {
    let thresholds = &policy.score;
    if let Some(block) = standing.block {
        return (Action::Reject(reply::blocked(block, policy)), "blocked");
    }
    if let Some(hit) = standing.rate {
        let refusal = reply::too_fast(hit);
        return if hit.refuse { (Action::Reject(refusal), "rate") } else { (Action::Defer(refusal), "rate") };
    }
    if standing.unscored {
        return (Action::Defer(reply::unavailable()), "unscored");
    }
    if reaches(score, thresholds.reject) {
        return (Action::Reject(reply::spam(score, standing.reference, policy)), "spam");
    }
    if reaches(score, thresholds.hold) {
        return (Action::Hold(format!("spam score {}", score.total)), "held");
    }
    if reaches(score, thresholds.tag) {
        return (Action::Tag(tags(score)), "tagged");
    }
    // It leaves, and counts as spam all the same: who reads the log has to find it.
    (Action::Accept, if reaches(score, thresholds.spam) { "spam" } else { "clean" })
}

/// The header fields of a tag. What stands under these names is ours: a client's own are taken out.
pub const TAG_FIELDS: [&str; 2] = ["X-Portreeve-Score", "X-Portreeve-Signals"];

/// A threshold of 0 is off.
fn reaches(score: &Score, threshold: i32) -> bool {
    threshold > 0 && score.total >= threshold
}

fn tags(score: &Score) -> Vec<(String, String)> {
    let names: Vec<_> = score.hits.iter().map(|hit| format!("{}={}", hit.signal.as_str(), hit.points)).collect();
    let [total, signals] = TAG_FIELDS;
    vec![(total.into(), score.total.to_string()), (signals.into(), names.join(" "))]
}
