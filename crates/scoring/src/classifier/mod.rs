//! The content classifier: a linear model over hashed words and a few properties, with weights of one byte.
//!
//! It knows nothing of accounts and limits, and a message that says little gets no opinion. Its weights come with the program
//! (`data/classifier.weights`, made by `portreeve train`); what an operator corrects lies beside them in [`Learned`].

mod learned;
mod neutral;
mod properties;
mod sender;
mod weights;
mod words;

pub(crate) use learned::pairs;
pub use learned::{Correction, Learned, LearnedError};
pub use properties::Properties;
pub(crate) use properties::Unrelated;
pub use weights::{Weights, WeightsError};
pub use words::SLOTS;
pub(crate) use words::hashed;

use crate::Reading;

/// All weights: a slot for each word, then one for each property a version may ever have.
pub const WEIGHTS: usize = SLOTS + 64;
/// A property counts like a word among sixteen: texts of any length have the same properties.
pub const PROPERTY_VALUE: f32 = 0.25;
/// Below so many bytes of words there is no opinion.
const LEAST_TEXT: usize = 24;
/// With fewer different words, and no link, an opinion counts in part.
const ENOUGH_WORDS: u32 = 24;
/// So many words are named as the reason.
const NAMED: usize = 4;

/// Stands for a word that training passes over; it counts for the length.
pub const NO_SLOT: u32 = u32::MAX;

/// What training and scoring see of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sample {
    /// The slots of its words, each once; [`NO_SLOT`] for those that nothing is learned from.
    pub slots: Vec<u32>,
    /// Its properties, as numbers of weights beyond [`SLOTS`].
    pub properties: Vec<u32>,
    /// Whether it says enough for an opinion.
    pub speaks: bool,
}

/// A trained model.
#[derive(Debug, Clone)]
pub struct Classifier {
    weights: Weights,
}

/// What the model thinks of one message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Opinion {
    /// Log-odds of spam, as if spam and ham were equally frequent.
    pub(crate) log_odds: f32,
    /// The words and properties that speak most for spam.
    pub(crate) reasons: String,
}

impl Classifier {
    /// The weights that come with the program; a test reads them, so that they can't be broken unnoticed.
    pub(crate) fn embedded() -> Option<Self> {
        Weights::read(&include_bytes!("../../data/classifier.weights")[..]).ok().map(Self::new)
    }

    /// A classifier with weights of one's own.
    pub fn new(weights: Weights) -> Self {
        Self { weights }
    }

    pub(crate) fn opinion(&self, message: &Reading<'_>) -> Option<Opinion> {
        let read = words::read_part(message.folded());
        if read.len() < LEAST_TEXT {
            return None;
        }
        let mut seen = words::Seen::default();
        let (mut sum, mut count) = (0_i32, 0_u32);
        let mut strongest = Strongest::default();
        for (hash, word) in words::hashed(read).filter(|(hash, _)| seen.is_new(*hash)) {
            let steps = self.weights.steps(words::slot(hash));
            sum += steps;
            count += 1;
            strongest.offer(steps, word);
        }
        let properties = message.properties();
        let log_odds = self.weights.log_odds(sum, count, properties) * standing(count, properties);
        Some(Opinion { log_odds, reasons: self.reasons(&strongest, properties) })
    }

    /// The strongest words, as they were read, and the strongest property.
    fn reasons(&self, strongest: &Strongest<'_>, properties: Properties) -> String {
        let weight = |number: &usize| self.weights.property(*number);
        let property = properties.numbers().filter(|number| weight(number) > 0).max_by_key(weight);
        let words = strongest.0.iter().filter(|(steps, _)| *steps > 0);
        let mut said: Vec<String> = words.map(|(_, word)| String::from_utf8_lossy(word).into_owned()).collect();
        said.extend(property.map(|number| Properties::says(number).to_owned()));
        said.join(", ")
    }
}

