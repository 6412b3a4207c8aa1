//! `portreeve alerts list`: letters and what became of them, read from the store, whether the daemon runs or not.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use limits::{AlertJob, Bounce, LetterName, LetterState, LetterStore, Posted};
use serde_json::{Value, json};
use store::SqliteStore;

use crate::out::say;

/// More bounces than this are not looked through.
const MANY: usize = 10_000;

pub(crate) fn list(directory: &Path, only_bounced: bool, limit: usize, as_json: bool) -> anyhow::Result<ExitCode> {
    let posted = posted(directory, only_bounced.then_some(LetterState::Bounced), limit)?;
    if as_json {
        say!("{}", serde_json::to_string_pretty(&posted.iter().map(as_value).collect::<Vec<_>>())?);
    } else if posted.is_empty() {
        say!("There is no {}letter.", if only_bounced { "bounced " } else { "" });
    } else {
        say!("{:<18}  {:<16}  {:<8}  {:<24}  {:<5}  {:<32}  WHY", "ID", "KIND", "STATE", "WRITTEN", "TRIES", "REACHED");
        posted.iter().for_each(print);
    }
    Ok(ExitCode::from(u8::from(posted.is_empty())))
}

/// What did not arrive at one of these addresses, latest first; nothing where there is no store yet.
pub(crate) fn bounces_to(directory: &Path, addresses: &[String]) -> anyhow::Result<Vec<Bounce>> {
    let Some(store) = reader(directory)? else { return Ok(Vec::new()) };
    let mut bounces = store.bounces(None, MANY)?;
    bounces.retain(|bounce| addresses.iter().any(|address| address.eq_ignore_ascii_case(&bounce.recipient)));
    Ok(bounces)
}

fn posted(directory: &Path, state: Option<LetterState>, limit: usize) -> anyhow::Result<Vec<Posted>> {
    let Some(store) = reader(directory)? else { return Ok(Vec::new()) };
    Ok(store.posted(store.letters(state, limit)?)?)
}

fn reader(directory: &Path) -> anyhow::Result<Option<SqliteStore>> {
    if !directory.exists() {
        return Ok(None);
    }
    let store = SqliteStore::open_read_only(directory);
    store.map(Some).with_context(|| format!("the store {} can't be read", directory.display()))
}

fn print(posted: &Posted) {
    let AlertJob { kind, created, tries, told, .. } = &posted.letter;
    let id = LetterName::of(&posted.letter);
    let (kind, state, written) = (kind.word(), posted.state().as_str(), created.to_string());
    let notes: Vec<_> =
        posted.told_elsewhere().into_iter().chain(Some(posted.why()).filter(|why| !why.is_empty())).collect();
    let (told, why) = (told.join(", "), notes.join("; "));
    say!("{id:<18}  {kind:<16}  {state:<8}  {written:<24}  {tries:<5}  {told:<32}  {why}");
}

fn as_value(posted: &Posted) -> Value {
    let (about, kind) = (posted.letter.about.to_string(), posted.letter.kind.word());
    let id = LetterName::of(&posted.letter).to_string();
    json!({ "id": id, "about": about, "letter": posted.letter, "kind": kind, "state": posted.state().as_str(), "bounces": posted.bounces })
}
