//! What /readyz asks.

use std::sync::Arc;
use std::time::Duration;

use admin::{PartState, Readiness};
use store::OnFailure;

use super::parts::Parts;

/// An alert that has waited longer than this is worth telling.
const OVERDUE: Duration = Duration::from_secs(15 * 60);

/// Registers the parts. The store is fatal only where the operator has declared that mail waits for it.
pub(crate) fn register(readiness: &mut Readiness, parts: &Parts, on_failure: OnFailure) {
    let writer = Arc::clone(&parts.writer);
    readiness.probe("store", on_failure == OnFailure::Tempfail, move || match writer.health().failing {
        None => PartState::working("the last write worked"),
        Some((since, error)) => match on_failure {
            OnFailure::Tempfail => PartState::down(format!("{error}; messages are answered 451")).since(since),
            OnFailure::Continue => PartState::degraded(format!("{error}; blocks live in memory")).since(since),
        },
    });
    let (outbox, telemetry) = (parts.outbox.clone(), Arc::clone(&parts.telemetry));
    readiness.probe("alerts", false, move || {
        let figures = outbox.figures();
        if let Some(failing) = telemetry.degradation("alerts") {
            let sentence = format!("{}; {} alerts wait", failing.error, figures.depth);
            return PartState::degraded(sentence).since(failing.since);
        }
        if figures.oldest > OVERDUE {
            let waited = model::time::spoken(figures.oldest);
            return PartState::degraded(format!("{}, the oldest for {waited}", waiting(figures.depth)));
        }
        PartState::working(waiting(figures.depth))
    });
    for (part, works) in [
        ("scorer", "every message could be scored"),
        ("resolver", "name servers answer, or nothing is asked of them"),
        ("dns_lists", "no list refuses to be asked"),
        ("own_addresses", "no list names an address that mail leaves from"),
        ("diagnoses", "results of diagnoses could be written"),
    ] {
        let telemetry = Arc::clone(&parts.telemetry);
        readiness.probe(part, false, move || match telemetry.degradation(part) {
            None => PartState::working(works),
            Some(failing) => PartState::degraded(failing.error).since(failing.since),
        });
    }
    let telemetry = Arc::clone(&parts.telemetry);
    readiness.tell_failing(move || {
        let all = telemetry.degradations().into_iter();
        all.map(|(part, failing)| (part, PartState::degraded(failing.error).since(failing.since))).collect()
    });
}

fn waiting(letters: u64) -> String {
    if letters == 1 { "1 letter waits".into() } else { format!("{letters} letters wait") }
}
