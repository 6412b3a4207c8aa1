//! The ground that tests of the surfaces stand on: a ledger, a store in memory, a clock that is driven, and the use cases
//! over them as the daemon ties them, without a thread and without a socket.
//!
//! Only tests use it. What a test is about (customers, blocks, people who call) it adds itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't set its stage must stop")]

mod diagnoses;
mod journal;
mod letters;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use access::{Gate, WebSettings};
use arc_swap::ArcSwap;
use limits::{Ledger, LockoutSettings, Lockouts, Observation, Rules, Store};
use model::event::NoEvents;
use model::standing::Transition;
use model::time::ManualClock;
use model::{Block, Clock, Evidence, Identity, Timestamp};
use pipeline::{Blocking, ByHand, Desk, IdentitySettings, Logins, Mode, OnFailure, Policy, Standings, Tickets};
use store::{MemoryAccess, MemoryStore};

pub use diagnoses::diagnoses;
pub use journal::Straight;
pub use letters::outbox;

/// What every surface stands on.
pub struct Ground {
    /// The hand that turns the clock.
    pub hand: ManualClock,
    /// The clock, as it is asked.
    pub clock: Arc<dyn Clock>,
    /// Where all is kept.
    pub store: Arc<MemoryStore>,
    /// What is enforced.
    pub ledger: Arc<Ledger>,
    /// Writes at once.
    pub journal: Arc<Straight<MemoryStore>>,
    /// Blocks.
    pub desk: Arc<Desk>,
    /// Tickets about them.
    pub tickets: Arc<Tickets>,
}

impl Ground {
    /// A ledger with those rules over an empty store, at that time.
    pub fn new(now: Timestamp, rules: Rules) -> Self {
        Self::over(now, Arc::default(), Arc::new(ledger(rules)))
    }

    /// Ground over a ledger and a store that hold something.
    pub fn over(now: Timestamp, store: Arc<MemoryStore>, ledger: Arc<Ledger>) -> Self {
        let hand = ManualClock::at(now);
        let clock: Arc<dyn Clock> = Arc::new(hand.clone());
        let journal = Arc::new(Straight(Arc::clone(&store)));
        let (kept, written) = (Arc::clone(&store) as _, Arc::clone(&journal) as _);
        let desk = Desk::new(Arc::clone(&ledger), kept, written, Arc::new(NoEvents), Arc::clone(&clock));
        let desk = Arc::new(desk);
        let tickets = Tickets::new(Arc::clone(&desk), Arc::clone(&store) as _, Arc::clone(&clock), || {});
        Self { hand, clock, store, ledger, journal, desk, tickets: Arc::new(tickets) }
    }

    /// A gate that nobody has passed yet.
    pub fn gate(&self, settings: &WebSettings) -> Gate {
        let access = Arc::new(MemoryAccess::default());
        Gate::open(settings, Arc::clone(&access) as _, access, Arc::clone(&self.clock), Arc::new(NoEvents)).unwrap()
    }

    /// Failed logins, with those lockouts.
    pub fn logins(&self, lockouts: Lockouts) -> Logins {
        let (ledger, journal) = (Arc::clone(&self.ledger), Arc::clone(&self.journal));
        Logins::new(Arc::new(lockouts), ledger, journal, Arc::new(NoEvents), Arc::clone(&self.clock))
    }

    /// Blocks by hand.
    pub fn by_hand(&self) -> ByHand {
        let blocking = Blocking::new(Arc::clone(&self.journal) as _, Arc::new(NoEvents));
        let policy = Arc::new(ArcSwap::from_pointee(policy()));
        ByHand::new(Arc::clone(&self.ledger), blocking, policy, Arc::clone(&self.clock))
    }

    /// How somebody stands, with those failed logins.
    pub fn standings(&self, logins: &Arc<Logins>) -> Standings {
        Standings::new(Arc::clone(&self.ledger), Arc::clone(logins), Arc::clone(&self.clock))
    }

    /// Has somebody blocked for what he sends; the block is enforced and kept.
    pub fn block(&self, identity: &Identity, evidence: Evidence) -> Block {
        let (block, evidence) = trip(&self.ledger, identity, Some(evidence), self.clock.now());
        self.store.open_block(&block, &evidence, None).unwrap();
        block
    }
}

/// The policy of an empty configuration.
pub fn policy() -> Policy {
    Policy {
        mode: Mode::Enforce,
        node: "node.example".into(),
        score: Default::default(),
        identity: IdentitySettings::default(),
        blocks: Default::default(),
        link: "https://help.example/b/{ref}".into(),
        on_store_failure: OnFailure::Continue,
        on_scorer_failure: OnFailure::Continue,
        alerts: true,
    }
}

/// A ledger whose blocks have references of their own.
pub fn ledger(rules: Rules) -> Ledger {
    // The golden ratio in 64 bits: references that differ in every place.
    let count = AtomicU64::new(1);
    let next = move || u128::from(count.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15)) << 60;
    Ledger::new(rules, next)
}

/// Lockouts by the default rules.
pub fn lockouts() -> Lockouts {
    Lockouts::new(&LockoutSettings::default())
}

/// A message that counts as spam.
pub fn spam(evidence: Option<Evidence>) -> Observation<'static> {
    Observation { score: 300, is_spam: true, is_message: true, recipient_count: 1, evidence, ..Observation::default() }
}

/// Sends spam until the ledger blocks; the block and its evidence, written nowhere.
pub fn trip(
    ledger: &Ledger,
    identity: &Identity,
    evidence: Option<Evidence>,
    now: Timestamp,
) -> (Block, Vec<Evidence>) {
    let spam = spam(evidence);
    match (0..200).find_map(|_| ledger.observe(identity, &spam, now).pop()) {
        Some(Transition::Blocked { block, evidence }) => (*block, evidence),
        _ => panic!("nothing tripped"),
    }
}
