//! The first page: what happens now.

use minijinja::Value;
use model::{SubjectKey, Timestamp};
use serde::Serialize;
use telemetry::Minute;

use super::LIVE;
use super::block::{BlockRow, subject_href};
use super::subject::CountRow;
use crate::chart::{Chart, spark};
use crate::health::{Remark, joined};
use crate::render::Page;
use crate::words::Words;

/// What happens now.
#[derive(Debug, Serialize)]
pub struct NowPage {
    now: i64,
    /// The worst state of a part.
    worst: &'static str,
    tiles: [Tile; 4],
    chart: Chart,
    blocks: Vec<BlockRow>,
    senders: Vec<Sender>,
    parts: Vec<PartRow>,
    live: u32,
}

#[derive(Debug, Serialize)]
struct Tile {
    word: &'static str,
    value: u64,
    day: u64,
    spark: Value,
}

/// Who sends much.
#[derive(Debug, Clone, Serialize)]
pub struct Sender {
    href: String,
    kind: &'static str,
    name: String,
    messages: u64,
    spam: u64,
    /// The rule it is nearest to.
    nearest: Option<CountRow>,
}

impl Sender {
    /// A subject with what it sent, and where it stands with its rules.
    pub fn of(subject: &SubjectKey, messages: u64, spam: u64, counts: Vec<CountRow>) -> Self {
        let nearest =
            counts.into_iter().filter(|count| !count.is_rate && count.percent > 0).max_by_key(|count| count.percent);
        Self {
            href: subject_href(subject),
            kind: subject.kind().as_str(),
            name: subject.name(),
            messages,
            spam,
            nearest,
        }
    }
}

/// A part of the daemon and how it does.
#[derive(Debug, Clone)]
pub struct HealthPart {
    /// Its name.
    pub name: String,
    /// `working`, `degraded` or `down`.
    pub state: &'static str,
    /// Since when, in milliseconds since 1970.
    pub since: i64,
    /// What is told of it.
    pub remarks: Vec<Remark>,
}

/// A part as it is shown.
#[derive(Debug, Serialize)]
struct PartRow {
    /// The key of its name in the reader's language; what is named in the configuration is called so.
    word: Option<String>,
    name: String,
    state: &'static str,
    since: i64,
    /// What its failing means, where there are words for it.
    fails: Option<String>,
    /// What goes on meanwhile, or what it does.
    sentence: String,
    /// What was reported, as it was.
    reported: Vec<String>,
}

impl PartRow {
    fn of(part: HealthPart, words: &Words) -> Self {
        let known = |list| Some(format!("{list}.{}", part.name)).filter(|key| words.knows(key));
        let (word, fails) = (known("part"), known("fails"));
        let mut reported = Vec::new();
        let mut told = Vec::new();
        for remark in part.remarks {
            match remark {
                Remark::Failed(error) => reported.push(error),
                other => told.push(other),
            }
        }
        let fails = fails.filter(|_| !reported.is_empty());
        Self {
            word,
            name: part.name,
            state: part.state,
            since: part.since,
            fails,
            sentence: joined(&told, words),
            reported,
        }
    }
}

impl NowPage {
    /// The page of this moment; `blocked` is how many are blocked.
    pub fn new(
        minutes: &[Minute],
        now: Timestamp,
        blocked: u64,
        (blocks, senders): (Vec<BlockRow>, Vec<Sender>),
        mut parts: Vec<HealthPart>,
        words: &Words,
    ) -> Self {
        // What needs somebody comes first.
        parts.sort_by_key(|part| ["down", "degraded"].iter().position(|state| part.state == *state).unwrap_or(2));
        let tile = |word, of: fn(&Minute) -> u64, class| Tile::of(word, minutes, now, of, class);
        let began = Tile { value: blocked, ..tile("blocked", |minute| minute.blocks, "spam") };
        Self {
            now: now.0,
            worst: parts.first().map_or("working", |part| part.state),
            tiles: [
                tile("messages", |minute| minute.messages, "messages"),
                tile("spam", |minute| minute.spam, "spam"),
                tile("refused", |minute| minute.refused, "refused"),
                began,
            ],
            chart: Chart::of(minutes, now, words),
            blocks,
            senders,
            parts: parts.into_iter().map(|part| PartRow::of(part, words)).collect(),
            live: LIVE,
        }
    }
}

impl Tile {
    fn of(word: &'static str, minutes: &[Minute], now: Timestamp, of: fn(&Minute) -> u64, class: &str) -> Self {
        let day = minutes.iter().map(of).fold(0, u64::saturating_add);
        // The minute that runs is not over: the one before it is told, with what came since.
        let value = minutes.iter().rev().take(2).map(of).max().unwrap_or_default();
        Self { word, value, day, spark: spark(minutes, now, class, of) }
    }
}

impl Page for NowPage {
    const TEMPLATE: &'static str = "now.html";
}
