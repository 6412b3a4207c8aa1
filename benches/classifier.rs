//! What the classifier costs beside all other signals, in bytes of text a second: the engine with it and without it.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use model::{Features, Mailbox};
use scoring::{Engine, ScoreSettings};

/// Different words by the hundred, as in a letter; repeated ones would be passed over.
fn letter(bytes: usize) -> Features {
    let mut features = Features::default();
    features.headers.from = vec![Mailbox { name: "Anna".into(), address: "anna@shop.example".into() }];
    features.headers.subject = Some("Minutes of our meeting".into());
    let syllables = ["me", "ta", "ron", "lis", "ver", "do", "ken", "pa", "sul", "gri", "wo", "nim"];
    let pairs = syllables.iter().flat_map(|first| syllables.iter().map(move |second| [*first, *second]));
    for (pair, last) in pairs.zip(syllables.iter().cycle().skip(1)).cycle() {
        if features.text.plain.len() >= bytes {
            break;
        }
        features.text.plain.push_str(&pair.concat());
        features.text.plain.push_str(if features.text.plain.len().is_multiple_of(3) { " " } else { last });
        features.text.plain.push(' ');
    }
    features
}

fn engine(with_classifier: bool) -> Engine {
    let mut settings = ScoreSettings::default();
    if !with_classifier {
        settings.points.0.insert("content_classifier".into(), 0);
    }
    Engine::new(&settings)
}

fn classifying(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("classifier");
    for (name, bytes) in [("1 KiB", 1 << 10), ("8 KiB", 8 << 10), ("64 KiB", 64 << 10)] {
        let features = letter(bytes);
        group.throughput(Throughput::Bytes(bytes as u64));
        for (with, which) in [(true, "all signals"), (false, "all but the classifier")] {
            let engine = engine(with);
            group.bench_function(format!("{which}, {name}"), |bench| bench.iter(|| engine.score(black_box(&features))));
        }
    }
    group.finish();
}

criterion_group!(benches, classifying);
criterion_main!(benches);
