//! The first page: what happens now.

use minijinja::Value;
use model::{SubjectKey, Timestamp};
use serde::Serialize;
use telemetry::Minute;

use super::LIVE;
use super::block::{BlockRow, subject_href};
use super::subject::CountRow;
use crate::chart::{Chart, spark};
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
#[derive(Debug, Clone, Serialize)]
pub struct HealthPart {
    /// Its name.
    pub name: String,
    /// `working`, `degraded` or `down`.
    pub state: &'static str,
    /// Since when, in milliseconds since 1970.
    pub since: i64,
    /// What that means.
    pub sentence: String,
}

/// A part as it is shown.
#[derive(Debug, Serialize)]
struct PartRow {
    /// The key of its name in the reader's language; what is named in the configuration is called so.
    word: Option<String>,
    #[serde(flatten)]
    part: HealthPart,
}

impl PartRow {
    fn of(part: HealthPart, words: &Words) -> Self {
        let word = Some(part.name.clone()).filter(|name| words.knows(&format!("part.{name}")));
        Self { word, part }
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
