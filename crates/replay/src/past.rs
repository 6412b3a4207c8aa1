//! A journal under another configuration: the recorded signals with the new points, beside what happened then.
//!
//! What a journal can't tell: signals and rules of the operator's own that were not looked for then, and the content of what
//! was refused unread. All of it is counted and named in [`Then`].

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use journal::{Began, Change, Entry, Judgement, TurnedAway};
use model::envelope::Path;
use model::{
    BlockState, ClientAddr, Envelope, Features, Hit, Login, Message, Network, Score, Session, SignalName, SubjectKey,
    Submission, Timestamp, Via,
};
use pipeline::Known;
use scoring::{RuleRow, ScoreSettings};
use serde::Serialize;

use crate::rehearsal::{Fate, Mail, Outcome, Rehearsal};
use crate::report::{named, shown_at};

/// What happened when the journal was written, and what can't be known.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Then {
    /// Messages by what was answered then and what would be answered now, as `accept -> reject`.
    pub answers: BTreeMap<String, u64>,
    /// Messages and sessions that were refused before their content then.
    pub refused_unread: u64,
    /// Of those, how many would be let in now: nobody knows what they held.
    pub unknown: u64,
    /// The blocks of then.
    pub blocks: Vec<BlockThen>,
    /// Lines that could not be read.
    pub damaged_lines: u64,
    /// Signals with points now that were not looked for then.
    pub not_looked_for: BTreeSet<String>,
    /// Signals seen then that are unknown now; their points are kept.
    pub unknown_signals: BTreeSet<String>,
}

impl Then {
    /// Takes up what another journal told.
    pub fn merge(&mut self, other: Self) {
        for (change, count) in other.answers {
            *self.answers.entry(change).or_default() += count;
        }
        self.refused_unread += other.refused_unread;
        self.unknown += other.unknown;
        self.blocks.extend(other.blocks);
        self.damaged_lines += other.damaged_lines;
        self.not_looked_for.extend(other.not_looked_for);
        self.unknown_signals.extend(other.unknown_signals);
    }
}

/// A block as it was.
#[derive(Debug, Clone, Serialize)]
pub struct BlockThen {
    /// Whom it stopped.
    #[serde(serialize_with = "named")]
    pub subject: SubjectKey,
    /// The rule.
    pub rule: String,
    /// When it began.
    #[serde(serialize_with = "shown_at")]
    pub since: Timestamp,
    /// Whether it was only noted (monitor mode).
    pub noted: bool,
}

/// Feeds a journal to a rehearsal.
pub struct Past<'a> {
    stage: &'a mut Rehearsal,
    points: BTreeMap<String, i32>,
    spam: i32,
    began: Began,
    then: Then,
}

impl<'a> Past<'a> {
    /// Before a stage whose configuration has these points, and these rules of the operator's own.
    pub fn new(stage: &'a mut Rehearsal, score: &ScoreSettings, own_rules: &[RuleRow]) -> Self {
        let built_in = score.points_in_force().map(|(name, points)| (name.to_owned(), points));
        let own = own_rules.iter().map(|rule| (rule.name.clone(), rule.points));
        let points = built_in.chain(own).collect();
        Self { stage, points, spam: score.spam, began: Began::default(), then: Then::default() }
    }

    /// Takes the next entry.
    pub fn take(&mut self, entry: Entry) {
        match entry {
            Entry::Began(began) => self.begin(began),
            Entry::Message(message) => self.message(&message),
            Entry::Refused(refused) => self.refused(&refused),
            Entry::Block(change) => self.changed(&change),
        }
    }

    /// Takes all entries; `told` hears of the progress.
    ///
    /// # Errors
    /// When a file can't be read.
    pub fn take_all(mut self, mut from: journal::Journal, mut told: impl FnMut(&journal::Journal)) -> io::Result<Then> {
        while let Some(entry) = from.next() {
            self.take(entry?);
            told(&from);
        }
        self.then.damaged_lines = from.damaged();
        Ok(self.then)
    }

