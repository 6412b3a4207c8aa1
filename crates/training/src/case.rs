//! A labelled message as training sees it: its sample, and which campaign it belongs to.
//!
//! Messages of one campaign are never on both sides of a split, or the figures would tell how well copies are recognised.
//! A campaign is what one sender's domain sends in one collection, and whatever shares most of its runs of words.

use std::collections::HashMap;
use std::sync::Arc;

use model::features::DateFact;
use model::{Envelope, Features, Message, Session, Submission, Timestamp, Via};
use scoring::Engine;
use scoring::classifier::Sample;

use crate::Mail;

/// One labelled message.
#[derive(Debug, Clone)]
pub struct Case {
    /// The name of its collection.
    pub collection: String,
    /// What a person said it is.
    pub is_spam: bool,
    /// Messages of one number must not be separated.
    pub campaign: usize,
    /// What the classifier sees.
    pub sample: Sample,
    /// Written for training. It teaches words; how sure they make is measured on mail that was sent.
    pub by_hand: bool,
}

/// A campaign ends at a twentieth of its class: threads that quote each other and large providers would join everything.
const SHARE: usize = 20;
/// It may hold so many in any case.
const LEAST_LIMIT: usize = 8;
/// So many smallest hashes are compared, in twos.
const SKETCH: u64 = 6;
/// So many neighbouring pairs, four words, make a run.
const RUN: usize = 3;

/// The features of a message as if it were handed in at its own date, without an envelope.
pub fn features_of(raw: &[u8], limits: &features::FeatureLimits) -> Features {
    let message = Message::bounded(raw, limits.analysed_bytes);
    let submission =
        Submission { session: Arc::new(Session::new(Via::Command)), envelope: Envelope::default(), message };
    let mut features = features::extract(&submission, Timestamp::default(), limits);
    if let DateFact::At(date, _) = features.headers.date {
        features.sender.at = date;
    }
    features.sender.mail_from = None;
    features
}

/// Reads every message; `step` is called after each.
pub fn cases(mails: &[Mail], engine: &Engine, mut step: impl FnMut()) -> Vec<Case> {
    let limits = features::FeatureLimits::default();
    let mut keys = Vec::with_capacity(mails.len());
    let mut cases = Vec::with_capacity(mails.len());
    for mail in mails {
        let features = features_of(&mail.raw, &limits);
        let (collection, is_spam) = (mail.collection.clone(), mail.is_spam);
        let sketch = sketch(&engine.correction(&features, is_spam).pairs);
        keys.push(Keys { class: (collection.clone(), is_spam), domain: domain(&features), sketch });
        cases.push(Case { collection, is_spam, campaign: 0, sample: engine.sample(&features), by_hand: false });
        step();
    }
    for (case, campaign) in cases.iter_mut().zip(campaigns(&keys)) {
        case.campaign = campaign;
    }
    cases
}

/// What two messages of a campaign may have in common.
struct Keys {
    class: Class,
    /// The last two labels of the sender's domain.
    domain: Option<String>,
    sketch: Vec<u64>,
}

/// Collection and label.
type Class = (String, bool);

fn domain(features: &Features) -> Option<String> {
    let domain = features.headers.from.first()?.domain()?;
    let labels: Vec<&str> = domain.as_str().rsplit('.').take(2).collect();
    Some(labels.join("."))
}

/// Smallest hashes of runs of words under several orders, in twos: messages that share most runs share one of the twos nearly
/// always, others never.
fn sketch(pairs: &[u16]) -> Vec<u64> {
    let run = |run: &[u16]| run.iter().fold(0, |all, pair| all << 16 | u64::from(*pair));
    let runs: Vec<u64> = pairs.windows(RUN).map(run).collect();
    let smallest = |order: u64| runs.iter().map(|run| hash(*run, order)).min();
    let smallest: Vec<u64> = (0..SKETCH).filter_map(smallest).collect();
    let band = |two: &[u64]| two.iter().fold(SKETCH, |all, one| hash(all ^ one, SKETCH));
    smallest.chunks_exact(2).map(band).collect()
}

