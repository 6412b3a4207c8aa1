//! What scoring costs: all signals over the features of an ordinary mail, a long text, and one full of list phrases; each
//! family of signals by itself over a newsletter; rules of the operator's.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use model::features::{HtmlFacts, UrlFact, UrlHost, UrlSource};
use model::{DomainName, Features, Mailbox};
use scoring::{Engine, RuleBook, RuleRow, ScoreSettings, table};

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

/// A newsletter of 8 KiB with sixty links to three hosts.
fn newsletter() -> Features {
    let mut features = features(LETTER, 8 << 10);
    features.text.html = std::mem::take(&mut features.text.plain);
    features.html = Some(HtmlFacts { visible_chars: 8000, links: 60, bytes: 30_000, ..HtmlFacts::default() });
    let hosts = ["www.shop.example", "images.shop.example", "click.mailer.example"];
    features.urls = hosts.iter().cycle().take(60).enumerate().map(|(number, host)| link(host, number)).collect();
    features
}

fn link(host: &str, number: usize) -> UrlFact {
    let name = DomainName::new(host);
    UrlFact {
        url: format!("https://{host}/offer/{number}?utm=letter"),
        scheme: "https".into(),
        host: name.clone().map_or(UrlHost::Address([192, 0, 2, 1].into()), UrlHost::Name),
        registrable: name,
        has_userinfo: false,
        port: None,
        path: format!("/offer/{number}?utm=letter"),
        source: UrlSource::Link,
        disguised_address: false,
    }
}

/// An engine in which the signals of all other families are off.
fn only(family: &str) -> Engine {
    let mut settings = ScoreSettings::default();
    let others = table::TABLE.iter().filter(|row| row.family != family);
    settings.points.0.extend(others.map(|row| (row.name.to_owned(), 0)));
    Engine::new(&settings)
}

/// Every family pays for the one search for phrases as well: "none" is what that costs.
fn families(criterion: &mut Criterion) {
    let newsletter = newsletter();
    let mut group = criterion.benchmark_group("family");
    let mut families: Vec<&str> = table::TABLE.iter().map(|row| row.family).collect();
    families.dedup();
    for family in families.into_iter().chain(["none"]) {
        let engine = only(family);
        group.bench_function(family, |bench| bench.iter(|| engine.score(black_box(&newsletter))));
    }
    group.finish();
    let rules = RuleBook::compile(&RuleRow::examples()).unwrap_or_default();
    let engine = only("none").with_rules(rules);
    criterion.bench_function("two rules", |bench| bench.iter(|| engine.score(black_box(&newsletter))));
}

criterion_group!(benches, scoring, families);
criterion_main!(benches);
