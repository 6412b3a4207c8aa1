//! How many different messages are taken for copies of another: `false_copies FOLDER...`, folders of `*.eml` files.
//!
//! Prints figures only. Every message is looked up and noted in turn; for each that is near an earlier one, the share of word pairs that
//! both texts have is worked out in full, so that true copies (a digest sent twice, a weekly reminder) can be told from
//! mistakes: below 15 % is a mistake.

use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{AccountName, Envelope, Features, Identity, Message, Session, Submission, Timestamp, Via};
use recall::{Outcome, Recall, RecallSettings};

fn main() -> std::io::Result<()> {
    for folder in std::env::args().skip(1) {
        let files = files(Path::new(&folder))?;
        let settings = RecallSettings { fingerprints: 100_000, ..RecallSettings::default() };
        let recall = Recall::new(&settings);
        let mut figures = Figures::default();
        let mut texts: Vec<HashSet<String>> = Vec::new();
        for (number, file) in files.iter().enumerate() {
            let features = features_of(&std::fs::read(file)?);
            let at = Timestamp::from_secs(1_790_000_000);
            let account = AccountName::from_login(&format!("a{number}@shop.example"));
            let identity = Identity { account, ..Identity::default() };
            let Some((sighting, sameness, _)) = recall.see(&features, &identity, &Envelope::default(), at) else {
                continue;
            };
            recall.note(&sighting, Outcome { delivered: true, spam: false, spam_itself: false });
            let pairs = pairs_of(features.text.shown());
            figures.count(sameness.text.is_some(), sameness.files.is_some(), sameness.links.is_some(), &pairs, &texts);
            texts.push(pairs);
        }
        writeln!(std::io::stdout(), "{folder}: {} messages, {figures:?}", files.len())?;
    }
    Ok(())
}

#[derive(Debug, Default)]
struct Figures {
    near_text: usize,
    mistaken_text: usize,
    same_files: usize,
    same_links: usize,
}

impl Figures {
    fn count(&mut self, text: bool, files: bool, links: bool, pairs: &HashSet<String>, texts: &[HashSet<String>]) {
        self.same_files += usize::from(files);
        self.same_links += usize::from(links);
        if text {
            self.near_text += 1;
            let nearest = texts.iter().map(|other| similarity(pairs, other)).fold(0.0, f64::max);
            self.mistaken_text += usize::from(nearest < 0.15);
        }
    }
}

fn similarity(one: &HashSet<String>, other: &HashSet<String>) -> f64 {
    let shared = one.intersection(other).count();
    shared as f64 / (one.len() + other.len() - shared).max(1) as f64
}

fn pairs_of(text: &str) -> HashSet<String> {
    let words: Vec<String> = text.split_whitespace().take(700).map(str::to_lowercase).collect();
    words.windows(2).map(|pair| pair.join(" ")).collect()
}

fn features_of(raw: &[u8]) -> Features {
    let session = Arc::new(Session::new(Via::Command));
    let submission = Submission { session, envelope: Envelope::default(), message: Message::whole(raw.to_vec()) };
    features::extract(&submission, Timestamp::from_secs(1_790_000_000), &features::FeatureLimits::default())
}

fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    Ok(files)
}
