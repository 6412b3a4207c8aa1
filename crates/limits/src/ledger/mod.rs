//! The ledger: every subject's counters, and who is blocked.
//!
//! Counters lie in a sharded map; a record is changed under its shard's lock, which is held for arithmetic only, so a trip
//! happens exactly once however many sessions count at the same time. Blocks lie in the register beside it; where both
//! locks are needed, the record's comes first. Nothing here reads a clock or touches the disk. Who changes blocks hands that over
//! in his turn ([`Ledger::counting`], [`Ledger::changing`]), so that it is written down in the order in which it happened.
//!
//! Memory is bounded by `blocks.max_subjects`: beyond it the idlest subjects' counters are forgotten (and counted as
//! [`Ledger::evicted`]), so a botnet of addresses can't exhaust it. Blocks and strikes are never forgotten that way.

mod adopt;
mod busiest;
mod by_hand;
mod observe;
mod past;
mod persist;
mod rate;
mod report;
mod turn;
mod upkeep;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use arc_swap::ArcSwap;
use dashmap::DashMap;
use model::standing::Transition;
use model::{Block, BlockRef, Identity, SubjectKey, Timestamp};

pub use busiest::Busy;
pub use by_hand::BlockRefused;
pub use past::Past;
pub use rate::{Cost, RateDecision, RateHit};
pub use report::Report;
pub use upkeep::{ReleasesLeft, RuleCount};

use crate::plan::Plans;
use crate::record::Record;
use crate::register::{Register, ReleaseRefused, Releaser};
use crate::rules::Rules;

/// From so many per cent of the spam score on a message is kept as a cause of blocks for scores.
const NEAR_SPAM: i64 = 70;

/// Enough shards that sessions hardly meet, and that growing one of them is short.
const SHARDS: usize = 128;

/// Where unguessable numbers come from: the operating system, or a test's seed.
type Entropy = Box<dyn Fn() -> u128 + Send + Sync>;

/// The counters of all subjects, and their blocks.
pub struct Ledger {
    plans: ArcSwap<Plans>,
    records: DashMap<SubjectKey, Record, foldhash::fast::RandomState>,
    register: Register,
    entropy: Entropy,
    /// The key of sketches made by this process; one from an earlier process keeps its own.
    sketch_key: u64,
    evicted: AtomicU64,
    evicting: AtomicBool,
    reports: report::Reports,
    turn: turn::Turn,
}

impl Ledger {
    /// An empty ledger. `entropy` gives numbers nobody can guess: references of blocks are made of them.
    pub fn new(rules: Rules, entropy: impl Fn() -> u128 + Send + Sync + 'static) -> Self {
        Self {
            plans: ArcSwap::from_pointee(Plans::new(rules)),
            records: DashMap::with_hasher_and_shard_amount(foldhash::fast::RandomState::default(), SHARDS),
            register: Register::new(),
            sketch_key: entropy() as u64,
            entropy: Box::new(entropy),
            evicted: AtomicU64::new(0),
            evicting: AtomicBool::new(false),
            reports: report::Reports::default(),
            turn: turn::Turn::default(),
        }
    }

    /// Puts other rules in force. Counters that both count are kept, and so are all blocks.
    pub fn reload(&self, rules: Rules) {
        self.plans.store(Arc::new(Plans::new(rules)));
    }

    /// The block that stops an identity, of its most telling subject.
    ///
    /// It stays in force until a [`Transition`] says otherwise, even when its time is over or its subject was allow-listed
    /// meanwhile: the next sweep ends it.
    pub fn blocked(&self, identity: &Identity, _now: Timestamp) -> Option<Arc<Block>> {
        identity.subjects().find_map(|subject| self.register.active(&subject))
    }

    /// Whether the operator has allow-listed a subject.
    pub fn is_allowed(&self, subject: &SubjectKey) -> bool {
        self.plans.load().of(subject.kind()).allows(subject)
    }

