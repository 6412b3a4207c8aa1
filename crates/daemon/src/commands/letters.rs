//! `portreeve alerts list`: letters and what became of them, read from the store, whether the daemon runs or not.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use limits::{AlertJob, Bounce, LetterKind, LetterStore};
use serde_json::{Value, json};
use store::SqliteStore;

use crate::out::say;

/// More bounces than this are not looked through.
const MANY: usize = 10_000;

/// A letter, and what came back of it.
struct Line {
    letter: AlertJob,
    bounces: Vec<Bounce>,
}

pub(crate) fn list(directory: &Path, only_bounced: bool, limit: usize, as_json: bool) -> anyhow::Result<ExitCode> {
    let mut lines = lines(directory, if only_bounced { MANY } else { limit })?;
    lines.retain(|line| !only_bounced || !line.bounces.is_empty());
    lines.truncate(limit);
    if as_json {
        say!("{}", serde_json::to_string_pretty(&lines.iter().map(Line::json).collect::<Vec<_>>())?);
    } else if lines.is_empty() {
        say!("There is no {}letter.", if only_bounced { "bounced " } else { "" });
    } else {
        say!(
            "{:<16}  {:<6}  {:<10}  {:<8}  {:<24}  {:<5}  WHY",
            "BLOCK",
            "LETTER",
            "KIND",
            "STATE",
            "WRITTEN",
            "TRIES"
        );
        lines.iter().for_each(Line::print);
    }
    Ok(ExitCode::from(u8::from(lines.is_empty())))
}

/// What did not arrive at one of these addresses, latest first; nothing where there is no store yet.
pub(crate) fn bounces_to(directory: &Path, addresses: &[String]) -> anyhow::Result<Vec<Bounce>> {
    let Some(store) = reader(directory)? else { return Ok(Vec::new()) };
    let mut bounces = store.bounces(None, MANY)?;
    bounces.retain(|bounce| addresses.iter().any(|address| address.eq_ignore_ascii_case(&bounce.recipient)));
    Ok(bounces)
}

fn lines(directory: &Path, limit: usize) -> anyhow::Result<Vec<Line>> {
    let Some(store) = reader(directory)? else { return Ok(Vec::new()) };
    let bounces = store.bounces(None, MANY)?;
    let of = |letter: &AlertJob| {
        let is_of = |bounce: &&Bounce| bounce.block == letter.block && bounce.letter == letter.number;
        bounces.iter().filter(is_of).cloned().collect()
    };
    Ok(store.letters(limit)?.into_iter().map(|letter| Line { bounces: of(&letter), letter }).collect())
}

fn reader(directory: &Path) -> anyhow::Result<Option<SqliteStore>> {
    if !directory.exists() {
        return Ok(None);
    }
    let store = SqliteStore::open_read_only(directory);
    store.map(Some).with_context(|| format!("the store {} can't be read", directory.display()))
}

impl Line {
    fn state(&self) -> &'static str {
        match (&self.letter.sent, &self.letter.given_up) {
            _ if !self.bounces.is_empty() => "bounced",
            (Some(_), _) => "sent",
            (None, Some(_)) => "given up",
            (None, None) => "waits",
        }
    }

    fn why(&self) -> String {
        let told = self.bounces.iter().map(|bounce| format!("{}: {} {}", bounce.recipient, bounce.status, bounce.said));
        told.chain(self.letter.last_error.clone()).collect::<Vec<_>>().join("; ")
    }

    fn print(&self) {
        let AlertJob { block, number, kind, created, tries, .. } = &self.letter;
        let (kind, state, written) = (word(kind), self.state(), created.to_string());
        say!("{block:<16}  {number:<6}  {kind:<10}  {state:<8}  {written:<24}  {tries:<5}  {}", self.why());
    }

    fn json(&self) -> Value {
        json!({ "letter": self.letter, "kind": word(&self.letter.kind), "state": self.state(), "bounces": self.bounces })
    }
}

/// The kind without what it carries, as it is kept.
fn word(kind: &LetterKind) -> String {
    match serde_json::to_value(kind) {
        Ok(Value::String(word)) => word,
        Ok(Value::Object(fields)) => fields.into_iter().map(|(word, _)| word).next().unwrap_or_default(),
        _ => String::new(),
    }
}
