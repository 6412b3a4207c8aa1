//! What an operator has corrected: a layer of its own beside the weights that come with the program.
//!
//! It learns pairs of neighbouring words, so that a correction reaches messages like the corrected one and hardly any other.
//! Its size is fixed, one correction moves a message like it by at most [`RATE`], and together they weigh what the signal
//! `content_learned` weighs. Only a person's word is learned from, never mail by itself.
//!
//! As a file: `PRTLEARN`, how many spam and ham corrections (u32 each, little-endian), a signed byte for each slot, XXH3.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::words;
use crate::Reading;

/// Slots of the layer: 64 KB.
const SLOTS: usize = 1 << 16;
/// How much of the way to certainty one correction goes.
const RATE: f32 = 0.6;
/// What any message shares with any other: below this nothing was recognised.
const CHANCE: f32 = 0.15;
/// Messages with fewer pairs are not learned and not recognised: there is too little to tell them by.
const LEAST_PAIRS: usize = 4;
/// Pairs that are read at most.
const MOST_PAIRS: usize = 4096;

const MAGIC: &[u8; 8] = b"PRTLEARN";
const HEAD: usize = 16;

/// A message that a person called spam or ham, as the layer sees it: no text can be had back from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// What the person said.
    pub is_spam: bool,
    /// The pairs of the message.
    pub pairs: Vec<u16>,
}

/// The layer in force. Shared: a correction is in force for the next message.
#[derive(Debug, Default)]
pub struct Learned(ArcSwap<Layer>);

/// Why a layer was not changed or could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LearnedError {
    /// There is too little text.
    #[error("the message has too few words to learn from")]
    TooShort,
    /// Not such a file, or damaged.
    #[error("the file of learned corrections is damaged or of another version")]
    Damaged,
}

#[derive(Debug, Clone, Default)]
struct Layer {
    spam: u32,
    ham: u32,
    /// Empty until something was learned.
    slots: Vec<i8>,
}

impl Learned {
    /// The layer as it will be after a correction, as a file: kept first, it comes into force by [`Learned::restore`].
    pub fn after(&self, correction: &Correction) -> Result<Vec<u8>, LearnedError> {
        if correction.pairs.len() < LEAST_PAIRS {
            return Err(LearnedError::TooShort);
        }
        let mut layer = Layer::clone(&self.0.load());
        layer.learn(correction);
        Ok(layer.to_bytes())
    }

    /// Puts a layer that was kept in force.
    pub fn restore(&self, file: &[u8]) -> Result<(), LearnedError> {
        let layer = Layer::read(file).ok_or(LearnedError::Damaged)?;
        self.0.store(Arc::new(layer));
        Ok(())
    }

    /// Forgets everything.
    pub fn forget(&self) {
        self.0.store(Arc::default());
    }

    /// How many messages were called spam and ham.
    pub fn counts(&self) -> (u32, u32) {
        let layer = self.0.load();
        (layer.spam, layer.ham)
    }

    /// -1 to 1: how surely a message is like those called ham or spam. `None` when it is like neither.
    pub(crate) fn recognise(&self, message: &Reading<'_>) -> Option<f32> {
        let layer = self.0.load();
        if layer.slots.is_empty() {
            return None;
        }
        let pairs = pairs(message);
        let share = layer.share(&pairs);
        let beyond = (share.abs() - CHANCE) / (1.0 - CHANCE);
        (beyond > 0.0 && pairs.len() >= LEAST_PAIRS).then(|| beyond.min(1.0).copysign(share))
    }
}

/// The pairs of neighbouring words of a message, each once.
pub(crate) fn pairs(message: &Reading<'_>) -> Vec<u16> {
    let mut seen = words::Seen::default();
    let mut previous = None;
    let mut pairs = Vec::new();
    for (hash, _) in words::hashed(words::read_part(message.folded())) {
        let pair = previous.replace(hash).map(|previous| words::pair(previous, hash));
        pairs.extend(pair.filter(|pair| seen.is_new(*pair)).map(place));
    }
    pairs.truncate(MOST_PAIRS);
    pairs
}

#[allow(clippy::cast_possible_truncation, reason = "what is left after the shift has 16 bits")]
fn place(pair: u64) -> u16 {
    (pair >> 48) as u16
}

impl Layer {
    fn learn(&mut self, correction: &Correction) {
        self.slots.resize(SLOTS, 0);
        let count = if correction.is_spam { &mut self.spam } else { &mut self.ham };
        *count = count.saturating_add(1);
        let goal = if correction.is_spam { 127.0 } else { -127.0 };
        for pair in correction.pairs.iter().take(MOST_PAIRS) {
            if let Some(slot) = self.slots.get_mut(usize::from(*pair)) {
                *slot = towards(*slot, goal);
            }
        }
    }