    /// The latest block of a subject as it is now, released or not.
    pub fn block(&self, subject: &SubjectKey) -> Option<Arc<Block>> {
        self.register.latest(subject).map(|block| Arc::new(self.shown(block)))
    }

    /// Whether messages that are neither spam nor had recipients refused may be the cause of a block, so that their evidence
    /// has to be handed in too.
    pub fn any_is_evidence(&self) -> bool {
        self.plans.load().any_is_evidence
    }

    /// Whether a message that is no spam may be the cause of a block: any may, or those that come near to `spam` are what a
    /// rule on scores blocks for.
    pub fn is_evidence(&self, score: i32, spam: i32) -> bool {
        let plans = self.plans.load();
        let near = i64::from(score) * 100 >= i64::from(spam) * NEAR_SPAM;
        plans.any_is_evidence || (plans.scores_are_evidence && near)
    }

    /// The blocks in force as they are now, in no order. Walks over all blocks: for operators, not for messages.
    pub fn active_blocks(&self) -> Vec<Block> {
        self.register.all_active().into_iter().map(|block| self.shown(block)).collect()
    }

    /// The same with those that are being released.
    pub fn standing_blocks(&self) -> Vec<Block> {
        self.register.all_standing().into_iter().map(|block| self.shown(block)).collect()
    }

    /// The block of that reference, when it is its subject's latest. Walks over all blocks.
    pub fn block_by_reference(&self, reference: &BlockRef) -> Option<Block> {
        self.register.by_reference(reference).map(|block| self.shown(block))
    }

    /// A block as people may be told of it: in monitor mode none is refused, whenever his block began.
    fn shown(&self, mut block: Block) -> Block {
        block.reason.monitored |= block.is_active() && self.plans.load().monitor;
        block
    }

    /// Takes back what monitor mode has blocked, strikes and counts too: from now on refusals are real, and nobody was
    /// told of those blocks.
    pub fn pardon_monitored(&self, now: Timestamp) -> Vec<Transition> {
        let pardoned = self.register.pardon(now);
        for block in &pardoned {
            if let Some(mut record) = self.records.get_mut(&block.subject) {
                record.clear(self.sketch_key);
            }
        }
        pardoned.into_iter().map(|block| Transition::Changed { block: Box::new(block) }).collect()
    }

    /// Counts an attempt that was refused because of the subject's block.
    pub fn attempt(&self, subject: &SubjectKey) {
        self.register.attempt(subject);
        if let Some(mut record) = self.records.get_mut(subject) {
            record.dirty = true;
        }
    }

    /// Releases a subject: sending is possible again, and its counters start anew. The strike is remembered.
    pub fn release(&self, subject: &SubjectKey, by: Releaser, now: Timestamp) -> Result<Transition, ReleaseRefused> {
        let record = self.records.get_mut(subject);
        let block = self.register.release(subject, by, now)?;
        if let Some(mut record) = record {
            record.clear(self.sketch_key);
        }
        Ok(Transition::Changed { block: Box::new(block) })
    }

    /// Notes that a release has been applied everywhere; `None` when none was under way.
    pub fn finish_release(&self, subject: &SubjectKey, _now: Timestamp) -> Option<Transition> {
        self.register.finish(subject).map(|block| Transition::Changed { block: Box::new(block) })
    }

    /// A reference of 80 unguessable bits: 16 characters of `[a-z2-7]` (RFC 4648 base 32 in lower case).
    fn reference(&self) -> Option<BlockRef> {
        let bits = (self.entropy)();
        let letters = (0..16).map(|index| match ((bits >> (index * 5)) & 31) as u8 {
            letter @ 0..26 => char::from(b'a' + letter),
            digit => char::from(b'2' + digit - 26),
        });
        BlockRef::new(&letters.collect::<String>())
    }
}

/// The sizes only; the subjects are personal data.
impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger").field("subjects", &self.len()).field("blocked", &self.blocked_len()).finish()
    }
}
