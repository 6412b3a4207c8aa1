//! The console's words: one file for each language, the same keys in all of them.
//!
//! A line is `key = text`; `{name}` in a text is filled in. Where a count decides, the keys end in `.one` and `.many`.

use std::collections::HashMap;
use std::sync::LazyLock;
use std::time::Duration;

use customers::Language;

use crate::moment::grouped;

/// The words of one language.
#[derive(Debug)]
pub struct Words {
    language: Language,
    lines: HashMap<&'static str, &'static str>,
}

static ALL: LazyLock<[Words; 3]> = LazyLock::new(|| {
    [
        Words::parse(Language::En, include_str!("words/en.txt")),
        Words::parse(Language::Fr, include_str!("words/fr.txt")),
        Words::parse(Language::De, include_str!("words/de.txt")),
    ]
});

impl Words {
    /// The words of a language.
    pub fn of(language: Language) -> &'static Self {
        let [en, fr, de] = &*ALL;
        match language {
            Language::En => en,
            Language::Fr => fr,
            Language::De => de,
        }
    }

    /// Which language they are of.
    pub fn language(&self) -> Language {
        self.language
    }

    fn parse(language: Language, text: &'static str) -> Self {
        let lines = text.lines().filter_map(|line| line.split_once(" = ")).collect();
        Self { language, lines }
    }

    /// Keys that begin so, with their texts.
    pub(crate) fn beginning(&self, with: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.lines.iter().map(|(key, text)| (*key, *text)).filter(move |(key, _)| key.starts_with(with))
    }

    /// Whether there is such a key.
    pub(crate) fn knows(&self, key: &str) -> bool {
        self.lines.contains_key(key)
    }

    /// A text without anything to fill in. A key that is missing is shown itself: the tests find it.
    pub fn say<'k>(&self, key: &'k str) -> &'k str {
        self.lines.get(key).copied().unwrap_or(key)
    }

    /// A text with its gaps filled.
    pub fn fill(&self, key: &str, gaps: &[(&str, &str)]) -> String {
        let mut rest = self.say(key);
        let mut filled = String::with_capacity(rest.len());
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((name, behind)) = after.split_once('}') else { break };
            filled.push_str(gaps.iter().find(|(gap, _)| *gap == name).map_or("", |(_, value)| value));
            rest = behind;
        }
        filled.push_str(rest);
        filled
    }

    /// A text for so many things; its gap `count` is filled too.
    pub fn count(&self, key: &str, count: u64, gaps: &[(&str, &str)]) -> String {
        let one = count == 1 || (count == 0 && self.language == Language::Fr);
        let key = format!("{key}.{}", if one { "one" } else { "many" });
        let shown = grouped(count);
        let gaps: Vec<_> = gaps.iter().copied().chain([("count", shown.as_str())]).collect();
        self.fill(&key, &gaps)
    }

    /// A length of time in whole words, as it stands behind "within": its two largest units.
    pub fn length(&self, length: Duration) -> String {
        let units = [(86_400, "unit.day"), (3600, "unit.hour"), (60, "unit.minute"), (1, "unit.second")];
        let parts = split(length, units);
        let words: Vec<_> = parts.iter().map(|(count, key)| self.count(key, *count, &[])).collect();
        words.join(" ")
    }

    /// A length of time in short: `2 h 14 min`.
    pub fn span(&self, length: Duration) -> String {
        let units = [(86_400, "unit.d"), (3600, "unit.h"), (60, "unit.min"), (1, "unit.s")];
        let parts = split(length, units);
        let words: Vec<_> = parts.iter().map(|(count, key)| format!("{count}\u{a0}{}", self.say(key))).collect();
        words.join(" ")
    }
}

