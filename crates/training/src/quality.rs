//! How well scores tell spam from ham: ROC area, and the spam that is missed at a given share of false alarms.

/// The scores of one class against another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// How many spam messages.
    pub spam: usize,
    /// How many ham messages.
    pub ham: usize,
    /// The chance that a spam message scores higher than a ham message; ties count half.
    pub roc_area: f64,
    /// The share of spam at or below the score that 0.1, 0.5 and 1 % of ham exceed.
    pub missed: [f64; 3],
}

/// The shares of ham, in thousandths, at which [`Quality::missed`] is told.
pub const FALSE_ALARMS: [usize; 3] = [1, 5, 10];

impl Quality {
    /// `None` when one class is empty: nothing can be said then.
    #[must_use]
    pub fn of(spam: &[f32], ham: &[f32]) -> Option<Self> {
        if spam.is_empty() || ham.is_empty() {
            return None;
        }
        let (spam, ham) = (sorted(spam), sorted(ham));
        let missed = FALSE_ALARMS.map(|share| missed(&spam, &ham, share));
        Some(Self { spam: spam.len(), ham: ham.len(), roc_area: roc_area(&spam, &ham), missed })
    }
}

fn sorted(scores: &[f32]) -> Vec<f32> {
    let mut scores = scores.to_vec();
    scores.sort_by(f32::total_cmp);
    scores
}

#[allow(clippy::cast_precision_loss, reason = "counts of messages are far below 2^52")]
fn roc_area(spam: &[f32], ham: &[f32]) -> f64 {
    let below = |score: &f32| ham.partition_point(|other| other < score) + ham.partition_point(|other| other <= score);
    let wins: usize = spam.iter().map(below).sum();
    wins as f64 / 2.0 / (spam.len() * ham.len()) as f64
}

/// The share of spam that stays when at most so many thousandths of the ham may be called spam.
#[allow(clippy::cast_precision_loss, reason = "counts of messages are far below 2^52")]
fn missed(spam: &[f32], ham: &[f32], share: usize) -> f64 {
    let allowed = ham.len() * share / 1000;
    let limit = ham.get(ham.len() - 1 - allowed.min(ham.len() - 1)).copied().unwrap_or(f32::MAX);
    spam.partition_point(|score| *score <= limit) as f64 / spam.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_apart_is_perfect_and_what_is_equal_is_chance() {
        let apart = Quality::of(&[3.0, 4.0], &[1.0, 2.0]).unwrap();
        assert_eq!((apart.roc_area, apart.missed), (1.0, [0.0; 3]));
        let equal = Quality::of(&[1.0; 5], &[1.0; 9]).unwrap();
        assert_eq!((equal.roc_area, equal.missed), (0.5, [1.0; 3]));
    }

    #[test]
    fn one_false_alarm_in_a_hundred_is_allowed_at_one_percent_only() {
        let mut ham = vec![0.0; 99];
        ham.push(10.0);
        let quality = Quality::of(&[5.0; 4], &ham).unwrap();
        assert_eq!(quality.missed, [1.0, 1.0, 0.0]);
    }

    #[test]
    fn nothing_is_said_of_an_empty_class() {
        assert_eq!(Quality::of(&[], &[1.0]), None);
    }
}
