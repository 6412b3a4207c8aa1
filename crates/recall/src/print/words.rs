//! A text as the hashes of its words, normalised so that copies of one template look alike.
//!
//! Case is folded. Numbers, links and addresses are left out, and so are single letters and the words of the names that
//! differ from copy to copy: recipients and sender. Quoted lines and what follows a signature's `-- ` are not the
//! sender's message. One pass over at most [`MAX_TEXT`] bytes.

use std::sync::LazyLock;

use model::Features;
use model::names::bounded;

/// More of a text is not read, in bytes: a template shows itself within some 450 words.
const MAX_TEXT: usize = 3072;
/// More words of names are not left out.
const MAX_NAMES: usize = 32;
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// The words of the text a reader sees. What is no word (numbers, links, addresses) goes to `other`.
pub(super) fn of<'t>(features: &'t Features, mut other: impl FnMut(&'t str)) -> Vec<u32> {
    let names = Names::of(features);
    let mut words = Vec::with_capacity(256);
    for line in bounded(features.text.shown(), MAX_TEXT).lines() {
        if line.starts_with('>') {
            continue;
        }
        if line == "-- " {
            break;
        }
        for token in line.split_ascii_whitespace() {
            if read(token, &names, &mut words) {
                other(token);
            }
        }
    }
    words
}

/// The hash of one word, as it stands in a text.
pub(super) fn hash_of(word: &str) -> u32 {
    let mut words = Vec::with_capacity(1);
    read(word, &Names::default(), &mut words);
    words.first().copied().unwrap_or_default()
}

/// Whether the token is no word.
fn read(token: &str, names: &Names, words: &mut Vec<u32>) -> bool {
    let before = words.len();
    let masked = if token.is_ascii() { read_ascii(token, names, words) } else { read_any(token, names, words) };
    if masked {
        words.truncate(before);
    }
    masked
}

/// Whether the token is an address, a link or a number and says nothing of the template.
fn read_ascii(token: &str, names: &Names, words: &mut Vec<u32>) -> bool {
    let mut word = Word::default();
    let mut colon = false;
    for byte in token.bytes() {
        match ASCII.get(usize::from(byte)).copied().unwrap_or(GAP) {
            MASK => return true,
            GAP if colon && byte == b'/' => return true,
            GAP => word.end(names, words),
            letter => word.push(letter.into()),
        }
        colon = byte == b':';
    }
    word.end(names, words);
    token.starts_with("www.")
}

fn read_any(token: &str, names: &Names, words: &mut Vec<u32>) -> bool {
    let mut word = Word::default();
    for c in token.chars() {
        match c {
            '0'..='9' | '@' => return true,
            // Of no width: they break up words for a filter, not for a reader.
            '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' => {}
            // Written without spaces: each character is a word.
            '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' => {
                word.end(names, words);
                words.push(mixed(u64::from(c)));
            }
            c => match letter(c) {
                Some(letter) => word.push(letter.into()),
                None => word.end(names, words),
            },
        }
    }
    word.end(names, words);
    token.contains("://")
}

/// In [`ASCII`]: between words.
const GAP: u8 = 0;
/// In [`ASCII`]: no word has this.
const MASK: u8 = 1;

/// The small letter of a letter, [`GAP`] or [`MASK`].
const ASCII: [u8; 256] = ascii();

#[allow(
    clippy::indexing_slicing,
    reason = "evaluated when the program is built; an index out of bounds would not compile"
)]
const fn ascii() -> [u8; 256] {
    let mut table = [GAP; 256];
    let mut code = 0u8;
    while code < 128 {
        table[code as usize] = match code {
            b'a'..=b'z' | b'A'..=b'Z' => code | 0x20,
            b'0'..=b'9' | b'@' => MASK,
            _ => GAP,
        };
        code += 1;
    }
    table
}

/// Latin, Greek, Cyrillic, Armenian, Hebrew and Arabic end before this.
const FAR: u32 = 0x700;

