//! Any sequence of events, with a driven clock: no strike is lost, no ladder gets shorter, no block trips twice, and what
//! is enforced is what the transitions say.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::common::*;
use limits::{AtBlock, BlockRefused, Ledger, OwnTerms, RateDecision, Releaser, Rules, Terms};
use model::standing::Transition;
use model::{Block, BlockRef, BlockState, Identity, SubjectKey, Timestamp, WayOut};
use proptest::prelude::*;

const LADDER: [Duration; 3] = [HOUR, Duration::from_secs(86_400), Duration::from_secs(30 * 86_400)];

#[derive(Debug, Clone)]
enum Step {
    Send {
        who: usize,
        score: i32,
    },
    ByHand {
        who: usize,
        hours: Option<u64>,
    },
    Wait(u64),
    /// The clock is set back.
    Back(u64),
    Sweep,
    Tidy,
    Operator(usize),
    Customer(usize),
    Finish(usize),
    Reload,
    Restart,
    /// Whoever knows the owners answers from now on, or does so no more.
    Answers(bool),
    Adopt(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (0..3usize, prop_oneof![Just(0), Just(300)]).prop_map(|(who, score)| Step::Send { who, score }),
        1 => (0..3usize, prop::option::of(1u64..100)).prop_map(|(who, hours)| Step::ByHand { who, hours }),
        3 => (0u64..4000).prop_map(Step::Wait),
        1 => (0u64..3_000_000).prop_map(Step::Wait),
        1 => (0u64..200_000).prop_map(Step::Back),
        2 => Just(Step::Sweep),
        1 => Just(Step::Tidy),
        1 => (0..3usize).prop_map(Step::Operator),
        1 => (0..3usize).prop_map(Step::Customer),
        1 => (0..3usize).prop_map(Step::Finish),
        1 => Just(Step::Reload),
        1 => Just(Step::Restart),
        1 => any::<bool>().prop_map(Step::Answers),
        2 => (0..3usize).prop_map(Step::Adopt),
    ]
}

fn identity(who: usize) -> Identity {
    [bob(), login("ann@example.com", "192.0.2.1"), from("2001:db8::1")][who].clone()
}

fn subject(who: usize) -> SubjectKey {
    [account("bob@example.com"), account("ann@example.com"), address("2001:db8::1")][who].clone()
}

/// Bob's owner wants no automatic release, that of the address wants three, Ann's says nothing and has tickets. Nothing is
/// known of any while whoever knows them does not answer.
#[derive(Clone)]
struct Owners(Arc<AtomicBool>);

impl OwnTerms for Owners {
    fn at_block(&self, of: &SubjectKey) -> AtBlock {
        if self.0.load(Ordering::Relaxed) { known(of) } else { AtBlock { awaited: true, ..AtBlock::default() } }
    }
}

fn known(of: &SubjectKey) -> AtBlock {
    let releases = [(subject(0), 0), (subject(2), 3)].into_iter().find(|(known, _)| known == of);
    let way_out = if *of == subject(1) { WayOut::Ticket } else { WayOut::Time };
    AtBlock { way_out, automatic_releases: releases.map(|(_, most)| most), ..AtBlock::default() }
}

/// How many blocks of a ladder may end by themselves, for an owner who is known or for one nobody knows.
fn most(owner: &AtBlock) -> u32 {
    owner.automatic_releases.unwrap_or(2)
}

fn rules(owners: &Owners) -> Rules {
    Rules { rates: Vec::new(), terms: Terms::new(owners.clone()), ..Rules::default() }
}

/// What somebody knows who sees the transitions only.
struct Watcher {
    owners: Owners,
    ledger: Ledger,
    process: u64,
    now: Timestamp,
    latest: HashMap<SubjectKey, Block>,
    /// Every block as it was written last.
    written: HashMap<BlockRef, Block>,
    /// Spam of each subject since its last block or release.
    spam: HashMap<SubjectKey, u64>,
    /// What was known of the owner when the latest block of each subject began, or was adopted.
    settled: HashMap<SubjectKey, AtBlock>,
    /// Whose latest block has a length that an operator has said.
    measured: HashSet<SubjectKey>,
}

