//! Does the test message arrive in the operator's mailbox?

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::sends;
use crate::case::Case;
use crate::finding::Cause;
use crate::mailbox::Mailbox;
use crate::outcome::Sent;
use crate::report::Report;

/// How often the mailbox is looked at.
const LOOK: Duration = Duration::from_secs(1);

pub(crate) async fn check(case: &Case) -> Report {
    let Sent::Taken(id) = sends::outcome(case).await else {
        return Report::unknown("No test message was sent.", "See what stands in front of it.");
    };
    match Mailbox::of(case.settings(), &case.tools.trust).await {
        None => Report::unknown(
            "No mailbox is configured to look for it.",
            "Set diagnosis.test_maildir or diagnosis.test_imap to the mailbox of the test recipient.",
        ),
        Some(Ok(mailbox)) => awaited(case, mailbox, &id).await,
        Some(Err(why)) => closed(&why),
    }
}

fn closed(why: &str) -> Report {
    Report::unknown(
        format!("The mailbox of the test recipient can't be looked at: {why}."),
        "Mend that; it is the operator's own mailbox, not the customer's.",
    )
}

async fn awaited(case: &Case, mut mailbox: Mailbox, id: &str) -> Report {
    let (begun, wait) = (Instant::now(), case.settings().test_wait);
    // Since when a look is under way.
    let mut looking = Some(begun);
    let found = timeout_at(begun + wait, async {
        while !mailbox.holds(id).await? {
            looking = None;
            sleep(LOOK).await;
            looking = Some(Instant::now());
        }
        Ok::<_, String>(begun.elapsed())
    });
    match found.await {
        Ok(Ok(took)) => Report::pass(format!("It has arrived after {}.", model::time::spoken(took))),
        Ok(Err(why)) => closed(&why),
        Err(_) if looking.is_some_and(|since| since.elapsed() >= LOOK) => closed("it does not answer"),
        Err(_) => Report::fail(
            format!("The server has taken it, but it has not arrived within {}.", model::time::spoken(wait)),
            "Look for its Message-ID in the mail server's log and queue, and at what stands between the two.",
        )
        .because(Cause::Infrastructure),
    }
}
