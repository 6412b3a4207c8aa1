//! The classifier's weights, as a file: version 1, all numbers little-endian.
//!
//! | bytes | what |
//! |---|---|
//! | 0-7 | `PRTWGHT1` |
//! | 8-11 | how many weights follow: [`WEIGHTS`] |
//! | 12-15 | f32: what one step of a weight is worth |
//! | 16-19 | f32: the bias, added once |
//! | 20-23, 24-27 | f32: slope and offset that make log-odds of the sum |
//! | 28-31 | zero |
//! | 32- | a signed byte for each slot of words, then one for each property |
//! | the last 8 | XXH3 (64 bits) of all before |

use std::borrow::Cow;

use super::{PROPERTY_VALUE, Properties, SLOTS, WEIGHTS};

const MAGIC: &[u8; 8] = b"PRTWGHT1";
const HEAD: usize = 32;
const CHECKSUM: usize = 8;

/// A trained classifier.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// What one step of a weight is worth.
    pub step: f32,
    /// Added once.
    pub bias: f32,
    /// The log-odds of spam are `slope * sum + offset`.
    pub slope: f32,
    /// See `slope`.
    pub offset: f32,
    /// One signed byte for each slot and property.
    steps: Cow<'static, [u8]>,
}

/// Why a file holds no weights that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeightsError {
    /// Something else, or of another version.
    #[error("this is no file of weights that this version can read")]
    Foreign,
    /// Cut, or of another size.
    #[error("the file of weights has the wrong length")]
    Length,
    /// Changed after it was written.
    #[error("the file of weights is damaged: its checksum is wrong")]
    Damaged,
    /// A number that is none.
    #[error("the file of weights holds a number that is none")]
    NotFinite,
}

impl Weights {
    /// Weights rounded to bytes; those beyond [`WEIGHTS`] are left out.
    pub fn rounded(weights: &[f32], bias: f32, slope: f32, offset: f32) -> Self {
        let largest = weights.iter().fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
        let step = (largest / 127.0).max(f32::MIN_POSITIVE);
        let mut steps: Vec<u8> = weights.iter().take(WEIGHTS).map(|weight| byte(weight / step)).collect();
        steps.resize(WEIGHTS, 0);
        Self { step, bias, slope, offset, steps: Cow::Owned(steps) }
    }

    /// Reads the file; embedded bytes are not copied.
    pub fn read(file: impl Into<Cow<'static, [u8]>>) -> Result<Self, WeightsError> {
        let file = file.into();
        let body = checked(&file)?;
        let number =
            |at: usize| body.get(at..at + 4).and_then(|four| four.first_chunk()).copied().map(f32::from_le_bytes);
        let numbers = [12, 16, 20, 24].map(|at| number(at).filter(|number| number.is_finite()));
        let [Some(step), Some(bias), Some(slope), Some(offset)] = numbers else { return Err(WeightsError::NotFinite) };
        let steps = match file {
            Cow::Borrowed(file) => Cow::Borrowed(file.get(HEAD..HEAD + WEIGHTS).unwrap_or_default()),
            Cow::Owned(file) => Cow::Owned(file.get(HEAD..HEAD + WEIGHTS).unwrap_or_default().to_vec()),
        };
        Ok(Self { step, bias, slope, offset, steps })
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut file = Vec::with_capacity(HEAD + WEIGHTS + CHECKSUM);
        file.extend_from_slice(MAGIC);
        file.extend_from_slice(&(WEIGHTS as u32).to_le_bytes());
        for number in [self.step, self.bias, self.slope, self.offset] {
            file.extend_from_slice(&number.to_le_bytes());
        }
        file.extend_from_slice(&[0; 4]);
        file.extend_from_slice(&self.steps);
        file.extend_from_slice(&xxhash_rust::xxh3::xxh3_64(&file).to_le_bytes());
        file
    }

    /// The log-odds of spam, from the steps of so many words together and the properties.
    #[allow(clippy::cast_precision_loss, reason = "at most 8,192 words of 127 steps")]
    pub(crate) fn log_odds(&self, words: i32, count: u32, properties: Properties) -> f32 {
        let shape: i32 = properties.numbers().map(|number| self.property(number)).sum();
        let words = words as f32 / (count.max(1) as f32).sqrt();
        let side = (words + shape as f32 * PROPERTY_VALUE) * self.step + self.bias;
        side * self.slope + self.offset
    }

    /// The steps of one property.
    pub(crate) fn property(&self, number: usize) -> i32 {
        u32::try_from(SLOTS + number).map_or(0, |slot| self.steps(slot))
    }

    /// The steps of one slot.
    #[inline]
    pub(crate) fn steps(&self, slot: u32) -> i32 {
        let byte = self.steps.get(slot as usize).copied().unwrap_or_default();
        i32::from(i8::from_le_bytes([byte]))
    }
}

/// The nearest signed byte.
fn byte(steps: f32) -> u8 {
    let [byte] = (steps.round().clamp(-127.0, 127.0) as i8).to_le_bytes();
    byte
}

/// All before the checksum.
fn checked(file: &[u8]) -> Result<&[u8], WeightsError> {
    if !file.starts_with(MAGIC) || file.get(8..12) != Some(&(WEIGHTS as u32).to_le_bytes()) {
        return Err(WeightsError::Foreign);
    }
    let (body, sum) = file.split_last_chunk::<CHECKSUM>().ok_or(WeightsError::Length)?;
    if body.len() != HEAD + WEIGHTS {
        return Err(WeightsError::Length);
    }
    if xxhash_rust::xxh3::xxh3_64(body) != u64::from_le_bytes(*sum) {
        return Err(WeightsError::Damaged);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn some() -> Weights {
        Weights::rounded(&[1.27, -0.635, 0.004], -0.5, 4.0, 0.25)
    }

    #[test]
    fn what_is_written_is_read_again() {
        let weights = some();
        assert_eq!(Weights::read(weights.to_bytes()), Ok(weights.clone()));
        assert_eq!([0, 1, 2, 3].map(|slot| weights.steps(slot)), [127, -64, 0, 0]);
        assert_eq!(weights.steps(u32::MAX), 0);
    }

    #[test]
    fn what_is_no_such_file_is_told_apart() {
        let file = some().to_bytes();
        let mut damaged = file.clone();
        damaged[1000] ^= 1;
        assert_eq!(Weights::read(damaged), Err(WeightsError::Damaged));
        assert_eq!(Weights::read(file[..file.len() - 1].to_vec()), Err(WeightsError::Length));
        assert_eq!(Weights::read(&b"From somebody"[..]), Err(WeightsError::Foreign));
        assert_eq!(Weights::read(Weights::rounded(&[], f32::NAN, 1.0, 0.0).to_bytes()), Err(WeightsError::NotFinite));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            prop_assert!(Weights::read(bytes.clone()).is_err());
            let mut file = MAGIC.to_vec();
            file.extend(bytes);
            prop_assert!(Weights::read(file).is_err());
        }
    }
}
