//! A change of a block and its hand-over to whoever writes it down are one step for everybody else.
//!
//! Else a session could trip a block, and another thread release it before the session has handed it over: the release would
//! be written first, and the beginning, coming late, left out with its evidence, its letter and its event.

use std::sync::{PoisonError, RwLock};

use super::Ledger;

/// Shared by those who count, held alone by whoever ends or settles blocks. It guards no data: a panic leaves nothing behind.
#[derive(Debug, Default)]
pub(super) struct Turn(RwLock<()>);

impl Ledger {
    /// Counts, and hands over what trips, in one step beside others who count. Nothing that begins in it is released, settled
    /// or ended before it returns. It must be short, and take no other turn.
    pub fn counting<T>(&self, step: impl FnOnce(&Self) -> T) -> T {
        let _beside_others = self.turn.0.read().unwrap_or_else(PoisonError::into_inner);
        step(self)
    }

    /// Changes blocks, and hands that over, in one step while nobody else counts or changes. It must be short, and take no
    /// other turn.
    pub fn changing<T>(&self, step: impl FnOnce(&Self) -> T) -> T {
        let _alone = self.turn.0.write().unwrap_or_else(PoisonError::into_inner);
        step(self)
    }
}
