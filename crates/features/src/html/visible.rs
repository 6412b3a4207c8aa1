//! The text that is shown, white space folded, and the measure of what is not.

use model::features::HtmlFacts;

use crate::content::MAX_TEXT;
use crate::text::is_invisible;

/// A preheader is at most that long; more is hidden text.
const MAX_PREHEADER: usize = 200;
/// So much of the hidden text is kept, in characters.
const MAX_SAMPLE: usize = 200;

/// Shown and hidden text so far.
#[derive(Debug, Default)]
pub(crate) struct Visible {
    /// The text that is shown.
    pub(crate) text: String,
    /// More was shown than is kept.
    pub(crate) cut: bool,
    gap: Option<char>,
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
        for c in text.chars() {
            if c.is_whitespace() {
                self.gap = self.gap.or(Some(' '));
                continue;
            }
            self.shown += usize::from(!is_invisible(c));
            self.keep(c);
        }
    }

    /// Adds text that is hidden.
    pub(crate) fn push_hidden(&mut self, text: &str) {
        let count = text.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c)).count();
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
    }

    /// Writes down the counts.
    pub(crate) fn tell(&self, facts: &mut HtmlFacts) {
        let is_preheader = self.before <= MAX_PREHEADER && self.shown > 0;
        let (preheader, more) = if is_preheader { (self.before, 0) } else { (0, self.before) };
        facts.visible_chars = self.shown;
        facts.preheader_chars = preheader;
        facts.hidden_chars = self.hidden.saturating_add(more);
        if facts.hidden_chars > 0 {
            facts.hidden_sample = self.sample.trim().to_owned();
        }
    }

    fn keep(&mut self, c: char) {
        if self.text.len().saturating_add(5) > MAX_TEXT {
            self.cut = true;
            return;
        }
        match self.gap.take() {
            Some(gap) if !self.text.is_empty() => self.text.push(gap),
            _ => {}
        }
        self.text.push(c);
    }
}
