//! Pages of 10,000 blocks and 1,000,000 flagged messages in SQLite, as the console and the API ask for them: the median and
//! the slowest of 40 each. Bounded: filling takes a few minutes, needs some 2 GB, and happens in a directory that goes away.
//!
//! `cargo bench --bench search` · `BLOCKS=1000 cargo bench --bench search` for a first look.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a bench measures, tells, and stops when it can't set its stage"
)]

#[path = "stage/archive.rs"]
mod archive;

use std::hint::black_box;
use std::time::{Duration, Instant};

use limits::{Archive, BlockFilter, EvidenceFilter, Holdings, PageAsk, StoreError, Wanted};
use model::{BlockState, Timestamp};
use store::SqliteStore;

use archive::{MINUTE, OF_EACH, fill, message, named, subject};

const TIMES: usize = 40;

fn main() {
    let blocks: i64 = std::env::var("BLOCKS").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    let begun = Instant::now();
    fill(&store, 0, blocks);
    println!("{blocks} blocks, {} messages, written in {:.0} s", blocks * OF_EACH, begun.elapsed().as_secs_f64());
    println!("{:<52} {:>9} {:>9}  rows", "search", "median", "slowest");
    of_blocks(&store, blocks).unwrap();
    of_evidence(&store, blocks).unwrap();
}

fn of_blocks(store: &SqliteStore, blocks: i64) -> Result<(), StoreError> {
    let any = BlockFilter::default;
    let middle = PageAsk { after: store.find_blocks(&any(), &PageAsk::first(1000))?.next, ..PageAsk::first(100) };
    for (name, filter, ask) in [
        ("blocks: the latest", any(), PageAsk::first(100)),
        ("blocks: a later page", any(), middle),
        ("blocks: in force", BlockFilter { state: Some(BlockState::BlockedForSpam), ..any() }, PageAsk::first(100)),
        (
            "blocks: of one subject",
            BlockFilter { subject: Some(Wanted::Exactly(subject(77))), ..any() },
            PageAsk::first(100),
        ),
        (
            "blocks: a name's beginning",
            BlockFilter { subject: Some(Wanted::Beginning("user77".into())), ..any() },
            PageAsk::first(100),
        ),
        ("blocks: of a /24", BlockFilter { within: Some(network("198.18.7.0/24")), ..any() }, PageAsk::first(100)),
        (
            "blocks: of the widest owner",
            BlockFilter { within: Some(network("0.0.0.0/0")), ..any() },
            PageAsk::first(100),
        ),
        (
            "blocks: of a rule that never tripped",
            BlockFilter { rule: Some("none".into()), ..any() },
            PageAsk::first(100),
        ),
        (
            "blocks: the oldest week",
            BlockFilter { until: Some(Timestamp(blocks * MINUTE / 20)), ..any() },
            PageAsk::first(100),
        ),
    ] {
        measured(name, || Ok(store.find_blocks(&filter, &ask)?.rows.len()))?;
    }
    measured("blocks: counted", || store.count_blocks(&any()))
}

fn of_evidence(store: &SqliteStore, blocks: i64) -> Result<(), StoreError> {
    let any = EvidenceFilter::default;
    let last = message(0, blocks / 2, 5);
    let far = PageAsk { after: store.find_evidence(&any(), &PageAsk::first(1000))?.next, ..PageAsk::first(100) };
    for (name, filter, ask) in [
        ("evidence: the latest", any(), PageAsk::first(100)),
        ("evidence: a later page", any(), far),
        ("evidence: of one block", EvidenceFilter { block: Some(named(77)), ..any() }, PageAsk::first(100)),
        ("evidence: of one subject", EvidenceFilter { subject: Some(subject(77)), ..any() }, PageAsk::first(100)),
        ("evidence: by Message-ID", EvidenceFilter { message_id: last.message_id, ..any() }, PageAsk::first(100)),
        ("evidence: by destination", EvidenceFilter { destination: last.destination_ip, ..any() }, PageAsk::first(100)),
        ("evidence: high scores", EvidenceFilter { score: Some(498), ..any() }, PageAsk::first(100)),
        ("evidence: scores that none has", EvidenceFilter { score: Some(9999), ..any() }, PageAsk::first(100)),
        ("evidence: of a /24", EvidenceFilter { within: Some(network("198.18.7.0/24")), ..any() }, PageAsk::first(100)),
        (
            "evidence: of the widest owner",
            EvidenceFilter { within: Some(network("0.0.0.0/0")), ..any() },
            PageAsk::first(100),
        ),
        (
            "evidence: an old hour",
            EvidenceFilter { since: Some(Timestamp(9 * MINUTE)), until: Some(Timestamp(69 * MINUTE)), ..any() },
            PageAsk::first(100),
        ),
    ] {
        measured(name, || Ok(store.find_evidence(&filter, &ask)?.rows.len()))?;
    }
    measured("evidence: counted", || store.count_evidence(&any()))
}

fn network(text: &str) -> Holdings {
    Holdings::network(text.parse().unwrap())
}

fn measured(name: &str, search: impl Fn() -> Result<usize, StoreError>) -> Result<(), StoreError> {
    let rows = search()?;
    let mut times = (0..TIMES).map(|_| timed(&search)).collect::<Result<Vec<_>, _>>()?;
    times.sort();
    let millis = |time: Option<&Duration>| time.map_or(0.0, Duration::as_secs_f64) * 1000.0;
    println!("{name:<52} {:>6.2} ms {:>6.2} ms  {rows}", millis(times.get(TIMES / 2)), millis(times.last()));
    Ok(())
}

fn timed(search: &impl Fn() -> Result<usize, StoreError>) -> Result<Duration, StoreError> {
    let begun = Instant::now();
    black_box(search()?);
    Ok(begun.elapsed())
}
