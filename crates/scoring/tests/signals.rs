//! Every signal has a case file in tests/signals/ with messages that must hit and near misses that must not.
//!
//! The format: `=== hit: what it is` or `=== miss: what it is` begins a message; then come lines of the envelope (`login:`,
//! `client:`, `helo:`, `mail-from:`, `rcpt:` as often as needed, `at:` in seconds since 1970) and of what is known beyond the
//! message (`listed: url bad 100 shop.example`, `no-domain: from shop.example`,
//! `from-allowed: no`, `opinion: spamd 750 500 GTUBE`, `learned-spam:` or `learned-ham:`
//! with a text that an operator has called that, `dmarc-fails: reject shop.example`, `same-text:`, `past:` and
//! more: see `case/circumstances.rs`), a line `---`, and the message as it is sent.

mod case;

use std::collections::BTreeSet;

use case::{Case, case_files};
use scoring::{Engine, ScoreSettings, table};

#[test]
fn every_signal_has_a_case_file_and_every_case_file_a_signal() {
    let files: BTreeSet<String> = case_files().unwrap().into_iter().map(|(name, _)| name).collect();
    let rows: BTreeSet<String> = table::TABLE.iter().map(|row| row.name.to_owned()).collect();
    assert_eq!(files, rows);
}

#[test]
fn every_case_file_has_a_hit_and_a_near_miss() {
    for (name, text) in case_files().unwrap() {
        let cases = Case::read_all(&text).expect(&name);
        assert!(cases.iter().any(|case| case.must_hit) && cases.iter().any(|case| !case.must_hit), "{name}");
    }
}

#[test]
fn signals_hit_and_miss_as_their_case_files_say() {
    let engine = Engine::new(&ScoreSettings::default());
    let mut wrong = Vec::new();
    for (name, text) in case_files().unwrap() {
        for case in Case::read_all(&text).expect(&name) {
            let score = scored(&engine, &case);
            let hit = score.hits.iter().any(|hit| hit.signal.as_str() == name);
            if hit != case.must_hit {
                wrong.push(format!("{name}: {} (must hit: {}): {score:?}", case.what, case.must_hit));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Corrections belong to their case alone.
fn scored(engine: &Engine, case: &Case) -> model::Score {
    let Some(learned) = case.learned(engine) else { return engine.score(&case.features()) };
    Engine::new(&ScoreSettings::default()).with_learned(learned).score(&case.features())
}

#[test]
fn near_misses_are_no_spam() {
    let engine = Engine::new(&ScoreSettings::default());
    for (name, text) in case_files().unwrap() {
        for case in Case::read_all(&text).expect(&name).iter().filter(|case| !case.must_hit) {
            let score = engine.score(&case.features());
            assert!(score.total < ScoreSettings::default().spam, "{name}: {}: {score:?}", case.what);
        }
    }
}
