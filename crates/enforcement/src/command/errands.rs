//! Who has to be told what: the difference between the blocks in force and what the command was told; pure.
//!
//! One errand for a subject at a time: a release never overtakes the block it ends. What was wanted and is no longer,
//! before anybody was told, is forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use model::{Block, SubjectKey, Timestamp};

/// The pauses after the first failures, in seconds; the last one stands for all that follow.
const PAUSES: [u64; 5] = [1, 5, 30, 120, 300];
/// More subjects than this are not kept in mind; what is beyond waits until there is room.
const MOST: usize = 100_000;

/// What the command is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    /// The subject is blocked.
    Blocked,
    /// It is no longer.
    Released,
}

/// One thing to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Errand {
    /// The block.
    pub(crate) block: Block,
    /// What of it.
    pub(crate) goal: Goal,
}

/// What becomes of an errand after a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    /// It was told.
    Told,
    /// It is tried again.
    Again,
    /// It has failed for too long.
    GivenUp,
}

struct Entry {
    errand: Errand,
    progress: Progress,
    tries: usize,
    since: Timestamp,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Waiting(Timestamp),
    Running,
    /// Another errand of the subject has taken the place of the one that runs.
    Superseded,
    Settled,
}

/// All errands.
pub(super) struct Errands {
    entries: BTreeMap<SubjectKey, Entry>,
    waiting: BTreeSet<(Timestamp, SubjectKey)>,
    give_up_after: Duration,
    untold: usize,
}

impl Errands {
    pub(super) fn new(give_up_after: Duration) -> Self {
        Self { entries: BTreeMap::new(), waiting: BTreeSet::new(), give_up_after, untold: 0 }
    }

    /// An earlier process has told of these blocks: their release is owed, unless they turn out to be in force.
    pub(super) fn resume(&mut self, known: Vec<Block>, now: Timestamp) {
        for block in known.into_iter().take(MOST) {
            let (subject, errand) = (block.subject.clone(), Errand { block, goal: Goal::Released });
            let entry = Entry { errand, progress: Progress::Waiting(now), tries: 1, since: now };
            self.waiting.insert((now, subject.clone()));
            self.entries.insert(subject, entry);
        }
    }

    /// These blocks are in force, and no others.
    pub(super) fn follow(&mut self, blocks: Vec<Block>, now: Timestamp) {
        let blocked: BTreeMap<_, _> = blocks.into_iter().map(|block| (block.subject.clone(), block)).collect();
        let ended = self
            .entries
            .iter()
            .filter(|(subject, entry)| entry.errand.goal == Goal::Blocked && !blocked.contains_key(*subject));
        for subject in ended.map(|(subject, _)| subject.clone()).collect::<Vec<_>>() {
            self.end(&subject, now);
        }
        self.untold = 0;
        for (subject, block) in blocked {
            self.begin(subject, block, now);
        }
    }

    fn begin(&mut self, subject: SubjectKey, block: Block, now: Timestamp) {
        let errand = Errand { block, goal: Goal::Blocked };
        match self.entries.get(&subject) {
            Some(entry) if entry.errand.is_of(&errand) => {}
            Some(_) => self.supersede(&subject, errand, now),
            None if self.entries.len() >= MOST => self.untold += 1,
            None => {
                self.waiting.insert((now, subject.clone()));
                self.entries.insert(subject, Entry { errand, progress: Progress::Waiting(now), tries: 0, since: now });
            }
        }
    }

    fn end(&mut self, subject: &SubjectKey, now: Timestamp) {
        let Some(entry) = self.entries.get(subject) else { return };
        let untouched = entry.tries == 0 && matches!(entry.progress, Progress::Waiting(_));
        if untouched {
            self.forget(subject);
        } else {
            let errand = Errand { goal: Goal::Released, ..entry.errand.clone() };
            self.supersede(subject, errand, now);
        }
    }

    fn supersede(&mut self, subject: &SubjectKey, errand: Errand, now: Timestamp) {
        let Some(entry) = self.entries.get_mut(subject) else { return };
        (entry.errand, entry.since) = (errand, now);
        match entry.progress {
            Progress::Running | Progress::Superseded => entry.progress = Progress::Superseded,
            Progress::Waiting(_) | Progress::Settled => self.wait(subject, now),
        }
    }

    /// The next errand that is due; it runs from here on.
    pub(super) fn next(&mut self, now: Timestamp) -> Option<Errand> {
        let (due, subject) = self.waiting.first().filter(|(due, _)| *due <= now)?.clone();
        self.waiting.remove(&(due, subject.clone()));
        let entry = self.entries.get_mut(&subject)?;
        entry.progress = Progress::Running;
        entry.tries = entry.tries.saturating_add(1);
        Some(entry.errand.clone())
    }