fn hash(number: u64, order: u64) -> u64 {
    let mixed = (number ^ (order + 1).wrapping_mul(0xff51_afd7_ed55_8ccd)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ mixed >> 31).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

/// The campaign of each message: copies are joined first, then what one domain sends.
fn campaigns(keys: &[Keys]) -> Vec<usize> {
    let mut classes: HashMap<&Class, usize> = HashMap::new();
    for key in keys {
        *classes.entry(&key.class).or_default() += 1;
    }
    let limit = |key: &Keys| (classes.get(&key.class).copied().unwrap_or_default() / SHARE).max(LEAST_LIMIT);
    let mut union = Union::new(keys.len());
    let (mut by_sketch, mut by_sender) = (HashMap::new(), HashMap::new());
    for (number, key) in keys.iter().enumerate() {
        for band in &key.sketch {
            union.join(number, *by_sketch.entry(*band).or_insert(number), limit(key));
        }
    }
    for (number, key) in keys.iter().enumerate() {
        if let Some(domain) = &key.domain {
            union.join(number, *by_sender.entry((&key.class, domain)).or_insert(number), limit(key));
        }
    }
    (0..keys.len()).map(|number| union.root(number)).collect()
}

/// Sets that are joined: where each number points towards its set's root, and how many the set of a root holds.
struct Union {
    towards: Vec<usize>,
    sizes: Vec<usize>,
}

impl Union {
    fn new(count: usize) -> Self {
        Self { towards: (0..count).collect(), sizes: vec![1; count] }
    }

    fn root(&mut self, number: usize) -> usize {
        let mut at = number;
        while let Some(next) = self.towards.get(at).copied().filter(|next| *next != at) {
            at = next;
        }
        if let Some(pointer) = self.towards.get_mut(number) {
            *pointer = at;
        }
        at
    }

    /// Joins two sets unless they would hold more than `limit` together.
    fn join(&mut self, one: usize, other: usize, limit: usize) {
        let (one, other) = (self.root(one), self.root(other));
        let (root, joined) = (one.min(other), one.max(other));
        let size = [root, joined].iter().filter_map(|set| self.sizes.get(*set)).sum();
        if root == joined || size > limit {
            return;
        }
        if let (Some(pointer), Some(held)) = (self.towards.get_mut(joined), self.sizes.get_mut(root)) {
            *pointer = root;
            *held = size;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(from: &str, text: &str) -> Mail {
        let raw = format!("From: {from}\nSubject: hello\n\n{text}\n").into_bytes();
        Mail { collection: "one".into(), is_spam: true, path: String::new(), raw }
    }

    fn campaigns_of(mails: &[Mail]) -> Vec<usize> {
        let engine = Engine::new(&scoring::ScoreSettings::default());
        cases(mails, &engine, || {}).iter().map(|case| case.campaign).collect()
    }

    #[test]
    fn copies_and_mail_of_one_domain_are_one_campaign() {
        let text = "The quick brown fox jumps over the lazy dog and then sleeps in the warm sun for hours";
        let other = "Nobody has ever written this sentence about boats in exactly this manner before today";
        let third = "Cheese keeps for weeks when wrapped in paper and kept in the cellar under the stairs";
        let mails = [
            mail("a@one.example", text),
            mail("b@two.test", text),
            mail("c@x.three.invalid", other),
            mail("d@three.invalid", third),
        ];
        let found = campaigns_of(&mails);
        assert_eq!(found[0], found[1], "a copy");
        assert_eq!(found[2], found[3], "one domain");
        assert_ne!(found[0], found[2]);
    }

    #[test]
    fn a_provider_does_not_join_everything() {
        let texts =
            ["apples grow on trees in autumn", "ships sail over wide oceans now", "bread is baked in hot ovens daily"];
        let mails: Vec<Mail> = texts
            .iter()
            .cycle()
            .take(30)
            .enumerate()
            .map(|(n, text)| mail(&format!("u{n}@big.example"), text))
            .collect();
        let found = campaigns_of(&mails);
        let largest = found.iter().map(|one| found.iter().filter(|other| *other == one).count()).max();
        assert_eq!(largest, Some(LEAST_LIMIT));
    }

    #[test]
    fn a_message_is_read_at_its_own_date() {
        let features = features_of(b"Date: Mon, 03 Mar 2025 10:00:00 +0000\n\nx", &features::FeatureLimits::default());
        assert_eq!(features.sender.at, Timestamp::from_secs(1_740_996_000));
    }
}
