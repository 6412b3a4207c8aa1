//! Runs every scorer over a message and adds up the points.
//!
//! Bounded: at most [`MAX_HITS`] hits a message, [`MAX_WHY`] bytes a sentence; what came from the message is made printable.

use std::sync::Arc;

use model::names::bounded;
use model::{Features, Hit, Score, SignalName};

use crate::classifier::{self, Classifier, Correction, Learned, Sample};
use crate::table::{self, Row};
use crate::{Lexicon, Reading, RuleBook, ScoreSettings, Scorer, caps, home, scorers};

/// More hits than this are not kept; those with most points stay.
pub const MAX_HITS: usize = 64;
/// The longest sentence of a hit in bytes.
pub const MAX_WHY: usize = 200;
/// The longest piece of the message quoted in a sentence, in bytes.
const MAX_QUOTE: usize = 100;

/// Scores messages under one configuration. Building it compiles the word lists (some milliseconds); keep it.
pub struct Engine {
    lexicon: Lexicon,
    signals: Vec<Signal>,
    spam: i32,
    reject: i32,
    rules: RuleBook,
}

/// A scorer with its row and the points in force.
struct Signal {
    scorer: Box<dyn Scorer>,
    row: &'static Row,
    points: i32,
}

impl Engine {
    /// An engine with the points of the table, changed as the settings say.
    pub fn new(settings: &ScoreSettings) -> Self {
        let signals = scorers::all().into_iter().filter_map(|scorer| Signal::new(scorer, settings)).collect();
        Self {
            lexicon: Lexicon::embedded(),
            signals,
            spam: settings.spam,
            reject: settings.reject,
            rules: RuleBook::default(),
        }
    }

    /// The same engine with other weights, such as those of an evaluation.
    #[must_use]
    pub fn with_classifier(mut self, classifier: Classifier) -> Self {
        self.lexicon.classifier = Some(classifier);
        self
    }

    /// The same engine with what an operator's corrections have taught.
    #[must_use]
    pub fn with_learned(mut self, learned: Arc<Learned>) -> Self {
        self.lexicon.learned = learned;
        self
    }

    /// What the classifier sees of a message, for training.
    pub fn sample(&self, features: &Features) -> Sample {
        classifier::sample(&Reading::new(features, &self.lexicon))
    }

    /// What the layer of corrections learns when a person calls this message spam or ham.
    pub fn correction(&self, features: &Features, is_spam: bool) -> Correction {
        Correction { is_spam, pairs: classifier::pairs(&Reading::new(features, &self.lexicon)) }
    }

    /// The same with rules of the operator's.
    #[must_use]
    pub fn with_rules(mut self, rules: RuleBook) -> Self {
        self.rules = rules;
        self
    }

    /// Whether a signal of that name can stand in a score.
    pub fn has_signal(&self, name: &str) -> bool {
        self.signals.iter().any(|signal| signal.row.name == name) || self.rules.names().any(|rule| rule == name)
    }

    /// The header fields that the rules look at, lower case: extraction keeps their values.
    pub fn fields(&self) -> Vec<String> {
        self.rules.fields()
    }

    /// The score of one message, with a sentence for every signal seen in it.
    pub fn score(&self, features: &Features) -> Score {
        let reading = Reading::new(features, &self.lexicon);
        let mut hits: Vec<Hit> = self.signals.iter().filter_map(|signal| signal.hit(&reading)).collect();
        hits.extend(self.rules.hits(features));
        let is_read_as_spam = hits.iter().any(|hit| hit.signal.as_str() == "content_classifier" && hit.points > 0);
        if is_read_as_spam && home::leads_home(&reading) {
            caps::at_home(&mut hits, self.spam);
        }
        caps::words_alone(&mut hits, self.reject);
        settled(hits, self.spam)
    }
}

/// The score of what was seen, where messages from `spam` points on are spam; most points first.
pub fn settled(mut hits: Vec<Hit>, spam: i32) -> Score {
    drop_idle_credit(&mut hits, spam);
    hits.sort_by_key(|hit| std::cmp::Reverse(hit.points));
    hits.truncate(MAX_HITS);
    Score::of(hits)
}