impl Watcher {
    fn run(&mut self, step: Step) -> Result<(), TestCaseError> {
        match step {
            Step::Send { who, score } => self.send(who, score)?,
            Step::ByHand { who, hours } => self.block_by_hand(who, hours.map(|hours| HOUR * hours as u32))?,
            Step::Wait(seconds) => self.now = self.now.after(Duration::from_secs(seconds)),
            Step::Back(seconds) => self.now = self.now.before(Duration::from_secs(seconds)),
            Step::Sweep => self.sweep()?,
            Step::Tidy => self.ledger.tidy(self.now),
            Step::Operator(who) => self.release(who, Releaser::Operator)?,
            Step::Customer(who) => self.release(who, Releaser::Customer)?,
            Step::Finish(who) => self
                .ledger
                .finish_release(&subject(who), self.now)
                .into_iter()
                .try_for_each(|change| self.see(change))?,
            Step::Reload => self.ledger.reload(rules(&self.owners)),
            Step::Restart => self.restart(),
            Step::Answers(answers) => self.owners.0.store(answers, Ordering::Relaxed),
            Step::Adopt(who) => self.adopt(who)?,
        }
        self.agree()
    }

    /// Whoever awaits an owner gets him when he is known, and runs on as nobody's when its time is over.
    fn adopt(&mut self, who: usize) -> Result<(), TestCaseError> {
        let awaits = self.latest.get(&subject(who)).is_some_and(Block::awaits_owner);
        let over = self.latest.get(&subject(who)).is_some_and(|block| block.until() <= self.now);
        let changed = self.ledger.adopt(&subject(who), self.now);
        let answers = self.owners.0.load(Ordering::Relaxed);
        prop_assert_eq!(changed.is_some(), awaits && (answers || over), "adopted at the wrong time");
        if changed.is_some() {
            self.settled.insert(subject(who), self.owners.at_block(&subject(who)));
        }
        changed.into_iter().try_for_each(|change| self.see(change))
    }

    /// Every block ends that may end by itself, and no other.
    fn sweep(&mut self) -> Result<(), TestCaseError> {
        self.ledger.sweep(self.now).into_iter().try_for_each(|change| self.see(change))?;
        let over = |block: &&Block| block.is_active() && block.until() <= self.now && block.way_out == WayOut::Time;
        for block in self.latest.values().filter(over) {
            let beyond = block.awaits_owner() || block.strike > most(&self.settled[&block.subject]);
            let may_stay = beyond && !self.measured.contains(&block.subject);
            prop_assert!(may_stay, "stayed although it may end: {:?}", block);
        }
        Ok(())
    }

    fn send(&mut self, who: usize, score: i32) -> Result<(), TestCaseError> {
        if self.ledger.blocked(&identity(who), self.now).is_some() {
            self.ledger.attempt(&subject(who));
            return Ok(());
        }
        *self.spam.entry(subject(who)).or_default() += u64::from(score >= 100);
        let changes = self.ledger.observe(&identity(who), &message(score), self.now);
        changes.into_iter().try_for_each(|change| self.see(change))
    }

    /// An operator blocks whoever is not blocked, for as long as he says.
    fn block_by_hand(&mut self, who: usize, length: Option<Duration>) -> Result<(), TestCaseError> {
        let blocked = self.latest.get(&subject(who)).filter(|block| block.is_active()).map(|block| &block.reference);
        let mut changes = match self.ledger.block_by_hand(&subject(who), "a stolen password.", length, self.now) {
            Err(BlockRefused::Blocked { reference, .. }) => {
                prop_assert_eq!(blocked, Some(&reference));
                return Ok(());
            }
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
            Ok(changes) => changes,
        };
        prop_assert_eq!(blocked, None, "blocked twice");
        let begun = changes.pop();
        // What ends before it may be a block of a measured length.
        changes.into_iter().try_for_each(|change| self.see(change))?;
        self.measured.remove(&subject(who));
        if let Some(Transition::Blocked { block, .. }) = &begun {
            prop_assert_eq!(block.reason.decided(), Some("a stolen password"));
            let promised = block.automatic_release || block.way_out == WayOut::Ticket;
            prop_assert!(length.is_none_or(|length| block.length == length && promised));
        }
        self.measured.extend(length.map(|_| subject(who)));
        begun.into_iter().try_for_each(|change| self.see(change))
    }

