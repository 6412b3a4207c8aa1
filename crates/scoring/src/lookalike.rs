//! Host names that look like a brand's: other letters of the same shape, doubled letters, accents, other alphabets, or the
//! brand's name beside a word such as `login`; two neighbouring letters swapped, or one inside left out of a long name.
//!
//! Limits: other letters put in or exchanged are not found; `binance` and `finance` are both honest.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use idna::punycode;

use crate::fold::fold;
use crate::lexicon::{Brand, entries};

/// Shorter names have too many honest neighbours.
const LEAST_SHAPE: usize = 5;

/// Names of fewer letters become honest words when two are swapped.
const LEAST_SWAPPED: usize = 6;
/// Names of fewer letters become honest words when one is left out.
const LEAST_SHORTENED: usize = 8;

/// What brands' names look like.
pub(crate) struct Lookalikes {
    /// Name by its shape.
    shapes: HashMap<String, &'static str, RandomState>,
    /// Name by its misspellings.
    slips: HashMap<String, &'static str, RandomState>,
    lures: std::collections::HashSet<&'static str, RandomState>,
}

impl Lookalikes {
    /// Of the brands with names of one word.
    pub(crate) fn of(brands: &[Brand], lures: &'static str) -> Self {
        let is_word = |name: &&str| name.bytes().all(|b| b.is_ascii_lowercase());
        let words: Vec<&str> = brands.iter().map(|brand| brand.name).filter(is_word).collect();
        let long = words.iter().copied().filter(|name| name.len() >= LEAST_SHAPE);
        let slips = words.iter().flat_map(|name| slips_of(name).map(move |slip| (slip, *name)));
        let honest = |slip: &str| words.contains(&slip);
        Self {
            shapes: long.map(|name| (shape(name), name)).collect(),
            slips: slips.filter(|(slip, _)| !honest(slip)).collect(),
            lures: entries(lures).collect(),
        }
    }

    /// The brand whose name a label of the domain imitates. The last label is left out; the domain is in lower case.
    pub(crate) fn imitated(&self, domain: &str) -> Option<&'static str> {
        let (labels, _) = domain.rsplit_once('.')?;
        labels.split('.').find_map(|label| self.imitated_by(label))
    }

    fn imitated_by(&self, label: &str) -> Option<&'static str> {
        let label = readable(label);
        let as_written = self.shapes.get(&shape(&label)).filter(|name| **name != label);
        as_written.or_else(|| self.slips.get(&label)).or_else(|| self.beside_a_lure(&label)).copied()
    }

    /// `paypal-login`, `secure-paypa1`.
    fn beside_a_lure(&self, label: &str) -> Option<&&'static str> {
        if !label.contains('-') || !label.split('-').any(|word| self.lures.contains(word)) {
            return None;
        }
        label.split('-').filter(|word| !self.lures.contains(word)).find_map(|word| self.shapes.get(&shape(word)))
    }
}

/// A name with two neighbouring letters swapped, or with one inside left out.
fn slips_of(name: &str) -> impl Iterator<Item = String> {
    let swap = |(at, pair): (usize, (char, char))| {
        let (before, after) = (name.get(..at)?, name.get(at + 2..)?);
        Some(format!("{before}{}{}{after}", pair.1, pair.0)).filter(|slip| slip != name)
    };
    let omit = |at: usize| Some(format!("{}{}", name.get(..at)?, name.get(at + 1..)?));
    let pairs = name.chars().zip(name.chars().skip(1)).enumerate().filter(|_| name.len() >= LEAST_SWAPPED);
    let inner = (1..name.len().saturating_sub(1)).filter(|_| name.len() >= LEAST_SHORTENED);
    pairs.filter_map(swap).chain(inner.filter_map(omit)).collect::<Vec<_>>().into_iter()
}

/// A label as it is shown: punycode decoded (RFC 3492), accents and foreign look-alikes as the Latin letter.
fn readable(label: &str) -> String {
    let decoded = label.strip_prefix("xn--").and_then(punycode::decode_to_string);
    let shown = decoded.as_deref().unwrap_or(label);
    if shown.is_ascii() {
        return shown.to_owned();
    }
    let words: Vec<String> = shown.split('-').map(|word| fold(word).trim().to_owned()).collect();
    // What was written with foreign letters is never the brand's own spelling.
    format!("{}\u{0}", words.join("-"))
}

/// What a word looks like at a glance: digits as the letters they resemble, runs of one letter as one.
fn shape(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let word = word.trim_end_matches('\u{0}').replace("rn", "m").replace("vv", "w");
    for c in word.chars().filter(|c| *c != '-' && *c != '_') {
        let c = match c {
            '0' => 'o',
            '1' | 'i' | 'j' | '|' => 'l',
            '3' => 'e',
            '4' => 'a',
            '5' => 's',
            '7' => 't',
            '8' => 'b',
            other => other,
        };
        if !out.ends_with(c) {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::Lexicon;

    #[test]
    fn what_looks_like_a_brand_is_told_from_the_brand_and_from_others() {
        let lexicon = Lexicon::embedded();
        let imitated = |domain: &str| lexicon.lookalikes.imitated(domain);
        for domain in ["paypa1.com", "paypall.net", "rnicrosoft.example", "xn--pypal-4ve.com", "paypal-login.test"] {
            assert!(imitated(domain).is_some(), "{domain}");
        }
        for domain in ["papyal.com", "micorsoft.test", "microsft.net", "amazno.de"] {
            assert!(imitated(domain).is_some(), "{domain}");
        }
        assert_eq!(imitated("secure-amaz0n.co.uk"), Some("amazon"));
        for domain in
            ["paypal.com", "amazon.co.uk", "finance.com", "pay-pals.test", "google.com", "my-login.example", ""]
        {
            assert_eq!(imitated(domain), None, "{domain}");
        }
    }
}