    /// The mean of the slots, -1 to 1.
    #[allow(clippy::cast_precision_loss, reason = "at most 4,096 pairs of 127 steps")]
    fn share(&self, pairs: &[u16]) -> f32 {
        let slot = |pair: &u16| self.slots.get(usize::from(*pair)).copied().unwrap_or_default();
        let sum: i32 = pairs.iter().map(|pair| i32::from(slot(pair))).sum();
        sum as f32 / 127.0 / pairs.len().max(1) as f32
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut file = MAGIC.to_vec();
        file.extend_from_slice(&self.spam.to_le_bytes());
        file.extend_from_slice(&self.ham.to_le_bytes());
        file.extend(self.slots.iter().flat_map(|slot| slot.to_le_bytes()));
        file.extend_from_slice(&xxhash_rust::xxh3::xxh3_64(&file).to_le_bytes());
        file
    }

    fn read(file: &[u8]) -> Option<Self> {
        let (body, sum) = file.split_last_chunk()?;
        let good = body.len() == HEAD + SLOTS && body.starts_with(MAGIC);
        if !good || xxhash_rust::xxh3::xxh3_64(body) != u64::from_le_bytes(*sum) {
            return None;
        }
        let number = |at: usize| Some(u32::from_le_bytes(*body.get(at..)?.first_chunk()?));
        let slots = body.get(HEAD..)?.iter().map(|byte| i8::from_le_bytes([*byte])).collect();
        Some(Self { spam: number(8)?, ham: number(12)?, slots })
    }
}

/// [`RATE`] of the way.
#[allow(clippy::cast_possible_truncation, reason = "between two numbers that fit")]
fn towards(slot: i8, goal: f32) -> i8 {
    let from = f32::from(slot);
    (from + (goal - from) * RATE).round().clamp(-127.0, 127.0) as i8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lexicon;
    use model::Features;
    use proptest::prelude::*;

    const OFFER: &str = "We found a quiet room above the bakery and you may see it any day this week before noon";
    const LIKE_IT: &str = "We found a quiet room above the school and you may see it any day this month before noon";
    const OTHER: &str = "The meeting is on Tuesday, please bring the figures of the last quarter and your own notes";

    fn correction(text: &str, is_spam: bool) -> Correction {
        read(text, |reading| Correction { is_spam, pairs: pairs(reading) })
    }

    fn learn(learned: &Learned, text: &str, is_spam: bool) -> Vec<u8> {
        let file = learned.after(&correction(text, is_spam)).unwrap();
        learned.restore(&file).unwrap();
        file
    }

    fn read<T>(text: &str, then: impl FnOnce(&Reading<'_>) -> T) -> T {
        let mut features = Features::default();
        features.text.plain = text.to_owned();
        then(&Reading::new(&features, &Lexicon::embedded()))
    }

    fn recognised(learned: &Learned, text: &str) -> f32 {
        read(text, |reading| learned.recognise(reading)).unwrap_or_default()
    }

    #[test]
    fn a_correction_reaches_what_is_like_it_and_nothing_else() {
        let learned = Learned::default();
        assert_eq!(recognised(&learned, OFFER), 0.0);
        learn(&learned, OFFER, true);
        let (same, like, other) =
            (recognised(&learned, OFFER), recognised(&learned, LIKE_IT), recognised(&learned, OTHER));
        assert!(same > like && like > 0.2 && other == 0.0, "{same} {like} {other}");
        assert!(same <= RATE, "one correction does not decide: {same}");
    }

    #[test]
    fn the_opposite_correction_takes_it_back() {
        let learned = Learned::default();
        learn(&learned, OFFER, true);
        learn(&learned, OFFER, false);
        assert!(recognised(&learned, OFFER) < 0.0);
        assert_eq!(learned.counts(), (1, 1));
        learned.forget();
        assert_eq!((recognised(&learned, OFFER), learned.counts()), (0.0, (0, 0)));
    }

    #[test]
    fn what_was_kept_is_restored_and_what_is_damaged_is_refused() {
        let learned = Learned::default();
        let mut file = learn(&learned, OFFER, true);
        let again = Learned::default();
        again.restore(&file).unwrap();
        assert_eq!(recognised(&again, OFFER), recognised(&learned, OFFER));
        file[100] ^= 1;
        assert_eq!(again.restore(&file), Err(LearnedError::Damaged));
        assert_eq!(again.counts(), (1, 0), "what was in force stays");
    }

    #[test]
    fn too_little_text_teaches_nothing() {
        assert_eq!(Learned::default().after(&correction("Hello there", true)), Err(LearnedError::TooShort));
    }

    proptest! {
        #[test]
        fn it_stays_bounded_whatever_it_is_taught(lessons in prop::collection::vec((any::<bool>(), prop::collection::vec(any::<u16>(), 4..50)), 1..20)) {
            let learned = Learned::default();
            let mut file = Vec::new();
            for (is_spam, pairs) in lessons {
                file = learned.after(&Correction { is_spam, pairs }).unwrap();
                learned.restore(&file).unwrap();
            }
            prop_assert_eq!(file.len(), HEAD + SLOTS + 8);
            prop_assert!(recognised(&learned, OFFER).abs() <= 1.0);
        }
    }
}
