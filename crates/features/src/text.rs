//! Characters that deceive the reader or the filter: invisible ones, bidirectional overrides, letters of one alphabet
//! that pass for another's.

use std::sync::LazyLock;

use model::features::TextFacts;

/// More mixed words are not kept.
const MAX_MIXED: usize = 10;
/// A word is looked at up to here, in letters.
const MAX_WORD: usize = 40;

/// Counts the characters of subject, plain text and visible HTML text.
pub(crate) fn count(subject: Option<&str>, text: &mut TextFacts) {
    let mut counter = Counter::default();
    [subject.unwrap_or_default(), &text.plain, &text.html].into_iter().for_each(|part| counter.read(part));
    text.invisible_chars = counter.invisible;
    text.mixed_words = counter.mixed;
    // Japanese and Chinese text writes Latin letters full-width as a matter of course.
    text.styled_letters = counter.styled + if counter.east_asian { 0 } else { counter.full_width };
    text.letters = counter.letters;
    text.bidi_overrides = counter.bidi;
}

/// Whether a character takes no room and is none that its script needs here.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

/// Whether a character fills room without being read: what newsletters pad their preheader with.
pub(crate) fn is_filler(c: char) -> bool {
    is_invisible(c)
        || matches!(c, '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{180E}' | '\u{2061}'..='\u{2064}' | '\u{2800}' | '\u{FE00}'..='\u{FE0F}')
}

#[derive(Default)]
struct Counter {
    invisible: usize,
    bidi: usize,
    letters: usize,
    styled: usize,
    full_width: usize,
    east_asian: bool,
    mixed: Vec<String>,
}

impl Counter {
    fn read(&mut self, text: &str) {
        self.letters += ascii_letters(text);
        // Plain ASCII holds none of all this; most mail is nothing else.
        if text.is_ascii() {
            return;
        }
        // Nor do most lines of other text; a line is checked many bytes at a time.
        let mut previous = '\n';
        for line in text.split('\n') {
            if !line.is_ascii() {
                self.read_line(line, previous);
            }
            previous = ' ';
        }
    }

    fn read_line(&mut self, line: &str, mut previous: char) {
        for run in line.split_ascii_whitespace() {
            if !run.is_ascii() && !self.read_plain(run) {
                self.read_run(run, previous);
            }
            previous = ' ';
        }
    }

    /// Counts a run of letters and marks that can deceive nobody; whether it was one.
    fn read_plain(&mut self, run: &str) -> bool {
        let (mut all, mut letters) = (0, 0);
        for c in run.chars() {
            let class = class(c);
            all |= class;
            letters += usize::from(class & WIDE_LETTER);
        }
        let mixed = all & LATIN != 0 && all & OTHER != 0;
        if mixed || all & SPECIAL != 0 {
            return false;
        }
        self.letters += letters;
        self.east_asian |= all & EAST_ASIAN != 0;
        true
    }

    fn read_run(&mut self, run: &str, mut previous: char) {
        let mut word = Word::default();
        for (at, c) in run.char_indices() {
            self.see(c, previous);
            if is_letter(c) {
                word.add(c, at);
            } else if !is_invisible(c) {
                self.end_word(&mut word, run);
            }
            previous = c;
        }
        self.end_word(&mut word, run);
    }

    fn see(&mut self, c: char, previous: char) {
        if c.is_ascii() {
            return;
        }
        self.letters += usize::from(is_letter(c));
        match c {
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => self.bidi += 1,
            '\u{1D400}'..='\u{1D7FF}' | '\u{24B6}'..='\u{24E9}' | '\u{1F130}'..='\u{1F189}' => self.styled += 1,
            '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' => self.full_width += 1,
            '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' => self.east_asian = true,
            _ if is_invisible(c) => self.invisible += usize::from(!may_follow(previous, c)),
            _ => {}
        }
    }

    fn end_word(&mut self, word: &mut Word, run: &str) {
        let word = std::mem::take(word);
        if self.mixed.len() < MAX_MIXED && word.is_mixed() {
            let text = word.letters_of(run);
            if !self.mixed.contains(&text) {
                self.mixed.push(text);
            }
        }
    }
}

/// Counted in bytes, nearly as many as a byte can count, so that the compiler takes sixteen at a time.
fn ascii_letters(text: &str) -> usize {
    let letters = |run: &[u8]| run.iter().map(|byte| u8::from(byte.is_ascii_alphabetic())).fold(0, u8::wrapping_add);
    text.as_bytes().chunks(240).map(|run| usize::from(letters(run))).sum()
}

/// Whether a character is a letter; of the usual scripts without a search through Unicode's tables.
fn is_letter(c: char) -> bool {
    match c {
        '\0'..='\u{2FFF}' => NEAR.get(c as usize).is_some_and(|letter| *letter),
        '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' => true,
        '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' => true,
        '\u{1F300}'..='\u{1FAFF}' => false,
        c => c.is_alphabetic(),
    }
}

/// Which characters are letters, of the scripts and symbols before the East Asian ones.
static NEAR: LazyLock<Vec<bool>> = LazyLock::new(|| ('\0'..'\u{3000}').map(char::is_alphabetic).collect());

/// A letter beyond ASCII.
const WIDE_LETTER: u8 = 1;
const LATIN: u8 = 2;
/// Letters that may pass for Latin ones.
const OTHER: u8 = 4;
/// What needs a closer look.
const SPECIAL: u8 = 8;
const EAST_ASIAN: u8 = 16;

