//! All checks of one patient: side by side, each within its time, all within the budget.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, timeout_at};

use crate::case::Case;
use crate::finding::{Check, Finding};
use crate::report::Report;
use crate::table::{Row, rows_for};

/// Makes all checks and tells each finding as it comes. Dropping it ends them all.
pub(crate) async fn examine(case: Case, mut tell: impl FnMut(Finding)) {
    let case = Arc::new(case);
    let deadline = Instant::now() + case.settings().budget;
    let mut checks = JoinSet::new();
    let mut waiting: HashMap<Id, &'static Row> = HashMap::new();
    for row in rows_for(&case.patient) {
        let handle = checks.spawn(bounded(row, Arc::clone(&case), deadline));
        waiting.insert(handle.id(), row);
    }
    while let Some(ended) = checks.join_next_with_id().await {
        let (id, report) = match ended {
            Ok((id, report)) => (id, report),
            Err(error) => (error.id(), broken(&error)),
        };
        if let Some(row) = waiting.remove(&id) {
            tell(finding(row, report));
        }
    }
}

async fn bounded(row: &'static Row, case: Arc<Case>, deadline: Instant) -> Report {
    let time = time(row, &case);
    let end = deadline.min(Instant::now() + time);
    let late = Report::unknown(too_slow(time), "Try again; if it stays, look at the network of this host.");
    timeout_at(end, (row.run)(&case)).await.unwrap_or(late)
}

/// A message needs time to arrive.
fn time(row: &Row, case: &Case) -> Duration {
    let settings = case.settings();
    if row.check == Check::Arrives { settings.check_timeout + settings.test_wait } else { settings.check_timeout }
}

fn too_slow(time: Duration) -> String {
    format!("There was no answer within {}.", model::time::spoken(time))
}

/// A defect of ours; the log has the panic's own words.
fn broken(error: &JoinError) -> Report {
    tracing::error!(%error, "a check of a diagnosis failed");
    Report::unknown("This check failed in itself; the log tells more.", "Report it as a defect, please.")
}

fn finding(row: &Row, report: Report) -> Finding {
    let Report { outcome, found, advice, cause } = report;
    Finding { check: row.check, outcome, found, means: row.means.to_owned(), advice, cause }
}
