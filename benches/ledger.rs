//! What counting costs a message: `observe`, `take` and the look-up of a blocked sender, with many subjects.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use limits::{Cost, Ledger, Observation, Rules};
use model::envelope::ForwardPath;
use model::{AccountName, ClientAddr, Identity, Timestamp};

const START: Timestamp = Timestamp::from_secs(1_700_000_000);
const COST: Cost = Cost { messages: 1, recipients: 1, bytes: 8192 };

fn main_bench(criterion: &mut Criterion) {
    for subjects in [10_000, 1_000_000] {
        let senders: Vec<_> = (0..subjects).map(sender).collect();
        let ledger = filled(&senders);
        let mut group = criterion.benchmark_group(format!("ledger/{subjects}"));
        group.throughput(Throughput::Elements(1));
        let turn = turns(&senders);
        group.bench_function("observe", |b| {
            b.iter_batched(
                &turn,
                |sender| black_box(ledger.observe(sender, &ordinary(), START)),
                BatchSize::SmallInput,
            );
        });
        group.bench_function("take", |b| {
            b.iter_batched(&turn, |sender| black_box(ledger.take(sender, COST, START)), BatchSize::SmallInput);
        });
        group.bench_function("blocked", |b| {
            b.iter_batched(&turn, |sender| black_box(ledger.blocked(sender, START)), BatchSize::SmallInput);
        });
        group.finish();
    }
}

fn sender(number: u32) -> Identity {
    let account = AccountName::from_login(&format!("user{number}@customer{}.example", number % 1000));
    let address = format!("2001:db8:{:x}:{:x}::1", number >> 16, number & 0xffff);
    Identity { account, network: ClientAddr::parse(&address).map(ClientAddr::network), domain: None }
}

fn ordinary() -> Observation<'static> {
    const NOBODY: &[ForwardPath] = &[];
    Observation {
        is_message: true,
        score: 10,
        is_spam: false,
        is_unusual: false,
        recipients: NOBODY,
        recipient_count: 1,
        refused_recipients: 0,
        bytes: 8192,
        network: None,
        evidence: None,
    }
}

/// A ledger that knows all senders, and a hundred of them as blocked.
fn filled(senders: &[Identity]) -> Ledger {
    let count = AtomicU64::new(1);
    let mut rules = Rules::default();
    rules.blocks.max_subjects = 10_000_000;
    let ledger = Ledger::new(rules, move || u128::from(count.fetch_add(1, Ordering::Relaxed)) << 40);
    for sender in senders {
        ledger.observe(sender, &ordinary(), START);
    }
    for sender in senders.iter().take(100) {
        (0..5)
            .for_each(|_| _ = ledger.observe(sender, &Observation { score: 300, is_spam: true, ..ordinary() }, START));
    }
    ledger
}

/// Walks over the senders in an order that no cache foresees.
fn turns<'s>(senders: &'s [Identity]) -> impl Fn() -> &'s Identity {
    let at = AtomicU64::new(0);
    move || {
        let number = at.fetch_add(0x9E37_79B9, Ordering::Relaxed) as usize % senders.len();
        senders.get(number).unwrap_or(&NOBODY)
    }
}

const NOBODY: Identity = Identity { account: None, network: None, domain: None };

criterion_group!(benches, main_bench);
criterion_main!(benches);