/// What is spam without the classifier's credit stays spam: or a thief would paste ordinary text below it. A person's word
/// counts always.
fn drop_idle_credit(hits: &mut Vec<Hit>, spam: i32) {
    let charged: i64 = hits.iter().map(|hit| i64::from(hit.points.max(0))).sum();
    if charged >= i64::from(spam) {
        hits.retain(|hit| hit.points > 0 || hit.signal.as_str() != "content_classifier");
    }
}

impl Signal {
    /// `None` when the signal is switched off.
    fn new(scorer: Box<dyn Scorer>, settings: &ScoreSettings) -> Option<Self> {
        let name = scorer.name();
        let row = table::row(name.as_str())?;
        let points = settings.points.0.get(name.as_str()).copied().unwrap_or(row.points);
        (points != 0).then_some(Self { scorer, row, points })
    }

    fn hit(&self, reading: &Reading<'_>) -> Option<Hit> {
        let seen = self.scorer.observe(reading)?;
        let points = i64::from(self.points) * i64::from(seen.percent) / 100;
        let points = i32::try_from(points).unwrap_or(self.points);
        Some(Hit { signal: SignalName::new(self.row.name), points, why: sentence(self.row.sentence, &seen.what) })
    }
}

/// The sentence with what was seen in the place of `{}`.
pub(crate) fn sentence(sentence: &str, seen: &str) -> String {
    let why = sentence.replacen("{}", &printable(seen), 1);
    bounded(&why, MAX_WHY).to_owned()
}

/// One line without control, invisible or direction-changing characters, which could rewrite a terminal or a log.
fn printable(text: &str) -> String {
    let shown = |c: char| !c.is_control() && !crate::fold::is_invisible(c) && !crate::fold::is_bidi(c);
    let line: String = text.chars().map(|c| if shown(c) { c } else { ' ' }).take(MAX_QUOTE).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut = bounded(&line, MAX_QUOTE);
    if cut.len() < line.len() || text.chars().nth(MAX_QUOTE).is_some() { format!("{cut}…") } else { cut.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Mailbox;

    fn engine(points: &[(&str, i32)]) -> Engine {
        let mut settings = ScoreSettings::default();
        settings.points.0 = points.iter().map(|(name, points)| ((*name).to_owned(), *points)).collect();
        Engine::new(&settings)
    }

    fn without_from() -> Features {
        let mut features = Features::default();
        features.headers.to = vec![Mailbox { name: String::new(), address: "a@shop.example".into() }];
        features.headers.date = model::features::DateFact::At(model::Timestamp::default(), 0);
        features
    }

    #[test]
    fn points_can_be_changed_and_signals_switched_off() {
        let points = |engine: Engine| engine.score(&without_from()).total;
        assert_eq!(points(engine(&[("from_missing", 7)])), 7);
        assert_eq!(points(engine(&[("from_missing", 0)])), 0);
    }

    #[test]
    fn unknown_names_are_reported() {
        let points = [("from_mising", 3), ("html_form", 3)].map(|(name, points)| (name.to_owned(), points));
        let settings = ScoreSettings { points: settings::Points(points.into()), ..ScoreSettings::default() };
        assert_eq!(settings.unknown_points().collect::<Vec<_>>(), ["from_mising"]);
    }

    #[test]
    fn what_came_from_the_message_is_bounded_and_printable() {
        let mut features = Features::default();
        let name = format!("a@bank.example\u{1b}[2J\u{202e}\n{}", "é".repeat(5000));
        features.headers.from = vec![Mailbox { name, address: "b@evil.test".into() }];
        let score = engine(&[]).score(&features);
        assert!(!score.hits.is_empty());
        for hit in score.hits {
            assert!(hit.why.len() <= MAX_WHY && !hit.why.chars().any(char::is_control), "{}", hit.why);
            assert!(!hit.why.contains('\u{202e}'));
        }
    }

    #[test]
    fn extreme_points_do_not_overflow() {
        let mut features = without_from();
        features.text.plain = "SHOUTING ".repeat(50);
        let score = engine(&[("from_missing", i32::MAX), ("text_shouting", i32::MAX), ("content_classifier", 0)])
            .score(&features);
        assert_eq!(score.hits.len(), 2);
        assert_eq!(score.total, i32::MAX);
    }
}