/// What the classifier sees of a message, for training.
pub(crate) fn sample(message: &Reading<'_>) -> Sample {
    let read = words::read_part(message.folded());
    let mut seen = words::Seen::default();
    let new = words::hashed(read).filter(|(hash, _)| seen.is_new(*hash));
    let slots =
        new.map(|(hash, word)| if neutral::is_neutral(hash, word) { NO_SLOT } else { words::slot(hash) }).collect();
    let place = |number: usize| u32::try_from(SLOTS + number).unwrap_or(u32::MAX);
    Sample { slots, properties: message.properties().numbers().map(place).collect(), speaks: read.len() >= LEAST_TEXT }
}

/// How much an opinion on so many different words counts. A short note without a link is like every other, and its sender
/// and shape alone must not speak for it; spam that short brings a link.
#[allow(clippy::cast_precision_loss, reason = "below 24")]
fn standing(words: u32, properties: Properties) -> f32 {
    if properties.has_no_links() && words < ENOUGH_WORDS { words as f32 / ENOUGH_WORDS as f32 } else { 1.0 }
}

/// The words with most weight, heaviest first.
#[derive(Default)]
struct Strongest<'t>([(i32, &'t [u8]); NAMED]);

impl<'t> Strongest<'t> {
    #[inline]
    fn offer(&mut self, steps: i32, word: &'t [u8]) {
        let Some(weakest) = self.0.last_mut().filter(|weakest| weakest.0 < steps) else { return };
        *weakest = (steps, word);
        self.0.sort_by_key(|(steps, _)| std::cmp::Reverse(*steps));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lexicon;
    use model::Features;

    fn features(subject: &str, text: &str) -> Features {
        let mut features = Features::default();
        features.headers.subject = Some(subject.to_owned());
        features.text.plain = text.to_owned();
        features
    }

    /// Words of the first text speak for spam, words of the second for ham.
    fn model(spam: &str, ham: &str) -> Classifier {
        let lexicon = Lexicon::embedded();
        let mut weights = vec![0.0; WEIGHTS];
        for (text, weight) in [(spam, 1.0), (ham, -1.0)] {
            for slot in sample(&Reading::new(&features("", text), &lexicon)).slots {
                weights[slot as usize] = weight;
            }
        }
        Classifier::new(Weights::rounded(&weights, 0.0, 4.0, 0.0))
    }

    fn opinion(model: &Classifier, subject: &str, text: &str) -> Option<Opinion> {
        let lexicon = Lexicon::embedded();
        model.opinion(&Reading::new(&features(subject, text), &lexicon))
    }

    #[test]
    fn the_embedded_weights_can_be_read() {
        assert!(Classifier::embedded().is_some());
    }

    #[test]
    fn words_decide_and_are_named() {
        let model = model("casino jackpot spins", "meeting agenda minutes");
        let spam = opinion(&model, "Jackpot", "The casino waits for you and your spins").unwrap();
        assert!(spam.log_odds > 1.0 && spam.reasons.starts_with("jackpot, casino, spins"), "{spam:?}");
        assert!(opinion(&model, "Agenda", "The minutes of the last meeting are here").unwrap().log_odds < -1.0);
    }

    #[test]
    fn hardly_a_word_gets_no_opinion() {
        let model = model("casino", "meeting");
        assert_eq!(opinion(&model, "Casino", "casino"), None);
    }

    #[test]
    fn saying_a_word_often_changes_nothing() {
        let model = model("casino", "meeting");
        let once = opinion(&model, "", "casino and some more words here").unwrap();
        let often = opinion(&model, "", &"casino and some more words here ".repeat(20)).unwrap();
        assert_eq!(once, often);
    }

    #[test]
    fn scoring_sees_what_training_saw() {
        let lexicon = Lexicon::embedded();
        let features = features("Jackpot", "The casino waits, 100 spins for 5 EUR");
        let reading = Reading::new(&features, &lexicon);
        let sample = sample(&reading);
        let model = model("casino jackpot spins", "meeting agenda minutes");
        let side: i32 = sample.slots.iter().chain(&sample.properties).map(|slot| model.weights.steps(*slot)).sum();
        assert_eq!(side, 3 * 127);
    }
}