/// The small letters of near characters, 0 for what is no letter: Unicode's own tables take ten times as long.
static NEAR: LazyLock<Vec<u32>> =
    LazyLock::new(|| ('\0'..).take_while(|c| u32::from(*c) < FAR).map(|c| small(c).unwrap_or(0)).collect());

/// The small letter of a letter.
fn letter(c: char) -> Option<u32> {
    match NEAR.get(c as usize) {
        Some(0) => None,
        Some(letter) => Some(*letter),
        None => small(c),
    }
}

fn small(c: char) -> Option<u32> {
    c.is_alphabetic().then(|| c.to_lowercase().next().unwrap_or(c).into())
}

/// The word that is being read. Two cycles a letter; the letters are mixed once, at the end.
#[derive(Default)]
struct Word {
    hash: u64,
    letters: u32,
}

impl Word {
    fn push(&mut self, letter: u64) {
        self.hash = self.hash.rotate_left(7) ^ letter;
        self.letters += 1;
    }

    fn end(&mut self, names: &Names, words: &mut Vec<u32>) {
        let word = std::mem::take(self);
        let hash = mixed(word.hash ^ u64::from(word.letters) << 56);
        if word.letters > 1 && !names.contain(hash) {
            words.push(hash);
        }
    }
}

fn mixed(letters: u64) -> u32 {
    let folded = (letters ^ letters >> 29).wrapping_mul(MIX);
    (folded >> 32) as u32
}

/// The words of the names in envelope and header.
#[derive(Default)]
struct Names {
    hashes: Vec<u32>,
    /// Bit `hash % 64` of every name: most words are told apart from names without a search.
    bits: u64,
}

impl Names {
    fn of(features: &Features) -> Self {
        let mut names = Self::default();
        let headers = &features.headers;
        for path in features.sender.first_recipients.iter().take(4) {
            names.add(path.as_str().split('@').next().unwrap_or_default());
        }
        for mailbox in headers.to.iter().take(4).chain(&headers.from) {
            names.add(&mailbox.name);
            names.add(mailbox.address.split('@').next().unwrap_or_default());
        }
        names
    }

    fn add(&mut self, name: &str) {
        let none = Self::default();
        for part in name.split(|c: char| !c.is_alphabetic()) {
            if self.hashes.len() < MAX_NAMES {
                read(part, &none, &mut self.hashes);
            }
        }
        self.bits = self.hashes.iter().fold(0, |bits, hash| bits | 1 << (hash % 64));
    }

    fn contain(&self, hash: u32) -> bool {
        self.bits & 1 << (hash % 64) != 0 && self.hashes.contains(&hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<u32> {
        let mut features = Features::default();
        features.text.plain = text.into();
        features.headers.to = vec![model::Mailbox { name: "Bob Smith".into(), address: "bob@far.example".into() }];
        of(&features, |_| ())
    }

    #[test]
    fn what_differs_from_copy_to_copy_is_left_out() {
        let one = words("Dear Bob,\nyour order 1234 is at https://a.example/x?u=1 or write to me@shop.example NOW");
        let two = words("Dear Smith your order 99-7 is at https://b.example/other or write to you@shop.example now!");
        assert_eq!(one, two);
        assert_eq!(one.len(), 9);
    }

    #[test]
    fn quotes_and_signatures_are_not_the_message() {
        assert_eq!(words("hello there\n> what you wrote\n-- \nAnna, director"), words("hello there"));
    }

    #[test]
    fn other_scripts_have_words_too() {
        assert_eq!(words("Привет, МИР").len(), 2);
        assert_eq!(words("Привет мир"), words("ПРИВЕТ МИР"));
        assert_eq!(words("会議の資料").len(), 5);
        assert_eq!(words("pass\u{200b}word caf\u{e9}"), words("password CAF\u{c9}"));
    }
}
