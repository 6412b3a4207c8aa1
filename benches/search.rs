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

use std::hint::black_box;
use std::time::{Duration, Instant};

use limits::{Archive, BlockFilter, EvidenceFilter, Holdings, PageAsk, Store, StoreError, Wanted};
use model::{Block, BlockState, Evidence, SubjectKey, SubjectKind, Timestamp};
use store::SqliteStore;
use testkit::samples::{block, evidence, reference, released};

const OF_EACH: i64 = 100;
const MINUTE: i64 = 60_000;
const TIMES: usize = 40;

fn main() {
    let blocks: i64 = std::env::var("BLOCKS").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    let begun = Instant::now();
    (0..blocks).for_each(|number| fill(&store, number));
    println!("{blocks} blocks, {} messages, written in {:.0} s", blocks * OF_EACH, begun.elapsed().as_secs_f64());
    println!("{:<52} {:>9} {:>9}  rows", "search", "median", "slowest");
    of_blocks(&store, blocks).unwrap();
    of_evidence(&store, blocks).unwrap();
}

/// Half of the blocks are of addresses in 198.18.0.0/15, half of accounts of 500 domains; one in ten is in force.
fn fill(store: &SqliteStore, number: i64) {
    let opened = Block { subject: subject(number), ..block(&format!("b{number:08}"), number * MINUTE) };
    let opened = if number % 10 == 0 { opened } else { released(opened, number * MINUTE + 1) };
    let messages: Vec<_> = (0..OF_EACH).map(|nth| message(number, nth)).collect();
    store.open_block(&opened, &messages, None).unwrap();
}

fn subject(number: i64) -> SubjectKey {
    let (kind, name) = match number % 2 {
        0 => (SubjectKind::Ip, format!("198.{}.{}.{}", 18 + number / 2 % 2, number / 256 % 256, number % 256)),
        _ => (SubjectKind::Account, format!("user{number}@d{}.example", number % 500)),
    };
    SubjectKey::parse(kind, &name).unwrap()
}

fn message(number: i64, nth: i64) -> Evidence {
    let mut message = evidence(number * MINUTE - OF_EACH + nth);
    message.score = 100 + i32::try_from((number * 7 + nth * 13) % 400).unwrap();
    message.destination_ip = format!("203.0.113.{}", (number + nth) % 250).parse().ok();
    message.headers = "Received: by a relay that nobody knows; and other lines of a header\n".repeat(8);
    message
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
    let last = message(blocks / 2, 5);
    let far = PageAsk { after: store.find_evidence(&any(), &PageAsk::first(1000))?.next, ..PageAsk::first(100) };
    for (name, filter, ask) in [
        ("evidence: the latest", any(), PageAsk::first(100)),
        ("evidence: a later page", any(), far),
        (
            "evidence: of one block",
            EvidenceFilter { block: Some(reference("b00000077")), ..any() },
            PageAsk::first(100),
        ),
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
