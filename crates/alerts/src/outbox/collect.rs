//! What customers are owed, one letter for each of them.

use std::collections::BTreeSet;

use customers::Address;
use customers::ticket::Ticket;
use limits::{AlertJob, Owed, StoreError};
use model::{Block, Timestamp};

use super::attempt::Attempts;
use super::many::{Owing, earlier};
use crate::crowd::Reader;
use crate::letter::{Mail, render_many};
use crate::many::{Collected, Line};
use crate::post::Post;
use crate::templates::Notice;

impl Attempts {
    /// Sends what is owed to customers and due; tells when something is due next. A relay that fails ends it for now.
    pub(super) async fn collect(&self, owed: &[(AlertJob, Block)]) -> Result<Option<Timestamp>, StoreError> {
        let (post, now) = (self.post(), self.now());
        let mut next = None;
        for (contacts, letters) in by_customer(owed, &post) {
            let reader = Reader::Customer(contacts);
            let due = self.due(&reader, &letters, &post);
            if due > now {
                next = earlier(next, Some(due));
                continue;
            }
            let told = self.tell_customer(&reader, &letters, &post).await?;
            let Some(told) = told else { return Ok(earlier(next, self.pauses.until(&reader))) };
            self.in_store(move |store| store.update_letters(&told)).await?;
        }
        Ok(next)
    }

    /// The letters as they are afterwards; `None` when they are still owed.
    async fn tell_customer(
        &self,
        reader: &Reader,
        letters: &Owing,
        post: &Post,
    ) -> Result<Option<Vec<AlertJob>>, StoreError> {
        let contacts = match reader {
            Reader::Customer(contacts) if !contacts.is_empty() => contacts,
            // He can't be written to any more; somebody has to know.
            _ => return Ok(Some(each(letters, |job| job.owed = Owed { customer: false, operators: true }))),
        };
        let id = message_id(letters);
        let mail = self.collected(contacts, letters, &id, post).await?;
        let now = self.now();
        Ok(match self.hand_over(&mail, reader, post).await {
            Ok(reached) => {
                self.stats.collected(letters.len());
                tracing::info!(message_id = id, letters = letters.len(), "letters were sent as one");
                Some(each(letters, |job| {
                    (job.owed.customer, job.instead) = (false, Some(id.clone()));
                    job.reached(&reached);
                }))
            }
            Err(error) if is_over(letters, post, now) => {
                self.gives_up(&format!("a letter about {} blocks is given up: {error}", letters.len()));
                Some(each(letters, |job| {
                    (job.owed.customer, job.given_up, job.last_error) = (false, Some(now), Some(error.clone()));
                }))
            }
            Err(_) => None,
        })
    }

    async fn collected(
        &self,
        contacts: &[Address],
        letters: &Owing,
        id: &str,
        post: &Post,
    ) -> Result<Mail, StoreError> {
        let blocks = blocks(letters);
        let references: Vec<_> = blocks.iter().map(|block| block.reference.clone()).collect();
        let tickets: Vec<Option<Ticket>> =
            self.in_store(move |store| references.iter().map(|reference| store.ticket_of(reference)).collect()).await?;
        let owner = blocks.first().map(|block| post.owner(block)).unwrap_or_else(|| post.nobody());
        let lines = blocks.into_iter().zip(&tickets).map(|(block, ticket)| {
            Line::of(&(self.surroundings.current)(block), ticket.as_ref(), owner.language, post)
        });
        let facts = Collected::of(lines.collect(), &owner, post).value();
        let mail = render_many(Notice::Collected, owner.language, &facts, contacts, id, self.now(), post);
        // What comes back of it is noted at the first letter it stands for.
        let from = letters.first().map_or_else(|| mail.from.clone(), |(first, _)| post.reverse_path(first));
        Ok(Mail { from, ..mail })
    }
}

/// What each customer is owed, by his contacts as they are now.
fn by_customer(owed: &[(AlertJob, Block)], post: &Post) -> Vec<(Vec<Address>, Owing)> {
    let mut customers: Vec<(Vec<Address>, Owing)> = Vec::new();
    for (letter, block) in owed.iter().filter(|(letter, _)| letter.owed.customer) {
        let contacts = post.contacts(block);
        let of_his = (letter.clone(), block.clone());
        match customers.iter_mut().find(|(known, _)| *known == contacts) {
            Some((_, letters)) => letters.push(of_his),
            None => customers.push((contacts, vec![of_his])),
        }
    }
    customers
}

/// Each block once, however many letters there were about it.
fn blocks(letters: &Owing) -> Vec<Block> {
    let mut seen = BTreeSet::new();
    letters.iter().map(|(_, block)| block).filter(|block| seen.insert(block.reference.clone())).cloned().collect()
}

fn each(letters: &Owing, change: impl Fn(&mut AlertJob)) -> Vec<AlertJob> {
    let changed = letters.iter().map(|(letter, _)| {
        let mut letter = letter.clone();
        change(&mut letter);
        letter
    });
    changed.collect()
}

/// Made of what it tells of, so that the same letter sent again is recognised, and one that tells of more is not taken for it.
fn message_id(letters: &Owing) -> String {
    let (Some((first, _)), Some((last, _))) = (letters.first(), letters.last()) else { return String::new() };
    first.message_id.replacen('@', &format!(".{}.{}-{}@", letters.len(), last.about, last.number), 1)
}

fn is_over(letters: &Owing, post: &Post, now: Timestamp) -> bool {
    letters.first().is_some_and(|(first, _)| now.since(first.created) >= post.give_up_after)
}
