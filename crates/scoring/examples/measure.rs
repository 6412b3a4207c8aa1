//! Measures the signals over labelled mail: `measure FOLDER [half]`, where FOLDER holds `<set>/<spam|ham>/*.eml`.
//!
//! Prints per set the share of messages at or above the thresholds, quantiles of the score and the ROC area, then per
//! signal its hits in each set. `half` is `choose` or `report`: points are chosen on one half of the messages (by a hash
//! of their names) and reported on the other. Numbers only; nothing of a message is shown.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::features::DateFact;
use model::{Envelope, Message, Score, Session, Submission, Timestamp, Via};
use scoring::{Engine, ScoreSettings, table};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "../shared/corpora".into()));
    let half = arguments.next();
    let settings = settings();
    let engine = Engine::new(&settings);
    let mut sets = Sets::new();
    for set in folders(&folder)? {
        for kind in ["ham", "spam"] {
            for file in folders(&set.join(kind)).unwrap_or_default() {
                if half.as_deref().is_none_or(|half| half == half_of(&file)) {
                    let score = engine.score(&features_of(&std::fs::read(&file)?));
                    sets.entry((kind, name_of(&set))).or_default().push(score);
                }
            }
        }
    }
    let mut out = std::io::stdout().lock();
    print_sets(&mut out, &sets, &settings)?;
    print_signals(&mut out, &sets)?;
    print_false_alarms(&mut out, &sets, &settings)
}

/// The default points, without the signals that would see what was done to the collections and not what was in the mail:
/// in some of them addresses and Message-IDs were taken out.
fn settings() -> ScoreSettings {
    let mut settings = ScoreSettings::default();
    for name in ["to_missing", "message_id_malformed"] {
        settings.points.0.insert(name.to_owned(), 0);
    }
    settings
}

/// The scores by kind and set.
type Sets = BTreeMap<(&'static str, String), Vec<Score>>;

/// The message as if it were handed in at its own date.
fn features_of(raw: &[u8]) -> model::Features {
    let session = Arc::new(Session::new(Via::Command));
    let submission = Submission { session, envelope: Envelope::default(), message: Message::whole(raw.to_vec()) };
    let limits = features::FeatureLimits::default();
    let mut features = features::extract(&submission, Timestamp::default(), &limits);
    if let DateFact::At(date, _) = features.headers.date {
        features.sender.at = date;
    }
    features.sender.mail_from = None;
    features
}

fn print_sets(out: &mut impl Write, sets: &Sets, settings: &ScoreSettings) -> std::io::Result<()> {
    writeln!(out, "{:<22} {:>6} {:>7} {:>7}   score at 50 90 99 99.5 %, most", "set", "n", ">=spam", ">=refuse")?;
    for ((kind, set), scores) in sets {
        let mut totals: Vec<i32> = scores.iter().map(|score| score.total).collect();
        totals.sort_unstable();
        let share = |from: i32| 100.0 * count(&totals, from) as f64 / totals.len() as f64;
        let at = |permille: usize| totals.get((totals.len() * permille / 1000).min(totals.len() - 1)).copied();
        let quantiles: Vec<_> = [500, 900, 990, 995, 1000].into_iter().filter_map(at).collect();
        let (spam, reject) = (share(settings.spam), share(settings.reject));
        writeln!(out, "{kind} {set:<17} {:>6} {spam:>6.2}% {reject:>6.2}%   {quantiles:?}", totals.len())?;
    }
    writeln!(out, "ROC area, all spam against all ham: {:.4}", roc_area(&totals(sets, "spam"), &totals(sets, "ham")))
}

fn print_signals(out: &mut impl Write, sets: &Sets) -> std::io::Result<()> {
    let heads: Vec<String> = sets.keys().map(|(kind, set)| format!("{kind}/{set:.6}")).collect();
    writeln!(out, "\n{:<28} {}", "hits in % of messages", heads.join(" "))?;
    for row in table::TABLE {
        let hit = |score: &&Score| score.hits.iter().any(|hit| hit.signal.as_str() == row.name);
        let shares = sets.iter().zip(&heads).map(|((_, scores), head)| {
            let share = 100.0 * scores.iter().filter(hit).count() as f64 / scores.len() as f64;
            format!("{share:>width$.2}", width = head.chars().count())
        });
        writeln!(out, "{:<24} {:>3} {}", row.name, row.points, shares.collect::<Vec<_>>().join(" "))?;
    }
    Ok(())
}

/// Which signals stand behind ham at or above the threshold.
fn print_false_alarms(out: &mut impl Write, sets: &Sets, settings: &ScoreSettings) -> std::io::Result<()> {
    let ham = sets.iter().filter(|((kind, _), _)| *kind == "ham").flat_map(|(_, scores)| scores);
    let mut behind = BTreeMap::<&str, usize>::new();
    for hit in ham.filter(|score| score.total >= settings.spam).flat_map(|score| &score.hits) {
        *behind.entry(hit.signal.as_str()).or_default() += 1;
    }
    writeln!(out, "\nbehind ham at or above {}: {behind:?}", settings.spam)
}

fn totals(sets: &Sets, wanted: &str) -> Vec<i32> {
    let of_kind = sets.iter().filter(|((kind, _), _)| *kind == wanted);
    of_kind.flat_map(|(_, scores)| scores.iter().map(|score| score.total)).collect()
}

fn count(totals: &[i32], from: i32) -> usize {
    totals.iter().filter(|total| **total >= from).count()
}

/// The chance that a spam message scores higher than a ham message; ties count half.
fn roc_area(spam: &[i32], ham: &[i32]) -> f64 {
    let mut ham = ham.to_vec();
    ham.sort_unstable();
    let below = |score: &i32| ham.partition_point(|other| other < score) + ham.partition_point(|other| other <= score);
    let wins: usize = spam.iter().map(below).sum();
    wins as f64 / 2.0 / (spam.len() * ham.len()).max(1) as f64
}

/// By a hash of set, kind and file name, so that the halves are the same wherever the folder lies.
fn half_of(file: &Path) -> &'static str {
    let mut names: Vec<String> = file.ancestors().take(3).map(name_of).collect();
    names.reverse();
    let step = |hash: u32, byte: u8| hash.wrapping_mul(31).wrapping_add(u32::from(byte));
    let hash = names.join("/").bytes().fold(0, step);
    if hash.count_ones().is_multiple_of(2) { "choose" } else { "report" }
}

fn folders(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    Ok(entries)
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
