//! Letters of tickets without a block on their way. They are few, and said in a conversation: none is collected.

use customers::ticket::{Ticket, TicketLetter};
use limits::StoreError;
use model::{Event, Timestamp};

use super::attempt::{Attempts, outcome};
use super::many::earlier;
use crate::conversation::{message_id, render};
use crate::post::Post;
use crate::relay::{Delivery, send};
use crate::retry::{Next, Outcome, next, shown};

/// No more letters than this are looked at in one go; the rest follows in the next.
const MOST: usize = 100;

impl Attempts {
    /// Sends letters of tickets that are due; tells when one is due next.
    pub(super) async fn converse(&self) -> Result<Option<Timestamp>, StoreError> {
        let (post, now) = (self.post(), self.now());
        let pending = self.in_store(|store| store.pending_ticket_letters(MOST)).await?;
        let mut next = None;
        for letter in pending {
            if letter.due > now {
                return Ok(earlier(next, Some(letter.due)));
            }
            let id = letter.ticket;
            let Some(ticket) = self.in_store(move |store| store.ticket(id)).await? else { continue };
            let tried = self.write_to(&ticket, letter, &post).await;
            next = earlier(next, tried.waits().then_some(tried.due));
            self.close_letter(tried).await?;
        }
        Ok(next)
    }

    /// One try; the letter as it is afterwards.
    async fn write_to(&self, ticket: &Ticket, letter: TicketLetter, post: &Post) -> TicketLetter {
        let outcome = self.deliver_letter(ticket, &letter, post).await;
        let tried = after(letter, &outcome, self.now(), post);
        self.tell_of(&tried, post);
        tried
    }

    async fn deliver_letter(&self, ticket: &Ticket, letter: &TicketLetter, post: &Post) -> Outcome {
        let mail = render(ticket, letter, self.now(), post);
        if let Some(error) = &mail.mistake {
            self.events.emit(&Event::Degraded { part: "templates", policy: "built-in template", error });
        }
        let key = (letter.ticket, letter.number);
        let before = self.told.lock().get(&key).cloned().unwrap_or_default();
        let open: Vec<_> = mail.to.iter().filter(|address| !before.contains(address)).cloned().collect();
        if open.is_empty() {
            let error = before.is_empty().then(|| "there is nobody to tell: alerts.to is empty".to_owned());
            return Outcome { delivered: !before.is_empty(), open: false, error };
        }
        let sent = send(&mail, &open, post).await;
        if let Ok(Delivery { accepted, .. }) = &sent {
            self.told.lock().entry(key).or_default().extend_from_slice(accepted);
        }
        outcome(sent, !before.is_empty())
    }

    fn tell_of(&self, letter: &TicketLetter, post: &Post) {
        let message_id = message_id(letter.ticket, letter.number, &post.node);
        let (ticket, tries) = (letter.ticket, letter.tries);
        let error = letter.last_error.as_deref().unwrap_or_default();
        match (letter.sent, letter.given_up) {
            (Some(_), _) => {
                tracing::info!(ticket, message_id, tries, refused = error, "a ticket's letter was sent");
                self.works();
            }
            (None, Some(_)) => self.gives_up(&format!("a letter of ticket {ticket} is given up: {error}")),
            (None, None) => {
                tracing::warn!(ticket, tries, error, "a ticket's letter waits");
                self.fails(error);
            }
        }
    }

    /// Who has got it is forgotten only when its mark is on disk.
    async fn close_letter(&self, letter: TicketLetter) -> Result<(), StoreError> {
        let (key, over) = ((letter.ticket, letter.number), !letter.waits());
        self.in_store(move |store| store.update_ticket_letter(&letter)).await?;
        if over {
            self.told.lock().remove(&key);
        }
        Ok(())
    }
}

fn after(mut letter: TicketLetter, outcome: &Outcome, now: Timestamp, post: &Post) -> TicketLetter {
    match next(letter.tries, letter.created, outcome, now, post.give_up_after) {
        Next::Sent => letter.sent = Some(now),
        Next::GivenUp => letter.given_up = Some(now),
        Next::Again(due) => letter.due = due,
    }
    letter.tries = letter.tries.saturating_add(1);
    letter.last_error = shown(outcome.error.as_deref());
    letter
}
