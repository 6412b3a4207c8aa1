//! What scoring costs: all signals over the features of an ordinary mail, a long text, and one full of list phrases.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use model::{Features, Mailbox};
use scoring::{Engine, ScoreSettings};

const LETTER: &str = "Dear Bob, the minutes of our meeting are below. We agreed on the new date for the delivery, the price \
    of the second batch, and who calls the printer. Please tell me when something is missing, or when the numbers differ \
    from what you wrote down; the next meeting is on Friday at ten.\n";
const PITCH: &str = "Dearest one, my late husband deposited the sum of ten million dollars with a security company. Act now, \
    limited time offer, earn extra income, work from home, lower your monthly mortgage, lose weight, this is not spam.\n";

fn features(text: &str, bytes: usize) -> Features {
    let mut features = Features::default();
    features.headers.from = vec![Mailbox { name: "Anna".into(), address: "anna@shop.example".into() }];
    features.headers.subject = Some("Minutes of our meeting".into());
    features.text.plain = text.chars().cycle().take(bytes).collect();
    features
}

fn scoring(criterion: &mut Criterion) {
    let engine = Engine::new(&ScoreSettings::default());
    let mails = [
        ("letter, 8 KiB", features(LETTER, 8 << 10)),
        ("letter, 64 KiB", features(LETTER, 64 << 10)),
        ("pitch, 64 KiB", features(PITCH, 64 << 10)),
    ];
    let mut group = criterion.benchmark_group("score");
    for (name, features) in &mails {
        group.bench_function(*name, |bench| bench.iter(|| engine.score(black_box(features))));
    }
    group.finish();
    criterion.bench_function("engine, built", |bench| bench.iter(|| Engine::new(black_box(&ScoreSettings::default()))));
}

criterion_group!(benches, scoring);
criterion_main!(benches);
