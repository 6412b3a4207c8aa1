//! Who waits and could do something about it is reminded.

use std::time::Duration;

use customers::ticket::{Ticket, TicketState};
use limits::{LetterKind, Matter, StoreError};
use model::{Block, Timestamp, WayOut};

use super::OutboxStore;
use super::attempt::Attempts;

/// Blocks are looked through no more often than this.
const PERIOD: Duration = Duration::from_secs(600);
/// So many blocks are looked through.
const MOST: usize = 10_000;

impl Attempts {
    /// Queues the reminders that are due.
    pub(super) async fn remind(&self) {
        let (post, now) = (self.post(), self.now());
        let (interval, most) = post.reminders;
        if !post.enabled || most == 0 || !self.is_time_to_remind(now, PERIOD.min(interval)) {
            return;
        }
        // The store's failures are told by its writer.
        let _ = self.in_store(move |store| remind(store, interval, most, now)).await;
    }
}

fn remind(store: &dyn OutboxStore, interval: Duration, most: u32, now: Timestamp) -> Result<(), StoreError> {
    let blocks = store.blocks(true, MOST)?;
    for block in blocks.iter().filter(|block| now.since(block.since) >= interval && !block.reason.monitored) {
        let ticket = store.ticket_of(&block.reference)?;
        if !waits(block, ticket.as_ref(), now) {
            continue;
        }
        let letters = store.letters_of(&Matter::Block(block.reference.clone()))?;
        let earlier = letters.iter().filter(|letter| matches!(letter.kind, LetterKind::Reminder(_))).count();
        let number = u32::try_from(earlier).unwrap_or(u32::MAX).saturating_add(1);
        let told = letters.first().and_then(|first| first.sent);
        if number <= most && told.is_some_and(|told| now.since(told) >= interval.saturating_mul(number)) {
            store.queue_letter(&block.reference, LetterKind::Reminder(number), now)?;
        }
    }
    Ok(())
}

/// Whether the block waits for its customer, and not for its time or for an operator.
fn waits(block: &Block, ticket: Option<&Ticket>, now: Timestamp) -> bool {
    match block.way_out {
        WayOut::Time => !block.automatic_release && block.until() <= now,
        WayOut::Password => true,
        WayOut::Ticket => {
            ticket.is_some_and(|ticket| matches!(ticket.state, TicketState::Answering | TicketState::Refused { .. }))
        }
    }
}
