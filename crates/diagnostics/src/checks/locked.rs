//! Is it locked after failed logins?

use crate::case::Case;
use crate::finding::Cause;
use crate::report::Report;

pub(crate) async fn check(case: &Case) -> Report {
    match case.tools.locks.of(&case.patient.subject()) {
        None => Report::pass("It is not locked."),
        Some(lock) => {
            let last = lock.network.map(|network| format!(", the last from {network}")).unwrap_or_default();
            Report::fail(
                format!(
                    "It is locked since {} after {} failed logins{last}, until {}.",
                    lock.since, lock.failures, lock.until
                ),
                "Wait until then, and look for a program or device that still tries an old password.",
            )
            .because(Cause::Locked)
        }
    }
}
