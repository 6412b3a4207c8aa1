//! One message through the whole judge: extract, score, count, decide. Everything but the socket and the disk.
#![allow(clippy::expect_used, missing_docs, reason = "a bench that can't set its stage must stop")]

use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use limits::{AlertJob, BlockSettings, Ledger, RateRule, Rules, TripRule};
use model::envelope::Path;
use model::event::NoEvents;
use model::time::ManualClock;
use model::{AccountName, Block, Envelope, Evidence, Login, Message, Session, Submission, Timestamp, Via};
use pipeline::{Blocking, Durably, IdentitySettings, Journal, Judge, Mode, OnFailure, Policy, Reeve};
use scoring::{Engine, ScoreSettings};

const PERSON: &[u8] = include_bytes!("../tests/mail/ham/person.eml");
const NEWSLETTER: &[u8] = include_bytes!("../tests/mail/ham/newsletter.eml");
const PHISHING: &[u8] = include_bytes!("../tests/mail/spam/phishing.eml");

fn judge(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let reeve = reeve();
    let mut group = criterion.benchmark_group("judge");
    for (name, raw) in [("person", PERSON), ("newsletter", NEWSLETTER), ("phishing", PHISHING)] {
        let mut number = 0u32;
        group.throughput(Throughput::Bytes(raw.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                number = number.wrapping_add(1);
                runtime.block_on(reeve.judge(submission(raw, number)))
            });
        });
    }
    group.finish();
}

/// Ten thousand accounts take turns, so that records are not all in the cache.
fn submission(raw: &[u8], number: u32) -> Submission {
    let account = AccountName::from_login(&format!("user{}@shop.example", number % 10_000)).expect("a name");
    let session = Session { login: Some(Login { account, mechanism: "PLAIN".into() }), ..Session::new(Via::Milter) };
    let mut envelope = Envelope { sender: Path::new("<someone@shop.example>"), ..Envelope::default() };
    envelope.add_recipient(Path::new("<friend@recipient.example>"));
    Submission { session: Arc::new(session), envelope, message: Message::whole(raw.to_vec()) }
}

fn reeve() -> Reeve {
    let rules = Rules {
        trips: TripRule::defaults(),
        rates: RateRule::defaults(),
        overrides: Vec::new(),
        blocks: BlockSettings::default(),
        monitor: false,
        ..Rules::default()
    };
    let policy = Policy {
        // Nothing is refused unread, so every message takes the whole path.
        mode: Mode::Monitor,
        node: "node.example".into(),
        score: ScoreSettings::default(),
        identity: IdentitySettings::default(),
        blocks: rules.blocks.clone(),
        link: "https://help.example/b/{ref}".into(),
        on_store_failure: OnFailure::Continue,
        on_scorer_failure: OnFailure::Continue,
        alerts: false,
    };
    let engine = Engine::new(&policy.score);
    let seed = std::sync::atomic::AtomicU64::new(1);
    let entropy = move || u128::from(seed.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    let ledger = Arc::new(Ledger::new(rules, entropy));
    let events = Arc::new(NoEvents);
    let clock = Arc::new(ManualClock::at(Timestamp::from_secs(1_790_000_000)));
    Reeve::new(policy, engine, ledger, Blocking::new(Arc::new(Forgetful), Arc::clone(&events) as _), events, clock)
}

/// A journal that takes no time.
struct Forgetful;

impl Journal for Forgetful {
    fn open_block(&self, _: Block, _: Vec<Evidence>, _: Option<AlertJob>) -> Durably {
        Box::pin(std::future::ready(Ok(())))
    }

    fn update_block(&self, _: Block) -> Durably {
        Box::pin(std::future::ready(Ok(())))
    }

    fn keep(&self, _: model::Kept) -> Durably {
        Box::pin(std::future::ready(Ok(())))
    }

    fn forget(&self, _: model::Shelf, _: String) -> Durably {
        Box::pin(std::future::ready(Ok(())))
    }

    fn is_healthy(&self) -> bool {
        true
    }
}

criterion_group!(benches, judge);
criterion_main!(benches);
