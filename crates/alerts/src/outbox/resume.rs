//! What a process knows of letters that an earlier one has sent: who had how many lately. A restart begins no new count.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use customers::Address;
use limits::{AlertJob, StoreError};
use model::{Block, Timestamp};

use super::OutboxStore;
use super::attempt::Attempts;
use crate::audience::Audience;
use crate::crowd::{Crowd, Reader};
use crate::post::Post;

/// More letters are not looked through: whoever had so many is in a crowd anyway.
const MOST: usize = 1000;

impl Attempts {
    /// Counts, once, the letters that were sent before this process began. While the store fails that is still to be done.
    pub(super) async fn resume(&self, now: Timestamp) -> Result<(), StoreError> {
        if self.resumed.load(Ordering::Relaxed) {
            return Ok(());
        }
        let post = self.post();
        let since = now.before(post.collect_within());
        let sent = self.in_store(move |store| recent(store, since)).await?;
        let mut crowd = self.crowd.lock().unwrap_or_else(PoisonError::into_inner);
        for (letter, block) in sent {
            remember(&mut crowd, &letter, &Audience::of(&post, &block, &letter.kind), &post);
        }
        self.resumed.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// Letters about blocks that were sent since then, or are still owed to somebody.
fn recent(store: &dyn OutboxStore, since: Timestamp) -> Result<Vec<(AlertJob, Block)>, StoreError> {
    let mut found = Vec::new();
    for letter in store.letters(None, MOST)? {
        let counts = letter.owed.anybody() || letter.sent.is_some_and(|sent| sent > since);
        let Some(reference) = letter.about.block().filter(|_| counts) else { continue };
        found.extend(store.block(reference)?.map(|block| (letter, block)));
    }
    Ok(found)
}

fn remember(crowd: &mut Crowd, letter: &AlertJob, audience: &Audience, post: &Post) {
    for reader in audience.readers(&letter.kind) {
        let (addresses, is_owed) = match &reader {
            Reader::Operators => (&post.operators, letter.owed.operators),
            Reader::Customer(contacts) => (contacts, letter.owed.customer),
        };
        let had = |address: &Address| letter.told.iter().any(|told| told == address.as_str());
        match letter.sent {
            _ if is_owed => crowd.remember_crowded(reader),
            Some(sent) if letter.instead.is_none() && addresses.iter().any(had) => {
                crowd.remember(reader, (letter.about.clone(), letter.number), sent);
            }
            _ => {}
        }
    }
}
