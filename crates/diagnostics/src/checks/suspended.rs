//! Is the service suspended, or the subscription over?

use std::time::Duration;

use customers::{Customer, Said};
use model::Timestamp;

use crate::case::Case;
use crate::finding::Cause;
use crate::report::Report;

/// An end within so long is worth a word.
const SOON: Duration = Duration::from_secs(7 * 86_400);

pub(crate) async fn check(case: &Case) -> Report {
    match case.tools.owners.of(case.patient.subject()).await {
        Said::Owner(owner) => of_service(&owner, case.now()),
        Said::Nobody => Report::unknown(
            "No known customer owns it.",
            "Enter the customer (`portreeve customers sample` shows how), if it is yours to know.",
        ),
        // Silence is no answer: a service may be suspended and nobody has said so.
        Said::Nothing => Report::unknown(
            "The provider's directory of customers did not answer, so nobody can say whether the service is suspended or over.",
            "Try again in a minute. If it stays, the part \"directory\" of /readyz and of the console's first page says why it fails; \
             until it works, look the service up by hand.",
        ),
    }
}

fn of_service(owner: &Customer, now: Timestamp) -> Report {
    let Customer { service, suspended, expires, .. } = owner;
    match expires {
        _ if *suspended => {
            Report::fail(format!("The service {service} is suspended."), "The service has to be resumed.")
                .because(Cause::Suspended)
        }
        Some(end) if *end <= now => {
            Report::fail(format!("The subscription of {service} is over since {end}."), "It has to be renewed.")
                .because(Cause::Suspended)
        }
        Some(end) if is_soon(*end, now) => {
            Report::warn(format!("The subscription of {service} ends at {end}."), "Renew it in time.")
        }
        _ => Report::pass(format!("The service {service} is in order.")),
    }
}

fn is_soon(end: Timestamp, now: Timestamp) -> bool {
    end.since(now) <= SOON
}
