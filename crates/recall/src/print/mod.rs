//! The fingerprints of a message: of its text, its links and its attachments. Hashes only; nothing can be read back.

pub(crate) mod language;
mod leads;
pub(crate) mod sketch;
mod words;

use model::Features;
use model::features::{FileKind, UrlSource};

pub(crate) use language::Language;
use leads::{Leads, Own};
use sketch::Sketch;

/// Fewer words are no text to be compared: "see attachment, thanks" is everybody's.
const MIN_WORDS: usize = 20;
/// The pairs of a text must differ at least so much: a word said a hundred times is no text either.
const MIN_BINS: usize = 10;
/// The beginning of a text, in words. Filler at the end leaves it as it is.
const HEAD: usize = 80;
/// Smaller attachments are no documents: signatures, calendar stubs.
const MIN_FILE: usize = 1024;
/// Equal values from which on two whole texts are nearly the same: 40 % of their word pairs.
const SAME_WHOLE: u32 = 13;
/// The same for their beginnings, where fewer words have to tell.
const SAME_HEAD: u32 = 16;

/// One fingerprint, near which others may lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Print {
    /// Of the beginning.
    pub(crate) head: Sketch,
    /// Of all that is read.
    pub(crate) whole: Sketch,
}

impl Print {
    /// A fingerprint that is the same or is not.
    fn of_key(key: u64) -> Self {
        Self { head: sketch::of_key(key), whole: sketch::of_key(!key) }
    }

    /// How near another is, in equal values (the more, the nearer); `None` when it is something else.
    pub(crate) fn nearness(&self, other: &Self) -> Option<u32> {
        let (whole, head) = (sketch::shared(&self.whole, &other.whole), sketch::shared(&self.head, &other.head));
        (whole >= SAME_WHOLE || head >= SAME_HEAD).then_some(whole + head)
    }

    /// The share of the whole that is the same, in percent.
    pub(crate) fn percent(&self, other: &Self) -> u32 {
        sketch::shared(&self.whole, &other.whole) * 100 / sketch::BINS as u32
    }
}

/// The fingerprints of a message, and hashes of where it leads its reader.
pub(crate) fn of(features: &Features) -> (Prints, Vec<u32>) {
    let own = Own::of(features);
    let mut leads = Leads::of(features, &own);
    let words = words::of(features, |token| leads.read(token));
    (Prints::of_words(features, &own, &words), leads.into_hashes())
}

/// The fingerprints of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Prints {
    pub(crate) text: Option<Print>,
    pub(crate) links: Option<u64>,
    pub(crate) files: Option<u64>,
    pub(crate) language: Option<Language>,
}

impl Prints {
    /// The fingerprints of a message, as far as it has any. Reports of mail servers have none: their text is the
    /// server's, and the same for everybody.
    pub fn of(features: &Features) -> Self {
        of(features).0
    }

    fn of_words(features: &Features, own: &Own, words: &[u32]) -> Self {
        let head = words.get(..HEAD).unwrap_or(words);
        let language = Language::of(head, features.text.shown());
        if is_report(features) {
            return Self { language, ..Self::default() };
        }
        Self { text: text(words, head), links: links(features, own), files: files(features), language }
    }

    /// Whether there is anything to compare.
    pub fn is_empty(&self) -> bool {
        self.kinds().iter().all(Option::is_none)
    }

    /// The fingerprints as they are looked up: text, files, links.
    pub(crate) fn kinds(&self) -> [Option<Print>; 3] {
        [self.text, self.files.map(Print::of_key), self.links.map(Print::of_key)]
    }
}

fn text(words: &[u32], head: &[u32]) -> Option<Print> {
    let (whole, filled) = sketch::of_pairs(words);
    (words.len() >= MIN_WORDS && filled >= MIN_BINS).then(|| Print { head: sketch::of_pairs(head).0, whole })
}

/// A bounce of a server: the null sender without a login. With a login it is somebody's message, whatever it says.
fn is_report(features: &Features) -> bool {
    let null = features.sender.mail_from.as_ref().is_some_and(|path| path.as_str().is_empty());
    null && features.sender.login.is_none()
}

/// The domains that are linked to, the sender's own left out.
fn links(features: &Features, own: &Own) -> Option<u64> {
    let linked = features.urls.iter().filter(|url| url.source != UrlSource::Image);
    let mut hashes: Vec<u64> = linked
        .filter_map(|url| url.registrable.as_ref())
        .filter(|domain| !own.has(domain.as_str()))
        .map(|domain| crate::hash::of(domain.as_str()))
        .collect();
    combined(&mut hashes)
}

/// The contents of the attachments; pictures are left out, for everybody's signature has the firm's logo.
fn files(features: &Features) -> Option<u64> {
    let documents = features.attachments.iter().filter(|file| file.kind != FileKind::Image && file.size >= MIN_FILE);
    let mut hashes: Vec<u64> = documents.map(|file| file.digest ^ file.size as u64).collect();
    combined(&mut hashes)
}

/// The hash of a set; `None` for the empty one.
fn combined(hashes: &mut Vec<u64>) -> Option<u64> {
    hashes.sort_unstable();
    hashes.dedup();
    let all = hashes.iter().fold(0u64, |all, hash| all.rotate_left(5).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ hash);
    (!hashes.is_empty()).then_some(all)
}