/// What a character is, for the short way.
fn class(c: char) -> u8 {
    match c {
        '\0'..='\u{2FFF}' => CLASSES.get(c as usize).copied().unwrap_or(SPECIAL),
        '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' => WIDE_LETTER | EAST_ASIAN,
        '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' => WIDE_LETTER | EAST_ASIAN,
        _ => SPECIAL,
    }
}

static CLASSES: LazyLock<Vec<u8>> = LazyLock::new(|| ('\0'..'\u{3000}').map(near_class).collect());

fn near_class(c: char) -> u8 {
    let letter = u8::from(!c.is_ascii() && is_letter(c));
    match c {
        '\u{24B6}'..='\u{24E9}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => SPECIAL,
        c if is_invisible(c) => SPECIAL,
        'a'..='z' | 'A'..='Z' | '\u{C0}'..='\u{24F}' => letter | LATIN,
        '\u{370}'..='\u{52F}' => letter | OTHER,
        _ => letter,
    }
}

/// Joiners and marks that emoji and right-to-left or Indic scripts need, and the byte order mark at the beginning.
fn may_follow(previous: char, c: char) -> bool {
    let emoji = matches!(previous, '\u{2600}'..='\u{27BF}' | '\u{1F000}'..='\u{1FAFF}' | '\u{FE0F}' | '\u{E0020}'..='\u{E007F}');
    let script = matches!(previous, '\u{0590}'..='\u{0DFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{FB1D}'..='\u{FEFC}');
    match c {
        '\u{200D}' => emoji || script,
        '\u{200C}' | '\u{200E}' | '\u{200F}' => script,
        '\u{FEFF}' => previous == '\n',
        _ => false,
    }
}

/// The word that is being read: only what tells whether it is kept.
#[derive(Default)]
struct Word {
    start: usize,
    letters: usize,
    latin: usize,
    cyrillic: usize,
    greek: usize,
}

impl Word {
    fn add(&mut self, c: char, at: usize) {
        if self.letters == 0 {
            self.start = at;
        }
        self.letters += 1;
        if self.letters > MAX_WORD {
            return;
        }
        match c {
            'a'..='z' | 'A'..='Z' | '\u{C0}'..='\u{24F}' => self.latin += 1,
            '\u{370}'..='\u{3FF}' => self.greek += usize::from(looks_latin(c)),
            '\u{400}'..='\u{52F}' => self.cyrillic += 1,
            _ => {}
        }
    }

    fn letters_of(&self, run: &str) -> String {
        let rest = run.get(self.start..).unwrap_or_default();
        rest.chars().filter(|c| is_letter(*c)).take(self.letters.min(MAX_WORD)).collect()
    }

    /// Short ones are units and symbols (μm, kΩ), and so are Greek letters that look like nothing else.
    fn is_mixed(&self) -> bool {
        self.letters >= 3 && self.latin > 0 && (self.cyrillic > 0 || (self.greek > 0 && self.letters >= 4))
    }
}

/// Greek letters that pass for Latin ones.
fn looks_latin(c: char) -> bool {
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαοινυρτκχεγηϲ".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(plain: &str) -> TextFacts {
        let mut text = TextFacts { plain: plain.into(), ..TextFacts::default() };
        count(None, &mut text);
        text
    }

    #[test]
    fn words_of_two_alphabets_are_kept_but_units_are_not() {
        assert_eq!(counted("your раypal account").mixed_words, ["раypal"]);
        assert_eq!(counted("Αmazon, 5 μm, 10 kΩ, Δt, привет, IT-отдел, café").mixed_words, ["Αmazon"]);
    }

    #[test]
    fn an_invisible_character_does_not_split_a_word() {
        let text = counted("pay\u{200B}раl");
        assert_eq!((text.invisible_chars, text.mixed_words.len()), (1, 1));
    }

    #[test]
    fn the_short_way_to_a_letter_is_the_long_way() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_letter(c), c.is_alphabetic(), "{c:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_short_way_over_a_run_is_the_long_way(run in "[aßжαΩ語カ한 =\u{AD}\u{200B}\u{202E}Ⓐ…é々ａ👩]{1,8}") {
            for run in run.split(' ') {
                let (mut short, mut long) = (Counter::default(), Counter::default());
                if short.read_plain(run) {
                    long.read_run(run, ' ');
                    let facts = |counter: &Counter| {
                        (counter.letters, counter.east_asian, counter.invisible, counter.bidi, counter.mixed.len())
                    };
                    proptest::prop_assert_eq!(facts(&short), facts(&long));
                    proptest::prop_assert_eq!((long.styled, long.full_width), (0, 0));
                }
            }
        }
    }

    #[test]
    fn joiners_of_emoji_and_persian_are_no_trick() {
        assert_eq!(counted("👩\u{200D}💻 می\u{200C}خواهم").invisible_chars, 0);
        assert_eq!(counted("a\u{200D}b\u{AD}c").invisible_chars, 2);
    }

    #[test]
    fn styled_letters_are_counted_outside_of_east_asian_text() {
        assert_eq!(counted("𝐅𝐫𝐞𝐞 Ｗｉｎ").styled_letters, 7);
        assert_eq!(counted("ＡＢＣ株式会社").styled_letters, 0);
        assert_eq!(counted("x\u{202E}fdp").bidi_overrides, 1);
    }
}
