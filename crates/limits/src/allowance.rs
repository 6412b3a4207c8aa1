//! How many blocks of one customer have ended by themselves lately, or will: never more than he has within the window.
//!
//! A block counts from its beginning, when people are told that it will end by itself; it counts no longer when somebody
//! else ends it. So no order of beginnings and ends brings more automatic releases into any window, and none that was
//! promised is taken back. Memory is bounded: a customer has at most as many entries as he has releases.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::{Block, BlockRef, Quota, Timestamp};

use crate::register::Releaser;
use crate::rules::BlockSettings;

/// The automatic releases of all customers, by the name of the service.
#[derive(Default)]
pub(crate) struct Allowance(Mutex<HashMap<String, Vec<Entry>>>);

struct Entry {
    block: BlockRef,
    /// When it ended by itself; a block in force has not yet.
    ended: Option<Timestamp>,
}

impl Allowance {
    /// Charges a block that begins now to its owner. When his releases are used up it won't end by itself.
    pub(crate) fn charge(&self, block: &mut Block, owner: Option<String>, settings: &BlockSettings) {
        let (most, window) = (settings.customer_automatic_releases, settings.customer_release_window);
        let Some(owner) = owner.filter(|_| most > 0 && block.automatic_release) else { return };
        let mut all = self.lock();
        let his = all.entry(owner.clone()).or_default();
        his.retain(|entry| entry.counts(window, block.since));
        let used_up = his.len() >= usize::try_from(most).unwrap_or(usize::MAX);
        if !used_up {
            his.push(Entry { block: block.reference.clone(), ended: None });
        }
        block.automatic_release = !used_up;
        block.quota = Some(Quota { owner, most, window, used_up });
    }

    /// Takes over how a block has gone on.
    pub(crate) fn follow(&self, block: &Block) {
        let Some(quota) = block.quota.as_ref().filter(|quota| !quota.used_up) else { return };
        let mut all = self.lock();
        let his = all.entry(quota.owner.clone()).or_default();
        his.retain(|entry| entry.block != block.reference);
        his.extend(Entry::of(block));
    }

    /// How many of a customer's blocks count within the window.
    pub(crate) fn used(&self, owner: &str, window: Duration, now: Timestamp) -> usize {
        let all = self.lock();
        all.get(owner).map_or(0, |his| his.iter().filter(|entry| entry.counts(window, now)).count())
    }

    /// Forgets releases that are longer ago than the window.
    pub(crate) fn forget(&self, window: Duration, now: Timestamp) {
        self.lock().retain(|_, his| {
            his.retain(|entry| entry.counts(window, now));
            !his.is_empty()
        });
    }

    /// What a panic has left is a list as good as before it.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Vec<Entry>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    /// `None` when somebody has ended the block.
    fn of(block: &Block) -> Option<Self> {
        let ended = match &block.released {
            None => None,
            Some((at, by)) if by == Releaser::Time.as_str() => Some(*at),
            Some(_) => return None,
        };
        Some(Self { block: block.reference.clone(), ended })
    }

    fn counts(&self, window: Duration, now: Timestamp) -> bool {
        self.ended.is_none_or(|at| now.since(at) < window)
    }
}