    /// A run has ended.
    pub(super) fn settle(&mut self, ran: &Errand, worked: bool, now: Timestamp) -> Settled {
        let subject = &ran.block.subject;
        let Some(entry) = self.entries.get_mut(subject) else { return Settled::Told };
        if worked {
            entry.tries = 1;
        }
        let pause = PAUSES
            .get(entry.tries.saturating_sub(1))
            .or(PAUSES.last())
            .copied()
            .map_or(Duration::ZERO, Duration::from_secs);
        let is_over = now.since(entry.since) >= self.give_up_after;
        match (entry.progress, worked) {
            (Progress::Superseded, _) => {
                self.wait(subject, now);
                if worked { Settled::Told } else { Settled::Again }
            }
            (_, true) => {
                self.close(subject);
                Settled::Told
            }
            (_, false) if is_over => {
                self.close(subject);
                Settled::GivenUp
            }
            (_, false) => {
                self.wait(subject, now.after(pause));
                Settled::Again
            }
        }
    }

    /// Nothing more to say; a subject that is released is forgotten.
    fn close(&mut self, subject: &SubjectKey) {
        match self.entries.get_mut(subject) {
            Some(entry) if entry.errand.goal == Goal::Blocked => entry.progress = Progress::Settled,
            _ => self.forget(subject),
        }
    }

    fn wait(&mut self, subject: &SubjectKey, due: Timestamp) {
        let Some(entry) = self.entries.get_mut(subject) else { return };
        if let Progress::Waiting(before) = entry.progress {
            self.waiting.remove(&(before, subject.clone()));
        }
        entry.progress = Progress::Waiting(due);
        self.waiting.insert((due, subject.clone()));
    }

    fn forget(&mut self, subject: &SubjectKey) {
        if let Some(Entry { progress: Progress::Waiting(due), .. }) = self.entries.remove(subject) {
            self.waiting.remove(&(due, subject.clone()));
        }
    }

