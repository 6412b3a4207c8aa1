//! Who is blocked, and who was: the block state machine and the strikes.
//!
//! `unblocked -> blockedForSpam -> unblocking -> unblocked`. The register alone decides; every change it makes is handed
//! back as a [`Transition`], so what is enforced and what is shown can't drift apart. Time passing by itself changes
//! nothing: a block ends when somebody, or the sweep, ends it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use dashmap::DashMap;
use model::{Adoption, Block, BlockRef, BlockState, SubjectKey, SubjectKind, Timestamp, WayOut};

use crate::allowance::Allowance;
use crate::rules::{AtBlock, BlockSettings};
use crate::trip::Tripped;

/// Who releases a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Releaser {
    /// An operator, at any time.
    Operator,
    /// The customer, when the block's time is over.
    Customer,
    /// The block's time, when it is over and the block ends by itself.
    Time,
    /// An operator who approves the block's ticket.
    Ticket,
    /// An operator who confirms a false-positive report, at any time.
    Report,
    /// A password that was changed then, after the block had begun.
    Password(Timestamp),
    /// An operator who has put the subject on the allow-list.
    AllowList,
}

impl Releaser {
    /// The word that [`Block::released`] keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Customer => "customer",
            Self::Time => "time",
            Self::Ticket => "ticket",
            Self::Report => "report",
            Self::Password(_) => "password",
            Self::AllowList => "allow-list",
        }
    }
}

/// Why a block was not released. The sentence may be shown to the customer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseRefused {
    /// There is no block to release.
    #[error("This {} is not blocked", called(*kind))]
    NotBlocked {
        /// What kind of subject it is.
        kind: SubjectKind,
    },
    /// The block's time is not over.
    #[error("This {} is still blocked for {seconds} seconds", called(*kind))]
    StillBlocked {
        /// What kind of subject it is.
        kind: SubjectKind,
        /// How long it still takes, rounded up.
        seconds: u64,
    },
    /// The block does not end by itself.
    #[error("This {} stays blocked until somebody releases it", called(*kind))]
    NotByTime {
        /// What kind of subject it is.
        kind: SubjectKind,
    },
    /// The block has another way out.
    #[error("This {} {}", called(*kind), sentence(*way_out))]
    OtherWay {
        /// What kind of subject it is.
        kind: SubjectKind,
        /// The way out.
        way_out: WayOut,
    },
    /// How the block ends is not known yet, because its owner isn't.
    #[error("How this {} is released is not known yet, because its owner could not be looked up: try again later", called(*kind))]
    OwnerAwaited {
        /// What kind of subject it is.
        kind: SubjectKind,
    },
    /// The password was changed before the block began.
    #[error("This {} was blocked after that password change: change the password again", called(*kind))]
    OldPassword {
        /// What kind of subject it is.
        kind: SubjectKind,
    },
}

pub(crate) fn called(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Account => "account",
        SubjectKind::Ip => "IP address",
        SubjectKind::Domain => "domain",
    }
}

fn sentence(way_out: WayOut) -> &'static str {
    match way_out {
        WayOut::Time => "is released when its time is over",
        WayOut::Ticket => "is released through its ticket",
        WayOut::Password => "is released when its password is changed",
    }
}

/// The latest block of each subject: in force, or remembered as a strike.
pub(crate) struct Register {
    blocks: DashMap<SubjectKey, Entry, foldhash::fast::RandomState>,
    /// Locked within an entry's lock, never around one.
    allowance: Allowance,
}

struct Entry {
    block: Arc<Block>,
    /// Attempts refused since; beside the block, so that counting one does not copy it.
    attempts: AtomicU64,
}

impl Entry {
    fn new(block: Block) -> Self {
        Self { attempts: AtomicU64::new(block.attempts), block: Arc::new(block) }
    }

    fn shown(&self) -> Block {
        Block { attempts: self.attempts.load(Ordering::Relaxed), ..(*self.block).clone() }
    }

    fn is_remembered(&self, memory: Duration, now: Timestamp) -> bool {
        self.block.state != BlockState::Unblocked || now.since(ended(&self.block)) <= memory
    }

    /// Takes the next step and returns the block as it is then.
    fn change(&mut self, change: impl FnOnce(&mut Block)) -> Block {
        let mut block = self.shown();
        change(&mut block);
        self.block = Arc::new(block.clone());
        block
    }
}