    fn release(&mut self, who: usize, by: Releaser) -> Result<(), TestCaseError> {
        let before = self.latest.get(&subject(who)).cloned();
        match self.ledger.release(&subject(who), by, self.now) {
            Ok(change) => {
                let early = before.is_none_or(|block| by == Releaser::Customer && block.until() > self.now);
                prop_assert!(!early, "released too early");
                self.see(change)
            }
            Err(_) => {
                let waits = |block: &Block| block.until() > self.now || block.way_out == WayOut::Ticket;
                let refused = before.is_none_or(|block| !block.is_active() || waits(&block));
                prop_assert!(refused, "refused without a reason");
                Ok(())
            }
        }
    }

    fn see(&mut self, change: Transition) -> Result<(), TestCaseError> {
        let (Transition::Blocked { block, .. } | Transition::Changed { block }) = &change;
        self.written.insert(block.reference.clone(), Block::clone(block));
        match change {
            Transition::Blocked { block, .. } => self.see_begin(*block),
            Transition::Changed { block } => self.see_change(*block),
        }
    }

    fn see_begin(&mut self, block: Block) -> Result<(), TestCaseError> {
        let spam = self.spam.insert(block.subject.clone(), 0).unwrap_or(0);
        let released = self.latest.get(&block.subject).and_then(|last| last.released.as_ref());
        let on_probation = released.is_some_and(|(at, _)| self.now.since(*at) < HOUR);
        if block.reason.decided().is_none() {
            self.measured.remove(&block.subject);
            prop_assert_eq!(block.reason.rule == "probation", on_probation, "{:?}", block);
            prop_assert!(spam >= if on_probation { 1 } else { 5 }, "tripped after {} spam", spam);
        }
        if let Some(last) = self.latest.get(&block.subject) {
            prop_assert_eq!(last.state, BlockState::Unblocked);
            let ended = last.released.as_ref().map_or(last.since, |(at, _)| *at);
            let remembered = self.now.since(ended) <= Duration::from_secs(90 * 86_400);
            prop_assert_eq!(block.strike, if remembered { last.strike + 1 } else { 1 });
        } else {
            prop_assert_eq!(block.strike, 1);
        }
        let step = LADDER.get(block.strike as usize - 1).or(LADDER.last());
        let is_step = step == Some(&block.length) || self.measured.contains(&block.subject);
        prop_assert!(is_step, "the ladder is longer or shorter: {:?}", block);
        let owner = self.owners.at_block(&block.subject);
        prop_assert_eq!((block.awaits_owner(), block.way_out), (owner.awaited, owner.way_out));
        let promises = block.automatic_release && !self.measured.contains(&block.subject);
        prop_assert!(!(block.awaits_owner() && promises), "an end was promised that nobody knows: {:?}", block);
        self.settled.insert(block.subject.clone(), owner);
        self.latest.insert(block.subject.clone(), block);
        Ok(())
    }

