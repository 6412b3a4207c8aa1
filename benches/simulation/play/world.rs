//! Runs senders against a rehearsal, in the order of their messages.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

use features::FeatureLimits;
use model::{AccountName, ClientAddr, Hit, SubjectKey, Timestamp};
use pipeline::Known;
use replay::{Fate, Mail, Outcome, Rehearsal, Setup};

use super::figures::{Figures, Harm, Theft};
use super::habit::Habit;
use super::material::Material;
use super::ordinary::Ordinary;
use super::post::{Actor, Post};
use super::rng::Rng;
use super::thief::{DAY, Thief};
use super::way::Attack;

/// How much is simulated.
#[derive(Debug, Clone)]
pub(crate) struct Scale {
    /// Days; thieves come on the last but one, so that their victims have a past.
    pub(crate) days: u32,
    /// Ordinary accounts.
    pub(crate) accounts: usize,
    /// Stolen accounts of each style.
    pub(crate) thieves: usize,
    /// The styles.
    pub(crate) attacks: Vec<Attack>,
    /// The seed.
    pub(crate) seed: u64,
}

/// A Monday, 2026-09-07.
const START: Timestamp = Timestamp::from_secs(1_788_739_200);
/// An MTA does not come back sooner, and waits twice as long each time, until it is as long as that.
const QUEUE_RUN: Duration = Duration::from_secs(300);
const LONGEST: Duration = Duration::from_secs(4000);
/// A campaign that is spread is spread over so many accounts.
const SPREAD: usize = 50;

struct World {
    stage: Rehearsal,
    actors: Vec<Cast>,
    turns: BinaryHeap<Reverse<(Timestamp, u64, usize)>>,
    /// With the time of the latest attempt.
    waiting: Vec<Option<(Post, Timestamp)>>,
    turn: u64,
    until: Timestamp,
    figures: Figures,
}

struct Cast {
    actor: Box<dyn Actor>,
    rng: Rng,
    subject: Option<SubjectKey>,
    theft: Option<Theft>,
    worst: (i32, Vec<Hit>),
}

/// Plays it all: ordinary senders with thieves among them, and then each thief (or campaign) where nothing like it was seen
/// before, so that no thief is betrayed by another.
pub(crate) fn play(scale: &Scale, material: &Rc<Material>, setup: &Setup) -> std::io::Result<Figures> {
    let mut figures = town(scale, cast(scale, material), setup.clone())?;
    figures.thefts.clear();
    for attack in &scale.attacks {
        let alone = if *attack == Attack::Spread { SPREAD } else { 1 };
        let mut thieves: Vec<_> = (0..scale.thieves).map(|thief| stolen(*attack, thief, scale, material)).collect();
        while !thieves.is_empty() {
            let some = thieves.split_off(thieves.len().saturating_sub(alone));
            let found = town(scale, some, setup.clone())?.thefts.remove(attack.as_str()).unwrap_or_default();
            figures.thefts.entry(attack.as_str()).or_default().extend(found);
        }
    }
    Ok(figures)
}

fn town(scale: &Scale, actors: Vec<Cast>, setup: Setup) -> std::io::Result<Figures> {
    let until = START.after(DAY * scale.days);
    let figures = Figures { days: scale.days.into(), ..Figures::default() };
    let (turns, waiting) = (BinaryHeap::new(), Vec::new());
    let mut world = World { stage: Rehearsal::new(setup)?, actors, turns, waiting, turn: 0, until, figures };
    world.run();
    Ok(world.sum_up())
}

fn cast(scale: &Scale, material: &Rc<Material>) -> Vec<Cast> {
    let root = Rng::new(scale.seed);
    let mut cast = Vec::new();
    let tells = START.after(DAY * scale.days.saturating_sub(2));
    for habit in Habit::ALL {
        for _ in 0..(scale.accounts * habit.share()).div_ceil(100) {
            let number = cast.len();
            let mut rng = root.split(number as u64);
            let actor = Ordinary::new(habit, number, tells, material, &mut rng);
            cast.push(Cast::new(Box::new(actor), None, rng));
        }
    }
    for attack in &scale.attacks {
        cast.extend((0..scale.thieves).map(|thief| stolen(*attack, thief, scale, material)));
    }
    cast
}

fn stolen(attack: Attack, thief: usize, scale: &Scale, material: &Rc<Material>) -> Cast {
    let number = 10_000 + 1000 * attack as usize + thief;
    let mut rng = Rng::new(scale.seed).split(number as u64);
    let text = if attack == Attack::Spread { thief / SPREAD } else { thief };
    let begins = START.after(DAY * scale.days.saturating_sub(2) + Duration::from_secs(rng.between(0, 86_399)));
    let actor = Thief::new(attack, number, text * 97, begins, material, &mut rng);
    let theft = Theft { began: actor.begins(), text, ..Theft::default() };
    Cast::new(Box::new(actor), Some(theft), rng)
}

impl Cast {
    fn new(actor: Box<dyn Actor>, theft: Option<Theft>, rng: Rng) -> Self {
        let name = actor.name();
        let subject = match name.parse::<IpAddr>() {
            Ok(address) => Some(SubjectKey::Ip(ClientAddr::new(address).network())),
            Err(_) => AccountName::from_login(&name).map(SubjectKey::Account),
        };
        Self { actor, rng, subject, theft, worst: (i32::MIN, Vec::new()) }
    }
}