/// The two largest units that aren't zero; of nothing, zero of the last.
fn split(length: Duration, units: [(u64, &'static str); 4]) -> Vec<(u64, &'static str)> {
    let mut left = length.as_secs();
    let mut parts = Vec::new();
    for (size, key) in units {
        let count = left / size;
        left %= size;
        if count > 0 && parts.len() < 2 {
            parts.push((count, key));
        }
    }
    if parts.is_empty() {
        let [.., (_, smallest)] = units;
        parts.push((0, smallest));
    }
    parts
}

/// The language of a visitor: what he has chosen, else the first of his browser's list that we speak, else English.
pub fn language(chosen: Option<&str>, accepted: Option<&str>) -> Language {
    let known =
        |word: &str| Language::ALL.iter().copied().find(|language| word.eq_ignore_ascii_case(language.as_str()));
    if let Some(language) = chosen.and_then(known) {
        return language;
    }
    let mut wanted: Vec<(f32, Language)> =
        accepted.unwrap_or_default().split(',').take(20).filter_map(ranked).collect();
    wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
    wanted.first().map_or(Language::En, |(_, language)| *language)
}

/// `fr-CH;q=0.8` (RFC 9110 12.5.4): its weight and its language, when we speak it.
fn ranked(range: &str) -> Option<(f32, Language)> {
    let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
    let primary = tag.trim().split('-').next()?;
    let language = Language::ALL.iter().copied().find(|language| primary.eq_ignore_ascii_case(language.as_str()))?;
    let weight: f32 = weight.trim().strip_prefix("q=")?.trim().parse().ok()?;
    (weight > 0.0).then_some((weight, language))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_language_has_the_same_keys_and_gaps() {
        let gaps = |text: &str| -> BTreeSet<String> {
            text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).map(str::to_owned).collect()
        };
        let english = Words::of(Language::En);
        for language in [Language::Fr, Language::De] {
            let other = Words::of(language);
            let keys = |words: &Words| words.lines.keys().copied().collect::<BTreeSet<_>>();
            assert_eq!(keys(english), keys(other), "{language:?}");
            for (key, text) in &english.lines {
                assert_eq!(gaps(text), gaps(other.lines[key]), "{language:?}: {key}");
            }
        }
    }

    #[test]
    fn every_counter_has_its_words() {
        let words = Words::of(Language::En);
        for counter in model::standing::CounterKind::ALL {
            assert!(words.knows(&format!("counter.{counter}")), "{counter}");
        }
    }

    /// Of the languages' own typography: French sets a space that does not break before its high marks and inside its quotation
    /// marks, German opens with „ and closes with “; neither has straight ones.
    #[test]
    fn marks_are_set_as_each_language_sets_them() {
        let french = [include_str!("words/fr.txt"), include_str!("words/signals.fr.txt")].concat();
        for (_, text) in french.lines().filter_map(|line| line.split_once(" = ")) {
            assert!(!text.contains('\'') && !text.contains('"'), "straight: {text}");
            let letters: Vec<_> = text.chars().chain([' ']).collect();
            for three in letters.windows(3) {
                let [before, mark, behind] = *three else { unreachable!() };
                let is_high = matches!(mark, ';' | '!' | '?' | ':') && behind.is_whitespace();
                let is_fixed = |space| matches!(space, '\u{a0}' | '\u{202f}');
                assert!(!(is_high || mark == '\u{bb}') || is_fixed(before), "before {mark}: {text}");
                assert!(mark != '\u{ab}' || is_fixed(behind), "behind {mark}: {text}");
            }
        }
        let german = [include_str!("words/de.txt"), include_str!("words/signals.de.txt")].concat();
        for (_, text) in german.lines().filter_map(|line| line.split_once(" = ")) {
            assert_eq!(text.matches('\u{201e}').count(), text.matches('\u{201c}').count(), "{text}");
            assert!(!text.contains(['"', '\'', '\u{ab}', '\u{bb}', '\u{201d}']), "{text}");
        }
    }

    #[test]
    fn no_line_is_lost() {
        for file in [include_str!("words/en.txt"), include_str!("words/fr.txt"), include_str!("words/de.txt")] {
            let keys: BTreeSet<_> =
                file.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key).collect();
            assert_eq!(keys.len(), file.lines().count(), "a key stands twice, or a line has none");
        }
    }

    #[test]
    fn texts_are_filled_and_counted() {
        let (en, fr) = (Words::of(Language::En), Words::of(Language::Fr));
        assert_eq!(en.count("signals", 1, &[]), "1 signal");
        assert_eq!(en.count("signals", 0, &[]), "0 signals");
        assert_eq!(fr.count("signals", 0, &[]), "0 indice");
        assert_eq!(
            en.fill("why.scores", &[("low", "110"), ("high", "{low}")]),
            "The messages scored from 110 to {low}."
        );
        assert_eq!(Words::of(Language::De).length(Duration::from_secs(90_000)), "1 Tag 1 Stunde");
        assert_eq!(fr.span(Duration::from_secs(90_061)), "1\u{a0}j 1\u{a0}h");
        assert_eq!(en.span(Duration::ZERO), "0\u{a0}s");
    }

    #[test]
    fn a_visitor_reads_his_own_language() {
        assert_eq!(language(Some("de"), Some("fr")), Language::De);
        assert_eq!(language(Some("xx"), Some("it, fr-CH;q=0.8, de;q=0.9")), Language::De);
        assert_eq!(language(None, Some("de;q=0, *;q=0.1")), Language::En);
        assert_eq!(language(None, None), Language::En);
    }
}
