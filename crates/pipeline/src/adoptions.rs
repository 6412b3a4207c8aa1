//! Blocks that began before anybody could say who owns what they stop: whoever knows is asked until he has said, and the block
//! becomes its owner's.
//!
//! What awaits its owner stands in the block's own record, so a restart goes on. One question at a time; after rounds in vain
//! the pause grows from a second to a minute, and a new block, or a part that works again, ends it. A directory that fails is
//! left alone for as long as its own settings say.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use customers::LiveDirectory;
use limits::Ledger;
use model::{Clock, Event, EventSink};
use tokio::sync::Notify;

use crate::blocking::Blocking;
use crate::policy::Policy;

/// The pause after the first round in vain; it doubles.
const SHORTEST: Duration = Duration::from_secs(1);
/// No pause is longer: so much later than it could be a block is adopted at most.
const LONGEST: Duration = Duration::from_secs(60);

/// Finds the owners of blocks that await them.
pub struct Adoptions {
    ledger: Arc<Ledger>,
    directory: LiveDirectory,
    blocking: Blocking,
    policy: Arc<ArcSwap<Policy>>,
    clock: Arc<dyn Clock>,
    caller: AdoptionCaller,
}

/// Hears when there may be somebody to adopt, or somebody to say whose a block is.
#[derive(Debug, Clone, Default)]
pub struct AdoptionCaller(Arc<Notify>);

impl EventSink for AdoptionCaller {
    fn emit(&self, event: &Event<'_>) {
        let begins = matches!(event, Event::BlockChanged { block, .. } if block.awaits_owner());
        if begins || matches!(event, Event::Recovered { .. }) {
            self.0.notify_one();
        }
    }
}

impl Adoptions {
    /// Over the running ledger; `policy` is the one in force, `caller` one who hears its events.
    pub fn new(
        ledger: Arc<Ledger>,
        directory: LiveDirectory,
        blocking: Blocking,
        policy: Arc<ArcSwap<Policy>>,
        clock: Arc<dyn Clock>,
        caller: AdoptionCaller,
    ) -> Self {
        Self { ledger, directory, blocking, policy, clock, caller }
    }

    /// Asks and adopts until it is dropped; that loses nothing.
    pub async fn run(self) {
        let mut pause = SHORTEST;
        loop {
            let wait = if self.round().await { pause } else { LONGEST };
            let called = tokio::time::timeout(wait, self.caller.0.notified()).await.is_ok();
            pause = if called { SHORTEST } else { (pause * 2).min(LONGEST) };
        }
    }

    /// Asks once for each block that awaits its owner, and adopts those that can be; whether any is left.
    pub async fn round(&self) -> bool {
        for block in self.ledger.awaiting() {
            // The ledger reads the answer from where everybody does: the directory in force.
            self.directory.ask(&block.subject).await;
            let (now, policy) = (self.clock.now(), self.policy.load_full());
            let adopt = |ledger: &Ledger| ledger.adopt(&block.subject, now);
            let adopted = self.ledger.changing(|ledger| self.blocking.hand_over(adopt(ledger), &policy));
            self.blocking.settle(adopted, &policy).await;
        }
        !self.ledger.awaiting().is_empty()
    }
}