    /// How long nothing is due; `None` when nothing waits.
    pub(super) fn pause(&self, now: Timestamp) -> Option<Duration> {
        self.waiting.first().map(|(due, _)| due.since(now))
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Whether an errand waits because it has failed.
    pub(super) fn is_failing(&self) -> bool {
        let failed = |(due, subject): &(Timestamp, SubjectKey)| {
            self.entries.get(subject).is_some_and(|entry| entry.tries > 0 && *due > entry.since)
        };
        self.waiting.iter().any(failed)
    }

    /// Blocks that found no room.
    pub(super) fn untold(&self) -> usize {
        self.untold
    }
}

impl Errand {
    fn is_of(&self, other: &Self) -> bool {
        self.goal == other.goal && self.block.reference == other.block.reference
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use testkit::samples;

    use super::*;

    fn block(subject: u8, reference: u32) -> Block {
        Block { subject: samples::account(&format!("user{subject}")), ..samples::block(&format!("ref{reference}"), 0) }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_secs(second)
    }

    fn errands() -> Errands {
        Errands::new(Duration::from_secs(600))
    }

    #[test]
    fn a_block_is_told_once_and_its_release_after_it() {
        let mut errands = errands();
        errands.follow(vec![block(1, 1)], at(0));
        let first = errands.next(at(0)).unwrap();
        assert_eq!((first.goal, errands.next(at(0))), (Goal::Blocked, None));
        errands.follow(Vec::new(), at(1));
        assert_eq!(errands.next(at(1)), None, "the release waits for the run under way");
        assert_eq!(errands.settle(&first, true, at(2)), Settled::Told);
        let second = errands.next(at(2)).unwrap();
        assert_eq!((second.goal, &second.block), (Goal::Released, &block(1, 1)));
        assert_eq!(errands.settle(&second, true, at(3)), Settled::Told);
        assert!(errands.entries.is_empty() && errands.waiting.is_empty());
    }

    #[test]
    fn what_nobody_was_told_of_needs_no_release() {
        let mut errands = errands();
        errands.follow(vec![block(1, 1)], at(0));
        errands.follow(Vec::new(), at(1));
        assert_eq!(errands.next(at(1)), None);
    }

    #[test]
    fn failures_are_tried_again_with_growing_pauses_and_given_up() {
        let mut errands = errands();
        errands.follow(vec![block(1, 1)], at(0));
        let mut now = at(0);
        let mut pauses = Vec::new();
        loop {
            let errand = errands.next(now).unwrap();
            let settled = errands.settle(&errand, false, now);
            let Some(pause) = errands.pause(now) else { break assert_eq!(settled, Settled::GivenUp) };
            assert!(errands.is_failing());
            pauses.push(pause.as_secs());
            now = now.after(pause);
        }
        assert_eq!(pauses, [1, 5, 30, 120, 300, 300]);
        assert!(!errands.is_failing());
    }

    #[test]
    fn too_many_wait_until_there_is_room() {
        let mut errands = errands();
        let many = |count: u32| {
            (0..count).map(|n| Block { subject: samples::account(&format!("u{n:07}")), ..block(0, n) }).collect()
        };
        errands.follow(many(MOST as u32 + 3), at(0));
        assert_eq!((errands.waiting(), errands.untold()), (MOST, 3));
        errands.follow(many(5), at(1));
        assert_eq!((errands.waiting(), errands.untold()), (5, 0));
    }

    #[test]
    fn after_a_restart_blocks_are_told_again_and_releases_that_were_not_told() {
        let mut errands = errands();
        errands.resume(vec![block(1, 1), block(2, 2), block(3, 3)], at(0));
        errands.follow(vec![block(1, 1), block(3, 4)], at(0));
        let told: Vec<_> = std::iter::from_fn(|| errands.next(at(0))).map(|one| (one.goal, one.block)).collect();
        assert_eq!(told, [(Goal::Blocked, block(1, 1)), (Goal::Released, block(2, 2)), (Goal::Blocked, block(3, 4))]);
    }

    proptest! {
        /// Whatever happens meanwhile, crashes too, a command that works in the end has been told last what is the case.
        #[test]
        fn the_last_word_is_the_truth(steps in proptest::collection::vec((0u8..5, 0u8..3, any::<bool>()), 1..60)) {
            let (mut errands, mut now) = (errands(), at(0));
            let (mut blocked, mut told, mut running) = (BTreeMap::new(), Told::default(), Vec::new());
            for (number, (step, subject, works)) in (0u32..).zip(steps) {
                now = now.after(Duration::from_secs(2));
                match step {
                    0 => { blocked.entry(subject).or_insert(block(subject, number)); }
                    1 => { blocked.remove(&subject); }
                    2 => running.extend(errands.next(now).inspect(|errand| told.starts(errand))),
                    3 => {
                        errands = self::errands();
                        running.drain(..).filter(|_| works).for_each(|errand| told.hears(&errand));
                        errands.resume(told.known.values().cloned().collect(), now);
                    }
                    _ => if let Some(errand) = running.pop() { tell(&mut errands, &mut told, &errand, works, now) },
                }
                errands.follow(blocked.values().cloned().collect(), now);
                let subjects: BTreeSet<_> = running.iter().map(|errand: &Errand| &errand.block.subject).collect();
                prop_assert_eq!(subjects.len(), running.len(), "one run for a subject at a time");
            }
            for errand in running { tell(&mut errands, &mut told, &errand, true, now) }
            now = now.after(Duration::from_secs(300));
            while let Some(errand) = errands.next(now) {
                told.starts(&errand);
                tell(&mut errands, &mut told, &errand, true, now);
            }
            let truth: BTreeMap<_, _> = blocked.into_values().map(|block| (block.subject.clone(), block)).collect();
            prop_assert_eq!(&told.blocked, &truth);
            prop_assert_eq!(&told.known, &truth, "nothing is kept of who is released");
        }
    }

    /// What the command has in force, and what is noted of that.
    #[derive(Default)]
    struct Told {
        blocked: BTreeMap<SubjectKey, Block>,
        known: BTreeMap<SubjectKey, Block>,
    }

    impl Told {
        fn starts(&mut self, errand: &Errand) {
            if errand.goal == Goal::Blocked {
                self.known.insert(errand.block.subject.clone(), errand.block.clone());
            }
        }

        fn hears(&mut self, errand: &Errand) {
            let subject = errand.block.subject.clone();
            match errand.goal {
                Goal::Blocked => self.blocked.insert(subject, errand.block.clone()),
                Goal::Released => self.blocked.remove(&subject),
            };
        }
    }

    fn tell(errands: &mut Errands, told: &mut Told, errand: &Errand, works: bool, now: Timestamp) {
        if works {
            told.hears(errand);
            if errand.goal == Goal::Released {
                told.known.remove(&errand.block.subject);
            }
        }
        errands.settle(errand, works, now);
    }
}