    fn see_change(&mut self, block: Block) -> Result<(), TestCaseError> {
        let last = self.latest.get(&block.subject).cloned();
        if last.as_ref().is_some_and(Block::awaits_owner) && block.is_active() {
            return self.see_adoption(last, block);
        }
        let from = last.as_ref().map(|last| (&last.reference, last.state));
        let expected = match block.state {
            BlockState::Unblocking => BlockState::BlockedForSpam,
            BlockState::Unblocked => BlockState::Unblocking,
            BlockState::BlockedForSpam => return Err(TestCaseError::fail("a block began as a change")),
        };
        prop_assert_eq!(from, Some((&block.reference, expected)));
        if block.state == BlockState::Unblocking {
            self.spam.insert(block.subject.clone(), 0);
        }
        let by_time = block.released.as_ref().is_some_and(|(_, by)| by == "time");
        if by_time && !self.measured.contains(&block.subject) {
            let most = most(&self.settled[&block.subject]);
            prop_assert!(block.strike <= most, "ended by itself once too often: {:?}", block);
        }
        prop_assert!(!by_time || block.way_out == WayOut::Time, "ended by the time: {:?}", block);
        self.latest.insert(block.subject.clone(), block);
        Ok(())
    }

    /// It is the same block, as long, on the same step; only how it ends is settled now.
    fn see_adoption(&mut self, last: Option<Block>, block: Block) -> Result<(), TestCaseError> {
        prop_assert_eq!((block.adopted(), block.way_out), (Some(self.now), self.settled[&block.subject].way_out));
        let Block { way_out, automatic_release, adoption, attempts, quota, .. } = block.clone();
        let as_before = last.map(|last| Block { way_out, automatic_release, adoption, attempts, quota, ..last });
        prop_assert_eq!(as_before.as_ref(), Some(&block));
        self.latest.insert(block.subject.clone(), block);
        Ok(())
    }

    /// A new process that reads what this one wrote.
    fn restart(&mut self) {
        self.process += 1;
        let next = ledger_of(self.process, rules(&self.owners));
        let forgotten = self.now.before(Duration::from_secs(90 * 86_400));
        let ended = |block: &Block| block.released.as_ref().map_or(block.since, |(at, _)| *at);
        let kept = |block: &&Block| block.state != BlockState::Unblocked || ended(block) >= forgotten;
        let mut written: Vec<_> = self.written.values().filter(kept).cloned().collect();
        written.sort_by_key(|block| (block.since, block.reference.clone()));
        next.restore(written, self.ledger.dirty_snapshots(self.now), self.now);
        self.ledger = next;
    }

    fn agree(&self) -> Result<(), TestCaseError> {
        for who in 0..3 {
            let enforced = self.ledger.blocked(&identity(who), self.now).map(|block| block.reference.clone());
            let told = self.latest.get(&subject(who)).filter(|block| block.is_active());
            prop_assert_eq!(enforced, told.map(|block| block.reference.clone()));
        }
        let active = self.latest.values().filter(|block| block.is_active()).count();
        prop_assert_eq!(self.ledger.blocked_len(), active);
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn enforcement_and_transitions_agree(steps in prop::collection::vec(step(), 1..200)) {
        let owners = Owners(Arc::new(AtomicBool::new(true)));
        let mut watcher = Watcher {
            ledger: ledger(rules(&owners)),
            owners,
            process: 0,
            now: START,
            latest: HashMap::new(),
            written: HashMap::new(),
            spam: HashMap::new(),
            settled: HashMap::new(),
            measured: HashSet::new(),
        };
        for step in steps {
            watcher.run(step)?;
        }
    }

    /// Retries of deferred messages, in any order and number, deliver each message once and stay within the limit; and
    /// nobody is stuck: after the limit's time everything that waited goes out.
    #[test]
    fn retries_never_count_twice(pauses in prop::collection::vec(0u64..900, 1..60), waiting in 1usize..400) {
        let ledger = ledger(Rules::default());
        let (mut left, mut now, mut sent) = (waiting, START, 0u64);
        for pause in pauses {
            now = now.after(Duration::from_secs(pause));
            while left > 0 && ledger.take(&bob(), ONE, now) == RateDecision::Within {
                left -= 1;
                sent += 1;
            }
            prop_assert!(sent <= 200 + now.since(START).as_secs() / 18);
            prop_assert!(left == 0 || sent >= now.since(START).as_secs() / 18);
        }
        prop_assert_eq!(ledger.rate(&bob(), ONE, now.after(HOUR)), RateDecision::Within);
    }
}
