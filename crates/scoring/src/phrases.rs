//! Phrase families: kinds of spam text, each a data file of phrases with weights, all found in one pass.
//!
//! A phrase alone proves nothing; a family is seen when several different phrases of it stand in one message. The lists
//! live in `data/phrases/`, a line each: weight 1 to 5, the phrase in any spelling (it is folded), `*` at its end when the
//! word may go on.

use crate::Seen;
use crate::finder::Finder;
use crate::fold::fold;

macro_rules! families {
    ($($(#[doc = $doc:literal])* $Family:ident = $file:literal;)*) => {
        /// A kind of spam text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Family { $( $(#[doc = $doc])* $Family, )* }

        /// The families with their lists.
        const LISTS: &[(Family, &str)] =
            &[$( (Family::$Family, include_str!(concat!("../data/phrases/", $file, ".txt"))), )*];
    };
}

families! {
    /// A fortune that waits for the reader's help or fee.
    AdvanceFee = "advance_fee";
    /// A prize, grant or compensation nobody applied for.
    Prize = "prize";
    /// Loans and debts, by mail from strangers.
    Loan = "loan";
    /// Pay or be exposed.
    Extortion = "extortion";
    /// Log in here or lose your account.
    Credentials = "credentials";
    /// Call this number about a charge you never made.
    Callback = "callback";
    /// Medicines, potency and weight.
    Pharma = "pharma";
    /// Pornography and arranged acquaintances.
    Adult = "adult";
    /// Easy income.
    EasyMoney = "easy_money";
    /// Shares, coins and doubled deposits.
    Investment = "investment";
    /// Search ranking, web design and address lists from strangers.
    WebPitch = "web_pitch";
    /// Loud selling.
    Selling = "selling";
    /// Gift cards, quiet transfers, new bank details.
    PaymentRequest = "payment_request";
    /// A parcel that waits for a fee.
    Parcel = "parcel";
    /// A code to scan with a telephone.
    QrCode = "qr_code";
    /// What a web site answers to its form: no spam by itself.
    FormCopy = "form_copy";
    /// Excuses only unsolicited bulk mail makes.
    BulkExcuse = "bulk_excuse";
}

/// A family needs this many different phrases.
const LEAST_PHRASES: usize = 2;
/// Below this weight a family is not seen.
const LEAST_WEIGHT: usize = 5;
/// With this weight a family earns all its points.
const FULL_WEIGHT: usize = 12;

/// In a text longer than this (in bytes) phrases weigh less: a long text holds some of any list by chance.
const LONG_TEXT: usize = 5000;

/// All lists, compiled.
pub(crate) struct Phrasebook {
    finder: Finder,
    phrases: Vec<Phrase>,
}

struct Phrase {
    family: Family,
    weight: usize,
    text: &'static str,
}

/// The phrases found in one message.
pub(crate) struct Tally {
    /// By number, each once.
    found: Vec<usize>,
    /// Bytes of folded text.
    length: usize,
}

impl Phrasebook {
    /// Compiles the lists that come with the program.
    pub(crate) fn embedded() -> Self {
        let phrases: Vec<Phrase> = LISTS.iter().flat_map(|(family, list)| read_list(*family, list)).collect();
        let finder = Finder::new(phrases.iter().map(|phrase| pattern(phrase.text)).collect());
        Self { finder, phrases }
    }

    /// Finds every phrase in a folded text.
    pub(crate) fn tally(&self, folded: &[u8]) -> Tally {
        let mut found = Vec::new();
        let mut seen = vec![0u64; self.phrases.len().div_ceil(64)];
        self.finder.find(folded, |number| {
            let bit = 1 << (number % 64);
            if let Some(bits) = seen.get_mut(number / 64).filter(|bits| **bits & bit == 0) {
                *bits |= bit;
                found.push(number);
            }
        });
        found.sort_unstable();
        Tally { found, length: folded.len() }
    }

    /// The phrases of one family, heaviest first, and their weight together.
    pub(crate) fn found(&self, tally: &Tally, family: Family) -> (Vec<&str>, usize) {
        let all = tally.found.iter().filter_map(|number| self.phrases.get(*number));
        let mut mine: Vec<&Phrase> = all.filter(|phrase| phrase.family == family).collect();
        mine.sort_by_key(|phrase| std::cmp::Reverse(phrase.weight));
        let weight: usize = mine.iter().map(|phrase| phrase.weight).sum();
        let weight = weight * LONG_TEXT / tally.length.max(LONG_TEXT);
        (mine.iter().map(|phrase| phrase.text).collect(), weight)
    }
}

/// What a family's signal saw: its heaviest phrases, in our spelling.
pub(crate) fn seen(message: &crate::Reading<'_>, family: Family) -> Option<Seen> {
    let (phrases, weight) = message.phrases(family);
    if phrases.len() < LEAST_PHRASES || weight < LEAST_WEIGHT {
        return None;
    }
    let quoted: Vec<String> =
        phrases.iter().take(3).map(|phrase| format!("“{}”", phrase.trim_end_matches('*'))).collect();
    Some(Seen::of(quoted.join(", ")).partly(weight, FULL_WEIGHT))
}

fn read_list(family: Family, list: &'static str) -> impl Iterator<Item = Phrase> {
    let lines = list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(move |line| {
        let (weight, text) = line.split_once(' ')?;
        Some(Phrase { family, weight: weight.parse().ok()?, text: text.trim() })
    })
}

/// The folded phrase with its word boundaries.
fn pattern(text: &str) -> String {
    let folded = fold(text);
    if text.ends_with('*') { folded.trim_end().to_owned() } else { folded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_every_list_is_a_weight_and_a_phrase() {
        for (family, list) in LISTS {
            let lines = list.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).count();
            let phrases: Vec<_> = read_list(*family, list).collect();
            assert_eq!(phrases.len(), lines, "{family:?}");
            for phrase in phrases {
                assert!((1..=5).contains(&phrase.weight), "{family:?}: {}", phrase.text);
                assert!(fold(phrase.text).chars().count() >= 5, "{family:?}: too short: {}", phrase.text);
            }
        }
    }

    #[test]
    fn no_phrase_stands_twice_in_a_list() {
        for (family, list) in LISTS {
            let mut patterns: Vec<_> = read_list(*family, list).map(|phrase| pattern(phrase.text)).collect();
            patterns.sort();
            let doubled: Vec<_> = patterns.windows(2).filter(|pair| pair[0] == pair[1]).collect();
            assert!(doubled.is_empty(), "{family:?}: {doubled:?}");
        }
    }

    #[test]
    fn a_phrase_counts_once_and_only_as_whole_words() {
        let book = Phrasebook::embedded();
        let found = |text: &str| book.found(&book.tally(fold(text).as_bytes()), Family::AdvanceFee);
        let (once, weight) = found("The next of kin.");
        let (twice, same) = found("NEXT\nOF  KIN, next-of-kin");
        assert_eq!((once, weight), (twice, same));
        assert!(weight > 0);
        assert_eq!(found("context of kinship").1, 0);
    }
}