    fn begin(&mut self, began: Began) {
        let looked_for = |name: &str| began.points.get(name).is_some_and(|points| *points != 0);
        let new = self.points.iter().filter(|(name, points)| **points != 0 && !looked_for(name));
        self.then.not_looked_for.extend(new.map(|(name, _)| name.clone()));
        self.began = began;
    }

    fn message(&mut self, then: &Judgement) {
        let mut features = Features::default();
        features.headers.message_id = then.id.as_deref().and_then(model::MessageId::new);
        let known = (features, self.score(then));
        let outcome = self.stage.send(Mail { at: then.at, submission: submission(then), known: Known::Score(&known) });
        if !then.read {
            self.then.refused_unread += 1;
            self.then.unknown += u64::from(outcome.fate == Fate::Left);
        }
        let did = then.would.as_deref().unwrap_or(&then.did);
        *self.then.answers.entry(format!("{did} -> {}", word(&outcome))).or_default() += 1;
    }

    /// The recorded signals with the points of now. A signal that gave a part of its points gives that part.
    fn score(&mut self, then: &Judgement) -> Score {
        let mut hits = Vec::new();
        for (name, points) in &then.hits {
            let old = self.began.points.get(name).copied().unwrap_or_default();
            let points = match self.points.get(name.as_str()) {
                None => {
                    // An exemption is no signal, and nobody's mistake.
                    if name != pipeline::EXEMPT {
                        self.then.unknown_signals.insert(name.clone());
                    }
                    *points
                }
                Some(new) if old == 0 || *new == old => *points,
                Some(new) => scaled(*points, *new, old),
            };
            if points != 0 {
                hits.push(Hit { signal: SignalName(name.clone().into()), points, why: String::new() });
            }
        }
        scoring::settled(hits, self.spam)
    }

    /// Only a refusal at connection or MAIL stands for a message; single recipients come again by themselves.
    fn refused(&mut self, then: &TurnedAway) {
        if then.noted || then.stage == "rcpt" {
            return;
        }
        self.then.refused_unread += 1;
        let session = session(then.via, then.account.clone(), then.ip);
        let let_in = self.stage.knock(then.at, &session, then.stage == "connect");
        self.then.unknown += u64::from(let_in);
    }

    fn changed(&mut self, change: &Change) {
        match (change.state, change.by.as_deref()) {
            (BlockState::BlockedForSpam, _) => self.then.blocks.push(BlockThen {
                subject: change.subject.clone(),
                rule: change.rule.clone(),
                since: change.at,
                noted: change.noted,
            }),
            // Blocks whose time is over end by themselves in the rehearsal, too.
            (BlockState::Unblocking, Some(by)) if by != "time" => self.stage.release(&change.subject, change.at),
            (BlockState::Unblocking | BlockState::Unblocked, _) => {}
        }
    }
}

fn scaled(points: i32, new: i32, old: i32) -> i32 {
    let scaled = i64::from(points) * i64::from(new) / i64::from(old);
    i32::try_from(scaled).unwrap_or(new)
}

/// What stands for a message of which only the line is left.
fn submission(then: &Judgement) -> Submission {
    let session = session(then.via, then.account.clone(), then.ip);
    let sender = then.from.as_ref().map(|domain| Path::new(&format!("sender@{domain}"))).unwrap_or_default();
    let recipients: Vec<_> = then.to.iter().map(|number| Path::new(&format!("{number:x}"))).collect();
    let envelope =
        Envelope { sender, recipients, recipient_count: then.n, refused_count: then.lost, ..Envelope::default() };
    Submission { session, envelope, message: Message { size: then.size, truncated: true, ..Message::default() } }
}

fn session(via: Via, account: Option<model::AccountName>, ip: Option<Network>) -> Arc<Session> {
    let client = ip.map(|network| ClientAddr::new(network.net().addr()));
    let login = account.map(|account| Login { account, mechanism: String::new() });
    Arc::new(Session { client, login, ..Session::new(via) })
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome.fate {
        Fate::Left => "accept",
        Fate::Held => "hold",
        Fate::Deferred => "defer",
        Fate::Refused => "reject",
    }
}