/// Places in the heap from here on are messages that come back, not senders.
const RETRY: usize = 1 << 40;

impl World {
    fn run(&mut self) {
        for index in 0..self.actors.len() {
            self.schedule(START, index);
        }
        while let Some(Reverse((now, _, place))) = self.turns.pop() {
            if now > self.until {
                break;
            }
            match place.checked_sub(RETRY) {
                None => self.act(now, place),
                Some(place) => self.come_back(now, place),
            }
        }
    }

    /// The order of what happens at one instant is the order in which it was scheduled.
    fn schedule(&mut self, at: Timestamp, place: usize) {
        self.turn += 1;
        self.turns.push(Reverse((at, self.turn, place)));
    }

    fn act(&mut self, now: Timestamp, index: usize) {
        let Some(cast) = self.actors.get_mut(index) else { return };
        let (posts, next) = cast.actor.act(now, &mut cast.rng);
        if let Some(next) = next {
            self.schedule(next, index);
        }
        for post in posts {
            let outcome = self.send(now, &post);
            self.note(index, &post, &outcome, now);
            if !post.stolen && outcome.fate == Fate::Deferred {
                let place = RETRY + self.waiting.len();
                self.waiting.push(Some((post, now)));
                self.schedule(now.after(outcome.retry_after.unwrap_or_default().max(QUEUE_RUN)), place);
            }
        }
    }

    /// A message that was delayed was counted as such the first time.
    fn come_back(&mut self, now: Timestamp, place: usize) {
        let Some((post, came)) = self.waiting.get_mut(place).and_then(Option::take) else { return };
        let outcome = self.send(now, &post);
        if outcome.fate == Fate::Deferred {
            let pause = (now.since(came) * 2).min(LONGEST).max(outcome.retry_after.unwrap_or_default());
            self.schedule(now.after(pause.max(QUEUE_RUN)), RETRY + place);
            if let Some(waiting) = self.waiting.get_mut(place) {
                *waiting = Some((post, now));
            }
        }
    }

    fn send(&mut self, at: Timestamp, post: &Post) -> Outcome {
        let submission = post.submission();
        let read = || features::extract(&submission, at, &FeatureLimits::default());
        let known = match post.content.shared {
            true => Known::Content(post.content.known.get_or_init(read)),
            false => Known::Nothing,
        };
        self.stage.send(Mail { at, submission, known })
    }

    fn note(&mut self, index: usize, post: &Post, outcome: &Outcome, now: Timestamp) {
        let Some(cast) = self.actors.get_mut(index) else { return };
        let Some(theft) = &mut cast.theft else { return self.note_ordinary(index, post, outcome) };
        let blocked = cast.subject.as_ref().and_then(|subject| self.stage.block(subject));
        if theft.blocked.is_none() && now >= theft.began {
            theft.rule = blocked.as_ref().map(|block| block.reason.rule.clone());
            theft.blocked = blocked.map(|block| block.since);
        }
        if post.stolen {
            if let Some(score) = outcome.score {
                theft.score = (theft.score.0 + i64::from(score), theft.score.1 + 1);
                theft.hits.clone_from(&outcome.hits);
            }
            let left = u64::from(outcome.fate == Fate::Left);
            theft.in_all += left;
            theft.stopped += 1 - left;
            theft.leaked += if theft.blocked.is_none() { left } else { 0 };
        }
    }

    fn note_ordinary(&mut self, index: usize, post: &Post, outcome: &Outcome) {
        let Some(cast) = self.actors.get_mut(index).filter(|_| !post.stolen) else { return };
        if let Some(score) = outcome.score.filter(|score| *score > cast.worst.0) {
            cast.worst = (score, outcome.hits.clone());
        }
        let kind = self.figures.ordinary.entry(cast.actor.kind()).or_default();
        kind.messages += 1;
        if let Some(score) = outcome.score.filter(|score| *score > kind.worst.0) {
            kind.worst = (score, outcome.hits.clone());
        }
        kind.delayed += u64::from(outcome.fate == Fate::Deferred || outcome.deferred_recipients > 0);
        kind.refused += u64::from(outcome.fate == Fate::Refused);
    }

    fn sum_up(mut self) -> Figures {
        for cast in self.actors {
            let kind = cast.actor.kind();
            if let Some(theft) = cast.theft {
                self.figures.thefts.entry(kind).or_default().push(theft);
                continue;
            }
            let line = self.stage.blocks().iter().find(|line| Some(&line.block.subject) == cast.subject.as_ref());
            let ordinary = self.figures.ordinary.entry(kind).or_default();
            ordinary.accounts += 1;
            if let Some(line) = line {
                ordinary.blocked += 1;
                let why = format!("{}: {}", line.rule, line.why);
                ordinary.why.get_or_insert_with(|| why.clone());
                self.figures.harms.push(Harm { kind, why, since: line.since, worst: cast.worst });
            }
        }
        self.figures
    }
}
