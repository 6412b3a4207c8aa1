//! Is it blocked for spam, and how does it get out?

use customers::ticket::Ticket;
use model::{Block, BlockState, SubjectKey, WayOut};

use crate::case::Case;
use crate::finding::Cause;
use crate::report::Report;

pub(crate) async fn check(case: &Case) -> Report {
    match subjects(case).iter().find_map(|subject| case.tools.ledger.block(subject)) {
        Some(block) if block.is_active() => active(case, &block).await,
        Some(block) if block.state == BlockState::Unblocking => Report::warn(
            format!("{} is being released from its block of {}.", block.subject, block.since),
            "Wait a minute. Whoever goes on sending spam is blocked again, for longer.",
        ),
        _ => Report::pass("It is not blocked."),
    }
}

/// A block of the domain stops its accounts too.
fn subjects(case: &Case) -> Vec<SubjectKey> {
    let domain = case.patient.domain().map(SubjectKey::Domain);
    let own = case.patient.subject();
    let other = domain.filter(|domain| *domain != own);
    std::iter::once(own).chain(other).collect()
}

async fn active(case: &Case, block: &Block) -> Report {
    let Block { subject, since, reference, spam, attempts, .. } = block;
    let why = &block.reason.sentence;
    if block.is_noted() {
        return Report::warn(
            format!(
                "{subject} would be blocked for spam since {since} (reference {reference}): {why}; {spam} suspicious \
                 messages. Monitor mode only notes it: mail still leaves."
            ),
            "Find out who sends it before refusals are real: change the password, look for malware.",
        );
    }
    let found = format!(
        "{subject} is blocked for spam since {since} (reference {reference}): {why}; {spam} suspicious messages, {attempts} \
         attempts refused since."
    );
    let advice = match block.way_out {
        WayOut::Time => format!("Stop the spam and change the password; the block ends at {}.", block.until()),
        WayOut::Password => "Change the account's password: that releases it. Choose a strong one.".to_owned(),
        WayOut::Ticket => ticketed(ticket(case, block).await),
    };
    Report::fail(found, advice).because(Cause::SpamBlock)
}

/// The store may wait for its disk.
async fn ticket(case: &Case, block: &Block) -> Option<Ticket> {
    let (tickets, reference) = (case.tools.tickets.clone(), block.reference.clone());
    let found = tokio::task::spawn_blocking(move || tickets.ticket_of(&reference)).await;
    found.ok()?.ok()?
}

fn ticketed(ticket: Option<Ticket>) -> String {
    match ticket {
        Some(ticket) => format!(
            "Answer the three questions of ticket {} ({}) and change the password; an operator then releases the account.",
            ticket.id,
            ticket.state.as_str()
        ),
        None => "Its ticket can't be read just now; try again, or look at `portreeve tickets list`.".to_owned(),
    }
}
