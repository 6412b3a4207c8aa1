//! The text that is shown, white space folded, and the measure of what is not.

use model::features::HtmlFacts;

use crate::bytes;
use crate::limits::MAX_TEXT;
use crate::text::{is_filler, is_invisible};

/// A preheader is at most that long; more is hidden text.
const MAX_PREHEADER: usize = 200;
/// So much of the hidden text is kept, in characters.
const MAX_SAMPLE: usize = 200;

/// What stands at the end of the text so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Edge {
    /// No letter.
    #[default]
    Open,
    /// A letter that is shown.
    Letter,
    /// Hidden text right behind a letter that is shown.
    Hidden,
}

/// Shown and hidden text so far.
#[derive(Debug, Default)]
pub(crate) struct Visible {
    /// The text that is shown.
    pub(crate) text: String,
    /// More was shown than is kept.
    pub(crate) cut: bool,
    gap: Option<char>,
    edge: Edge,
    splits: usize,
    shown: usize,
    /// Hidden characters before the first shown one, and after it.
    before: usize,
    hidden: usize,
    sample: String,
    sampled: usize,
}

impl Visible {
    /// Adds text that is shown.
    pub(crate) fn push(&mut self, text: &str) {
        self.splits += usize::from(self.edge == Edge::Hidden && text.starts_with(char::is_alphabetic));
        if has_control(text) {
            self.push_lines(text);
        } else {
            self.push_line(text);
        }
        self.edge = if text.ends_with(char::is_alphabetic) { Edge::Letter } else { Edge::Open };
    }

    fn push_lines(&mut self, text: &str) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.space();
            }
            if has_control(line) {
                self.push_pieces(line);
            } else {
                self.push_line(line);
            }
        }
    }

    fn push_pieces(&mut self, line: &str) {
        for (index, piece) in line.split(['\r', '\t', '\u{c}']).enumerate() {
            if index > 0 {
                self.space();
            }
            self.push_line(piece);
        }
    }

    /// A line whose words stand one space apart is kept as it is; most do.
    fn push_line(&mut self, line: &str) {
        let words = line.trim_matches(' ');
        if line.starts_with(' ') {
            self.space();
        }
        if words.is_ascii() && !has_double_space(words) {
            let spaces = count_spaces(words);
            self.shown = self.shown.saturating_add(words.len() - spaces);
            self.keep(words);
        } else {
            self.push_words(words);
        }
        if line.ends_with(' ') {
            self.space();
        }
    }

    fn push_words(&mut self, words: &str) {
        for (index, run) in words.split(' ').filter(|run| !run.is_empty()).enumerate() {
            if index > 0 {
                self.space();
            }
            self.push_run(run);
        }
    }

    /// A run without ASCII white space: nearly always a word.
    fn push_run(&mut self, run: &str) {
        if run.is_ascii() {
            self.shown = self.shown.saturating_add(run.len());
            self.keep(run);
            return;
        }
        for (index, word) in run.split(char::is_whitespace).enumerate() {
            if index > 0 {
                self.space();
            }
            self.shown = self.shown.saturating_add(word.chars().filter(|c| !is_invisible(*c)).count());
            self.keep(word);
        }
    }

    fn space(&mut self) {
        self.gap = self.gap.or(Some(' '));
        self.edge = Edge::Open;
    }

    /// Adds text that is hidden.
    pub(crate) fn push_hidden(&mut self, text: &str) {
        let count = text.chars().filter(|c| !c.is_whitespace() && !is_filler(*c)).count();
        if self.edge == Edge::Letter && count > 0 {
            self.edge = Edge::Hidden;
        }
        if self.shown == 0 {
            self.before = self.before.saturating_add(count);
        } else {
            self.hidden = self.hidden.saturating_add(count);
        }
        for c in text.chars().filter(|c| !c.is_control()).take(MAX_SAMPLE.saturating_sub(self.sampled)) {
            self.sample.push(c);
            self.sampled += 1;
        }
    }

    /// What follows stands on a line of its own.
    pub(crate) fn break_line(&mut self) {
        self.gap = Some('\n');
        self.edge = Edge::Open;
    }

    /// Writes down the counts.
    pub(crate) fn tell(&self, facts: &mut HtmlFacts) {
        let is_preheader = self.before <= MAX_PREHEADER && self.shown > 0;
        let (preheader, more) = if is_preheader { (self.before, 0) } else { (0, self.before) };
        facts.visible_chars = self.shown;
        facts.split_words = self.splits;
        facts.preheader_chars = preheader;
        facts.hidden_chars = self.hidden.saturating_add(more);
        if facts.hidden_chars > 0 {
            facts.hidden_sample = self.sample.trim().to_owned();
        }
    }

    fn keep(&mut self, run: &str) {
        if run.is_empty() {
            return;
        }
        if let Some(gap) = self.gap.take().filter(|_| !self.text.is_empty()) {
            self.text.push(gap);
        }
        self.cut |= bytes::push_bounded(&mut self.text, run, MAX_TEXT);
    }
}

/// Counted in bytes, nearly as many as a byte can count, so that the compiler takes sixteen at a time.
fn count_spaces(words: &str) -> usize {
    let spaces = |run: &[u8]| run.iter().map(|byte| u8::from(*byte == b' ')).fold(0, u8::wrapping_add);
    words.as_bytes().chunks(240).map(|run| usize::from(spaces(run))).sum()
}

fn has_double_space(words: &str) -> bool {
    let next = words.as_bytes().get(1..).unwrap_or_default();
    words.bytes().zip(next).fold(false, |found, (one, other)| found | ((one == b' ') & (*other == b' ')))
}

/// Whether there is a line end, a tab or another control character; checked without a branch, many bytes at a time.
fn has_control(text: &str) -> bool {
    text.bytes().fold(false, |found, byte| found | (byte < b' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// However the text is cut into events, its words stand one space apart.
        #[test]
        fn white_space_is_folded(pieces in prop::collection::vec("[ab \\n\\té\u{a0}]{0,12}", 0..6)) {
            let mut visible = Visible::default();
            pieces.iter().for_each(|piece| visible.push(piece));
            let words: Vec<String> = pieces.concat().split_whitespace().map(str::to_owned).collect();
            prop_assert_eq!(&visible.text, &words.join(" "));
            prop_assert_eq!(visible.shown, words.concat().chars().count());
        }
    }
}