impl Register {
    pub(crate) fn new() -> Self {
        Self { blocks: DashMap::default(), allowance: Allowance::default() }
    }

    /// The subject's block, when it is in force.
    pub(crate) fn active(&self, subject: &SubjectKey) -> Option<Arc<Block>> {
        let entry = self.blocks.get(subject)?;
        entry.block.is_active().then(|| Arc::clone(&entry.block))
    }

    /// The subject's latest block as it is now.
    pub(crate) fn latest(&self, subject: &SubjectKey) -> Option<Block> {
        self.blocks.get(subject).map(|entry| entry.shown())
    }

    /// When the subject was released, if that was so lately that it is still on probation.
    pub(crate) fn released_within(
        &self,
        subject: &SubjectKey,
        probation: Duration,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let entry = self.blocks.get(subject)?;
        let (at, _) = entry.block.released.as_ref()?;
        (now.since(*at) < probation).then_some(*at)
    }

    /// Counts a refused attempt.
    pub(crate) fn attempt(&self, subject: &SubjectKey) {
        if let Some(entry) = self.blocks.get(subject) {
            entry.attempts.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Blocks a subject on the next step of the ladder; `None` when it is blocked already.
    pub(crate) fn open(
        &self,
        subject: &SubjectKey,
        mut tripped: Tripped,
        reference: BlockRef,
        settings: &BlockSettings,
        now: Timestamp,
    ) -> Option<Block> {
        let last = self.blocks.entry(subject.clone());
        let strike = match &last {
            dashmap::Entry::Occupied(entry) if entry.get().block.is_active() => return None,
            dashmap::Entry::Occupied(entry) if entry.get().is_remembered(settings.strike_memory, now) => {
                entry.get().block.strike.saturating_add(1)
            }
            _ => 1,
        };
        let (owner, measured) = (tripped.owner.owner.take(), tripped.length.is_some());
        let mut block = begun(subject.clone(), strike, tripped, reference, settings, now);
        self.allowance.charge(&mut block, owner.filter(|_| !measured), settings);
        last.insert(Entry::new(block.clone()));
        Some(block)
    }

    /// The blocks in force that await their owner, in no order.
    pub(crate) fn awaiting(&self) -> Vec<Block> {
        self.blocks.iter().filter(|entry| entry.block.awaits_owner()).map(|entry| entry.shown()).collect()
    }

    /// The block as it runs on now that its owner is settled; `None` when it awaits none. What an operator has promised stays; no
    /// other end was promised yet. The ladder's length stays as it is.
    pub(crate) fn adopt(
        &self,
        subject: &SubjectKey,
        owner: AtBlock,
        settings: &BlockSettings,
        now: Timestamp,
    ) -> Option<Block> {
        let mut entry = self.blocks.get_mut(subject)?;
        if !entry.block.awaits_owner() {
            return None;
        }
        let AtBlock { way_out, owner, automatic_releases, .. } = owner;
        Some(entry.change(|block| {
            let promised = block.automatic_release;
            let by_ladder = automatic_releases.is_some_and(|most| block.strike <= most);
            block.adoption = Some(Adoption::Settled(now));
            block.way_out = way_out;
            block.automatic_release = way_out == WayOut::Time && (promised || by_ladder);
            self.allowance.charge(block, owner.filter(|_| !promised), settings);
        }))
    }

    /// `blockedForSpam -> unblocking`, when the releaser may.
    pub(crate) fn release(&self, subject: &SubjectKey, by: Releaser, now: Timestamp) -> Result<Block, ReleaseRefused> {
        let kind = subject.kind();
        let mut entry = self.blocks.get_mut(subject).ok_or(ReleaseRefused::NotBlocked { kind })?;
        may_release(&entry.block, by, now)?;
        let block = entry.change(|block| {
            block.state = BlockState::Unblocking;
            block.released = Some((now, by.as_str().into()));
        });
        self.allowance.follow(&block);
        Ok(block)
    }

    /// `unblocking -> unblocked`; `None` when the subject is in another state.
    pub(crate) fn finish(&self, subject: &SubjectKey) -> Option<Block> {
        let mut entry = self.blocks.get_mut(subject)?;
        let unblocking = entry.block.state == BlockState::Unblocking;
        unblocking.then(|| entry.change(|block| block.state = BlockState::Unblocked))
    }

    /// The subjects whose block has something to do: end by itself, for its time or because the subject is allowed by now, or
    /// finish being released.
    pub(crate) fn due(&self, is_allowed: impl Fn(&SubjectKey) -> bool, now: Timestamp) -> Vec<SubjectKey> {
        let due = self.blocks.iter().filter(|entry| match entry.block.state {
            BlockState::BlockedForSpam => {
                may_release(&entry.block, Releaser::Time, now).is_ok() || is_allowed(entry.key())
            }
            BlockState::Unblocking => true,
            BlockState::Unblocked => false,
        });
        due.map(|entry| entry.key().clone()).collect()
    }

    /// Takes back every block that tripped in monitor mode, and its strike; the ones in force are returned, released.
    pub(crate) fn pardon(&self, now: Timestamp) -> Vec<Block> {
        let mut pardoned = Vec::new();
        self.blocks.retain(|_, entry| {
            let monitored = entry.block.reason.monitored;
            if monitored && entry.block.state != BlockState::Unblocked {
                pardoned.push(entry.change(|block| {
                    block.state = BlockState::Unblocked;
                    block.released = Some((now, "end of monitor mode".into()));
                }));
            }
            !monitored
        });
        pardoned
    }

    /// The blocks in force, as they are now.
    pub(crate) fn all_active(&self) -> Vec<Block> {
        self.blocks.iter().filter(|entry| entry.block.is_active()).map(|entry| entry.shown()).collect()
    }

    /// The blocks that are not over, as they are now: in force, or being released.
    pub(crate) fn all_standing(&self) -> Vec<Block> {
        let standing = self.blocks.iter().filter(|entry| entry.block.state != BlockState::Unblocked);
        standing.map(|entry| entry.shown()).collect()
    }

    /// The latest block of some subject that has this reference.
    pub(crate) fn by_reference(&self, reference: &BlockRef) -> Option<Block> {
        self.blocks.iter().find(|entry| entry.block.reference == *reference).map(|entry| entry.shown())
    }

    /// How many automatic releases of a customer count within the window.
    pub(crate) fn releases_used(&self, owner: &str, window: Duration, now: Timestamp) -> usize {
        self.allowance.used(owner, window, now)
    }

    /// Forgets strikes that have faded, and automatic releases that count no longer.
    pub(crate) fn forget(&self, settings: &BlockSettings, now: Timestamp) {
        self.blocks.retain(|_, entry| entry.is_remembered(settings.strike_memory, now));
        self.allowance.forget(settings.customer_release_window, now);
    }

    /// Takes over a block that was written down, unless a later one is known; `memory` is how long strikes are remembered.
    pub(crate) fn restore(&self, block: Block, memory: Duration) {
        self.allowance.follow(&block);
        match self.blocks.entry(block.subject.clone()) {
            dashmap::Entry::Occupied(mut known) if follows(&block, &known.get().block, memory) => {
                known.insert(Entry::new(block));
            }
            dashmap::Entry::Occupied(_) => {}
            dashmap::Entry::Vacant(place) => _ = place.insert(Entry::new(block)),
        }
    }

    /// Sets the attempts of a block that were written down apart from it.
    pub(crate) fn restore_attempts(&self, subject: &SubjectKey, reference: &BlockRef, attempts: u64) {
        if let Some(entry) = self.blocks.get(subject).filter(|entry| entry.block.reference == *reference) {
            entry.attempts.fetch_max(attempts, Ordering::Relaxed);
        }
    }

    /// How many blocks are in force.
    pub(crate) fn active_len(&self) -> usize {
        self.blocks.iter().filter(|entry| entry.block.is_active()).count()
    }
}

/// When the strike began to fade.
fn ended(block: &Block) -> Timestamp {
    block.released.as_ref().map_or(block.since, |(at, _)| *at)
}

/// Whether a block is later than another of the same subject. One in force is. A clock that was set back may have given the later one
/// the earlier beginning, but while strikes are remembered they only go up.
fn follows(block: &Block, other: &Block, memory: Duration) -> bool {
    let is_over = |block: &Block| block.state == BlockState::Unblocked;
    if is_over(block) != is_over(other) {
        return is_over(other);
    }
    let outranks = |one: &Block, other: &Block| {
        let remembered = !one.reason.monitored && other.since.since(ended(one)) <= memory;
        one.strike > other.strike && (one.since >= other.since || remembered)
    };
    outranks(block, other) || (!outranks(other, block) && block.since >= other.since)
}

fn begun(
    subject: SubjectKey,
    strike: u32,
    tripped: Tripped,
    reference: BlockRef,
    settings: &BlockSettings,
    now: Timestamp,
) -> Block {
    let AtBlock { way_out, automatic_releases, awaited, .. } = tripped.owner;
    let by_ladder = !awaited && automatic_releases.is_some_and(|most| strike <= most);
    Block {
        reference,
        subject,
        state: BlockState::BlockedForSpam,
        since: now,
        length: tripped.length.unwrap_or_else(|| step(&settings.ladder, strike)),
        strike,
        reason: tripped.reason,
        automatic_release: way_out == WayOut::Time && (tripped.length.is_some() || by_ladder),
        way_out,
        quota: None,
        adoption: awaited.then_some(Adoption::Awaited),
        messages: tripped.messages,
        spam: tripped.spam,
        attempts: 0,
        released: None,
    }
}

/// The length of the nth block.
fn step(ladder: &[Duration], strike: u32) -> Duration {
    next_length(ladder, strike.saturating_sub(1)).unwrap_or(Duration::from_secs(3600))
}

/// How long the block after the nth one would be, while that is remembered; the last step repeats. `None` without a ladder.
pub fn next_length(ladder: &[Duration], strike: u32) -> Option<Duration> {
    let index = usize::try_from(strike).unwrap_or(usize::MAX);
    ladder.get(index).or(ladder.last()).copied()
}

fn may_release(block: &Block, by: Releaser, now: Timestamp) -> Result<(), ReleaseRefused> {
    let kind = block.subject.kind();
    if !block.is_active() {
        return Err(ReleaseRefused::NotBlocked { kind });
    }
    let left = block.until().since(now);
    let way_out = block.way_out;
    let other_way = Err(ReleaseRefused::OtherWay { kind, way_out });
    match by {
        Releaser::Operator | Releaser::Report | Releaser::AllowList => Ok(()),
        Releaser::Password(_) if block.awaits_owner() => Err(ReleaseRefused::OwnerAwaited { kind }),
        Releaser::Ticket if way_out == WayOut::Ticket => Ok(()),
        Releaser::Password(changed) if way_out == WayOut::Password && changed <= block.since => {
            Err(ReleaseRefused::OldPassword { kind })
        }
        Releaser::Password(_) if way_out == WayOut::Password => Ok(()),
        Releaser::Ticket | Releaser::Password(_) if way_out == WayOut::Time && !block.automatic_release => {
            Err(ReleaseRefused::NotByTime { kind })
        }
        Releaser::Ticket | Releaser::Password(_) => other_way,
        Releaser::Customer if way_out != WayOut::Time => other_way,
        Releaser::Time if !block.automatic_release => Err(ReleaseRefused::NotByTime { kind }),
        Releaser::Time | Releaser::Customer if left.is_zero() => Ok(()),
        Releaser::Time | Releaser::Customer => Err(ReleaseRefused::StillBlocked {
            kind,
            seconds: left.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Reason;

    const START: Timestamp = Timestamp::from_secs(1_700_000_000);
    const HOUR: Duration = Duration::from_secs(3600);
    const DAY: Duration = Duration::from_secs(86_400);

    fn account() -> SubjectKey {
        SubjectKey::parse(SubjectKind::Account, "bob@example.com").unwrap()
    }

    fn open(register: &Register, subject: &SubjectKey, now: Timestamp) -> Option<Block> {
        let reason = Reason {
            rule: "burst".into(),
            counter: "spam".into(),
            count: 5,
            window: HOUR,
            sentence: "5 messages that look like spam within 1 hour".into(),
            monitored: false,
        };
        let tripped = Tripped {
            reason,
            messages: 9,
            spam: 5,
            owner: AtBlock { automatic_releases: Some(2), ..AtBlock::default() },
            length: None,
        };
        let reference = BlockRef::new(&format!("ref{}", now.as_secs())).unwrap();
        register.open(subject, tripped, reference, &BlockSettings::default(), now)
    }

    #[test]
    fn blocks_climb_the_ladder_and_its_last_step_repeats() {
        let register = Register::new();
        let (mut now, mut seen) = (START, Vec::new());
        for _ in 0..4 {
            let block = open(&register, &account(), now).unwrap();
            seen.push((block.strike, block.length, block.automatic_release));
            now = block.until();
            register.release(&account(), Releaser::Customer, now).unwrap();
            register.finish(&account()).unwrap();
        }
        assert_eq!(seen, [(1, HOUR, true), (2, DAY, true), (3, DAY * 30, false), (4, DAY * 30, false)]);
    }

    #[test]
    fn strikes_fade_after_the_end_of_the_block_not_its_beginning() {
        for (pause, strike) in [(DAY * 89, 2), (DAY * 91, 1)] {
            let register = Register::new();
            open(&register, &account(), START).unwrap();
            let released = START.after(DAY * 100);
            register.release(&account(), Releaser::Operator, released).unwrap();
            register.finish(&account()).unwrap();
            let now = released.after(pause);
            register.forget(&BlockSettings::default(), now);
            assert_eq!(open(&register, &account(), now).unwrap().strike, strike);
        }
    }

    #[test]
    fn a_customer_waits_for_the_time_and_reads_how_long() {
        let register = Register::new();
        let address = SubjectKey::parse(SubjectKind::Ip, "192.0.2.1").unwrap();
        open(&register, &address, START).unwrap();
        let now = START.after(HOUR - Duration::from_millis(128_500));
        let refused = register.release(&address, Releaser::Customer, now).unwrap_err();
        assert_eq!(refused.to_string(), "This IP address is still blocked for 129 seconds");
        assert!(register.release(&address, Releaser::Customer, START.after(HOUR)).is_ok());
        let refused = register.release(&account(), Releaser::Operator, now).unwrap_err();
        assert_eq!(refused.to_string(), "This account is not blocked");
    }

    #[test]
    fn a_block_beyond_the_automatic_ones_does_not_end_by_itself() {
        let register = Register::new();
        let mut now = START;
        for strike in 1..=3 {
            let block = open(&register, &account(), now).unwrap();
            now = block.until();
            assert_eq!(register.due(|_| false, now).len(), usize::from(strike < 3), "strike {strike}");
            register.release(&account(), Releaser::Operator, now).unwrap();
            register.finish(&account()).unwrap();
        }
    }

    #[test]
    fn a_second_trip_changes_nothing_and_attempts_are_kept() {
        let register = Register::new();
        let block = open(&register, &account(), START).unwrap();
        register.attempt(&account());
        assert_eq!(open(&register, &account(), START.after(HOUR)), None);
        let released = register.release(&account(), Releaser::Operator, START).unwrap();
        assert_eq!((released.attempts, released.reference), (1, block.reference));
        assert!(register.active(&account()).is_none());
    }

    #[test]
    fn a_changed_password_hears_how_the_block_ends_in_truth() {
        let register = Register::new();
        open(&register, &account(), START).unwrap();
        let told = |by| register.release(&account(), by, START).unwrap_err().to_string();
        assert_eq!(told(Releaser::Password(START)), "This account is released when its time is over");
        register.blocks.get_mut(&account()).unwrap().change(|block| block.automatic_release = false);
        assert_eq!(told(Releaser::Password(START)), "This account stays blocked until somebody releases it");
        assert_eq!(told(Releaser::Ticket), "This account stays blocked until somebody releases it");
    }

    #[test]
    fn who_has_another_way_out_does_not_wait_for_the_time() {
        let register = Register::new();
        let begin = |way_out, now| {
            open(&register, &account(), now).unwrap();
            let mut entry = register.blocks.get_mut(&account()).unwrap();
            entry.change(|block| (block.way_out, block.automatic_release) = (way_out, false));
        };
        let end = |by, now| register.release(&account(), by, now).map(|_| register.finish(&account()).unwrap());
        begin(WayOut::Ticket, START);
        let late = START.after(DAY);
        assert_eq!(register.due(|_| false, late), []);
        let refused = end(Releaser::Customer, late).unwrap_err().to_string();
        assert_eq!(refused, "This account is released through its ticket");
        assert!(end(Releaser::Password(late), late).is_err());
        assert_eq!(end(Releaser::Ticket, late).unwrap().released, Some((late, "ticket".into())));
        begin(WayOut::Password, late);
        assert!(end(Releaser::Ticket, late).is_err());
        let refused = end(Releaser::Password(late), late.after(HOUR)).unwrap_err().to_string();
        assert_eq!(refused, "This account was blocked after that password change: change the password again");
        assert!(end(Releaser::Password(late.after(HOUR)), late.after(HOUR)).is_ok());
    }
}
