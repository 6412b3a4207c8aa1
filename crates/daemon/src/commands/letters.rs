//! `portreeve alerts list`: letters and what became of them, read from the store, whether the daemon runs or not.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use api::native::documents::{self, Page};
use limits::{AlertJob, Bounce, LetterName, LetterPlace, LetterState, LetterStore, Posted};
use store::SqliteStore;

use super::{cut, tell_next};
use crate::out::{json, say};

/// More bounces than this are not looked through.
const MANY: usize = 10_000;

/// Which letters, and how they are printed.
pub(crate) struct Wanted<'w> {
    /// Only those that did not arrive.
    pub(crate) only_bounced: bool,
    /// Behind which one.
    pub(crate) after: Option<&'w str>,
    /// At most so many.
    pub(crate) limit: usize,
    /// For a program.
    pub(crate) as_json: bool,
}

pub(crate) fn list(directory: &Path, wanted: &Wanted<'_>) -> anyhow::Result<ExitCode> {
    let Page { rows, next } = posted(directory, wanted)?;
    let is_empty = rows.is_empty();
    tell_next(next.as_deref());
    if wanted.as_json {
        json(&documents::letters(Page { rows, next }))?;
    } else if is_empty {
        say!("There is no {}letter.", if wanted.only_bounced { "bounced " } else { "" });
    } else {
        say!("{:<18}  {:<16}  {:<8}  {:<24}  {:<5}  {:<32}  WHY", "ID", "KIND", "STATE", "WRITTEN", "TRIES", "REACHED");
        rows.iter().for_each(print);
    }
    Ok(ExitCode::from(u8::from(is_empty)))
}

/// What did not arrive at one of these addresses, latest first; nothing where there is no store yet.
pub(crate) fn bounces_to(directory: &Path, addresses: &[String]) -> anyhow::Result<Vec<Bounce>> {
    let Some(store) = reader(directory)? else { return Ok(Vec::new()) };
    let mut bounces = store.bounces(None, MANY)?;
    bounces.retain(|bounce| addresses.iter().any(|address| address.eq_ignore_ascii_case(&bounce.recipient)));
    Ok(bounces)
}

fn posted(directory: &Path, wanted: &Wanted<'_>) -> anyhow::Result<Page<Posted>> {
    let Some(store) = reader(directory)? else { return Ok(Page { rows: Vec::new(), next: None }) };
    let wrong = || anyhow::anyhow!("--after: expected what an earlier page told as next");
    let after = wanted.after.map(|text| LetterPlace::parse(text).ok_or_else(wrong)).transpose()?;
    let state = wanted.only_bounced.then_some(LetterState::Bounced);
    let letters =
        store.letters_after(&after.unwrap_or_else(LetterPlace::top), state, wanted.limit.saturating_add(1))?;
    let Page { rows, next } = cut(letters, wanted.limit, |last| LetterPlace::of(last).to_string());
    Ok(Page { rows: store.posted(rows)?, next })
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
