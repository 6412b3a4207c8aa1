//! The real daemon over a store of 10,000 blocks and 1,000,000 flagged messages, with all that comes together beside them: how
//! long pages of console and API take, from connecting to the last byte; what a message costs while somebody polls them; and how
//! long a block takes to be on disk while four people search. Filling takes minutes and 3 GB in a directory that goes away.
//!
//! `cargo bench --bench console` · `BLOCKS=1000 cargo bench --bench console` for a first look · `-- pages`, `-- mail` or `-- trip`
//! for one of the three.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a bench measures, tells, and stops when it can't set its stage"
)]

#[path = "../stage/archive.rs"]
mod archive;
mod daemon;
#[path = "../stage/desk.rs"]
mod desk;
mod mail;
mod milter;
mod pages;
mod trip;
mod web;

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use archive::{MINUTE, OF_EACH, fill};
use daemon::Daemon;
use store::SqliteStore;

fn main() {
    let blocks: i64 = std::env::var("BLOCKS").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let directory = tempfile::tempdir().unwrap();
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    let base = now - blocks * MINUTE;
    filled(directory.path(), base, blocks);
    let daemon = Daemon::start(directory.path());
    if wanted("pages") {
        pages::measure(&daemon, base, blocks);
    }
    if wanted("trip") {
        trip::measure(&daemon);
    }
    if wanted("mail") {
        mail::measure(&daemon);
    }
}

/// The writer closes the store before the daemon opens it.
fn filled(directory: &std::path::Path, base: i64, blocks: i64) {
    let begun = Instant::now();
    let store = SqliteStore::open(&directory.join("state")).unwrap();
    store.sync(false).unwrap();
    desk::introduce(&store);
    fill(&store, base, blocks);
    desk::fill(&store, base, blocks);
    store.sync(true).unwrap();
    println!("{blocks} blocks, {} messages, written in {:.0} s", blocks * OF_EACH, begun.elapsed().as_secs_f64());
}

/// Nothing named is everything; cargo adds words of its own.
fn wanted(part: &str) -> bool {
    let mut named = std::env::args().skip(1).filter(|word| !word.starts_with('-')).peekable();
    named.peek().is_none() || named.any(|word| word == part)
}
