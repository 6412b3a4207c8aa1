//! What the collections lack, written by hand: turns of phrase of today's spam and of ordinary commercial mail, as messages.
//!
//! Nobody publishes their receipts and newsletters, so words that everybody knows from them would be unknown to the weights, or
//! known from twenty years ago. Such a message has words only: sender and links are made up and no evidence.

use scoring::Engine;

use crate::random::Random;
use crate::{Case, Mail, cases};

/// The texts: the collection, whether it is spam, and the kinds.
const TEXTS: &[(&str, bool, &str)] = &[
    ("written", true, include_str!("../data/written/spam.txt")),
    ("written", false, include_str!("../data/written/ham.txt")),
    ("languages", true, include_str!("../data/written/de-spam.txt")),
    ("languages", false, include_str!("../data/written/de-ham.txt")),
    ("languages", true, include_str!("../data/written/fr-spam.txt")),
    ("languages", false, include_str!("../data/written/fr-ham.txt")),
    ("languages", true, include_str!("../data/written/es-spam.txt")),
    ("languages", false, include_str!("../data/written/es-ham.txt")),
    ("languages", true, include_str!("../data/written/it-spam.txt")),
    ("languages", false, include_str!("../data/written/it-ham.txt")),
    ("languages", true, include_str!("../data/written/nl-spam.txt")),
    ("languages", false, include_str!("../data/written/nl-ham.txt")),
    ("languages", true, include_str!("../data/written/pt-spam.txt")),
    ("languages", false, include_str!("../data/written/pt-ham.txt")),
    ("languages", true, include_str!("../data/written/pl-spam.txt")),
    ("languages", false, include_str!("../data/written/pl-ham.txt")),
];
/// Messages of each kind: with fewer, a word of one kind is taken for chance.
const EACH: usize = 6;
/// Which part of a kind's phrases one message has, in tenths.
const TENTHS: usize = 6;
/// Any number does; it must stay the same.
const SEED: u64 = 4;

/// The cases, to be trained with beside those of real mail; their campaigns have numbers from `first_campaign` on.
pub fn written(engine: &Engine, first_campaign: usize) -> Vec<Case> {
    let mut random = Random::new(SEED);
    let mut mails = Vec::new();
    for (collection, is_spam, text) in TEXTS {
        for phrases in kinds(text) {
            mails.extend((0..EACH).map(|_| mail(collection, &phrases, *is_spam, &mut random)));
        }
    }
    let words_only = |mut case: Case| {
        case.sample.properties.clear();
        case.campaign += first_campaign;
        case.by_hand = true;
        case
    };
    cases(&mails, engine, || {}).into_iter().map(words_only).collect()
}

/// The phrases of each kind.
fn kinds(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.split("\n# ").skip(1).map(|kind| {
        let lines = kind.lines().skip(1);
        lines.flat_map(|line| line.split('|')).map(str::trim).filter(|phrase| !phrase.is_empty()).collect()
    })
}

fn mail(collection: &str, phrases: &[&str], is_spam: bool, random: &mut Random) -> Mail {
    let mut chosen = phrases.to_vec();
    random.shuffle(&mut chosen);
    chosen.truncate((phrases.len() * TENTHS).div_ceil(10));
    let (domain, text) = (random.next(), chosen.join(".\n"));
    let head = format!("From: office@d{domain:x}.example\nContent-Type: text/plain; charset=utf-8\n");
    let raw = format!("{head}Content-Transfer-Encoding: 8bit\n\n{text}.\n").into_bytes();
    Mail { collection: collection.into(), is_spam, path: String::new(), raw }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Case> {
        written(&Engine::new(&scoring::ScoreSettings::default()), 1000)
    }

    #[test]
    fn both_classes_are_there_with_words_and_nothing_else() {
        let cases = all();
        let spam = cases.iter().filter(|case| case.is_spam).count();
        assert!(spam > 100 && cases.len() - spam > 100, "{spam} of {}", cases.len());
        assert!(cases.iter().all(|case| case.by_hand && case.sample.speaks && case.sample.properties.is_empty()));
        let short: Vec<_> =
            cases.iter().filter(|case| case.sample.slots.len() <= 5).map(|case| case.campaign).collect();
        assert!(short.is_empty() && cases.iter().all(|case| case.campaign >= 1000), "{short:?}");
    }

    #[test]
    fn messages_of_a_kind_are_not_copies_and_always_the_same() {
        let samples = |cases: Vec<Case>| -> Vec<_> { cases.into_iter().map(|case| case.sample.slots).collect() };
        let (once, again) = (samples(all()), samples(all()));
        assert_eq!(once, again);
        assert!(once.windows(2).all(|two| two[0] != two[1]));
    }

    #[test]
    fn no_phrase_is_in_both_classes() {
        let of = |spam: bool| TEXTS.iter().filter(move |text| text.1 == spam).flat_map(|text| kinds(text.2).flatten());
        let ham: Vec<&str> = of(false).collect();
        let both: Vec<&str> = of(true).filter(|phrase| ham.contains(phrase)).collect();
        assert!(both.is_empty(), "{both:?}");
    }
}
