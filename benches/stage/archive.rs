//! A store as it is after a bad week: blocks by the minute, a hundred flagged messages each.

use limits::{AlertJob, Store};
use model::{Block, BlockRef, Evidence, SubjectKey, SubjectKind, Timestamp};
use std::time::Duration;
use store::SqliteStore;
use testkit::samples::{block, evidence, reference, released};

/// Flagged messages of a block.
pub(crate) const OF_EACH: i64 = 100;
/// A block begins every minute.
pub(crate) const MINUTE: i64 = 60_000;

/// Fills a store with blocks that began from `base` (milliseconds) on.
pub(crate) fn fill(store: &SqliteStore, base: i64, blocks: i64) {
    for number in 0..blocks {
        let messages: Vec<_> = (0..OF_EACH).map(|nth| message(base, number, nth)).collect();
        store.open_block(&opened(base, number), &messages, Some(&letter(base, number))).unwrap();
    }
}

/// Half of the blocks are of addresses in 198.18.0.0/15, half of accounts of 500 domains; one in ten is in force.
fn opened(base: i64, number: i64) -> Block {
    let since = base + number * MINUTE;
    let begun = Block { subject: subject(number), ..block(named(number).as_str(), since) };
    // Nobody is let go while it is measured.
    let begun = Block { automatic_release: false, length: Duration::from_secs(30 * 86_400), ..begun };
    if number % 10 == 0 { begun } else { released(begun, since + 1) }
}

/// Whom a block stops.
pub(crate) fn subject(number: i64) -> SubjectKey {
    let (kind, name) = match number % 2 {
        0 => (SubjectKind::Ip, format!("198.{}.{}.{}", 18 + number / 2 % 2, number / 256 % 256, number % 256)),
        _ => (SubjectKind::Account, format!("user{number}@d{}.example", number % 500)),
    };
    SubjectKey::parse(kind, &name).unwrap()
}

/// A block's reference: 16 letters and digits, as those of the daemon.
pub(crate) fn named(number: i64) -> BlockRef {
    let digits = (0..8).map(|place| char::from(b'a' + u8::try_from(number >> (4 * place) & 15).unwrap()));
    reference(&format!("{}{}", "bench234", digits.collect::<String>()))
}

/// One of its flagged messages.
pub(crate) fn message(base: i64, number: i64, nth: i64) -> Evidence {
    let mut message = evidence(base + number * MINUTE - OF_EACH + nth);
    message.score = 100 + i32::try_from((number * 7 + nth * 13) % 400).unwrap();
    message.destination_ip = format!("203.0.113.{}", (number + nth) % 250).parse().ok();
    message.headers = "Received: by a relay that nobody knows; and other lines of a header\n".repeat(8);
    message
}

/// The letter that a block is opened with, sent.
pub(crate) fn letter(base: i64, number: i64) -> AlertJob {
    let begun = Timestamp(base + number * MINUTE);
    AlertJob { tries: 1, sent: Some(begun), ..AlertJob::first(&opened(base, number), "bench.example") }
}
