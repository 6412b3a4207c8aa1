//! What /readyz asks.

use std::sync::Arc;
use std::time::Duration;

use admin::{PartState, Readiness};
use console::Remark;
use store::OnFailure;
use telemetry::Degradation;

use super::parts::Parts;

/// An alert that has waited longer than this is worth telling.
const OVERDUE: Duration = Duration::from_secs(15 * 60);

/// Registers the parts. The store is fatal only where the operator has declared that mail waits for it.
pub(crate) fn register(readiness: &mut Readiness, parts: &Parts, on_failure: OnFailure) {
    let writer = Arc::clone(&parts.writer);
    readiness.probe("store", on_failure == OnFailure::Tempfail, move || match writer.health().failing {
        None => PartState::working([Remark::LastWriteWorked]),
        Some((since, error)) => match on_failure {
            OnFailure::Tempfail => PartState::down([Remark::Failed(error), Remark::Answered451]).since(since),
            OnFailure::Continue => PartState::degraded([Remark::Failed(error), Remark::BlocksInMemory]).since(since),
        },
    });
    let (outbox, telemetry) = (parts.outbox.clone(), Arc::clone(&parts.telemetry));
    readiness.probe("alerts", false, move || {
        let figures = outbox.figures();
        if let Some(failing) = telemetry.degradation("alerts") {
            let remarks = [Remark::Failed(failing.error), Remark::LettersWait(figures.depth)];
            return PartState::degraded(remarks).since(failing.since);
        }
        if figures.oldest > OVERDUE {
            return PartState::degraded([Remark::LettersWait(figures.depth), Remark::OldestFor(figures.oldest)]);
        }
        PartState::working([Remark::LettersWait(figures.depth)])
    });
    for (part, works) in [
        ("scorer", Remark::EverythingScored),
        ("resolver", Remark::NamesAnswered),
        ("dns_lists", Remark::ListsAnswer),
        ("own_addresses", Remark::NotListed),
        ("diagnoses", Remark::DiagnosesWritten),
    ] {
        let telemetry = Arc::clone(&parts.telemetry);
        readiness.probe(part, false, move || match telemetry.degradation(part) {
            None => PartState::working([works.clone()]),
            Some(failing) => failed(failing),
        });
    }
    let telemetry = Arc::clone(&parts.telemetry);
    readiness.tell_failing(move || {
        let all = telemetry.degradations().into_iter();
        all.map(|(part, failing)| (part, failed(failing))).collect()
    });
}

fn failed(failing: Degradation) -> PartState {
    PartState::degraded([Remark::Failed(failing.error)]).since(failing.since)
}
