//! Cases -> weights: balanced, separated, calibrated on messages that were held out, rounded.

use std::collections::{HashMap, HashSet};

use scoring::classifier::{NO_SLOT, SLOTS, Sample, WEIGHTS, Weights};

use crate::Case;
use crate::calibrate::{HeldOut, fit};
use crate::fold::folds;
use crate::svm::{Plane, Point, separate};

/// A word that fewer campaigns have is a name, a code or a chance.
const LEAST_CAMPAIGNS: usize = 3;
/// Folds for the calibration.
const FOLDS: usize = 3;

/// Why nothing could be trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrainError {
    /// Both are needed.
    #[error("both spam and ham are needed, with some words in them; found {spam} and {ham} such messages")]
    OneClass {
        /// Spam messages.
        spam: usize,
        /// Ham messages.
        ham: usize,
    },
}

/// Weights from the cases. The same cases and seed give the same bytes.
pub fn train(cases: &[&Case], seed: u64) -> Result<Weights, TrainError> {
    let cases: Vec<&Case> = cases.iter().copied().filter(|case| case.sample.speaks).collect();
    let spam = cases.iter().filter(|case| case.is_spam).count();
    let ham = cases.len() - spam;
    if spam == 0 || ham == 0 {
        return Err(TrainError::OneClass { spam, ham });
    }
    let costs = costs(&cases);
    let curve = fit(&held_out(&cases, &costs, seed));
    let all: Vec<(&Case, f32)> = cases.iter().copied().zip(costs.iter().copied()).collect();
    let plane = plane(&all, seed);
    #[allow(clippy::cast_possible_truncation, reason = "a curve's numbers are small")]
    let (slope, offset) = (curve.slope as f32, curve.offset as f32);
    Ok(Weights::rounded(&plane.weights, plane.bias, slope, offset))
}

/// Each class counts as much as the other, each collection within its class as much as the others: else what is frequent in
/// the material, such as technical lists of 2020, would be what ham is.
#[allow(clippy::cast_precision_loss, reason = "counts of messages are far below 2^24")]
fn costs(cases: &[&Case]) -> Vec<f32> {
    let mut groups: HashMap<(bool, &str), usize> = HashMap::new();
    for case in cases {
        *groups.entry((case.is_spam, &case.collection)).or_default() += 1;
    }
    let collections = |is_spam: bool| groups.keys().filter(|(spam, _)| *spam == is_spam).count();
    let (spam, ham) = (collections(true), collections(false));
    let cost = |case: &&Case| {
        let group = groups.get(&(case.is_spam, case.collection.as_str())).copied().unwrap_or(1);
        let groups = if case.is_spam { spam } else { ham };
        cases.len() as f32 / (2 * groups.max(1) * group) as f32
    };
    cases.iter().map(cost).collect()
}

/// The sides of the cases by which certainty is measured, each by a plane that never saw its campaign.
fn held_out(cases: &[&Case], costs: &[f32], seed: u64) -> Vec<HeldOut> {
    let fold_of = folds(cases, FOLDS, seed);
    let measures = measures(cases);
    let numbered = || cases.iter().copied().zip(costs.iter().copied()).zip(fold_of.iter().copied());
    let mut sides = Vec::with_capacity(cases.len());
    for fold in 0..FOLDS {
        let seen: Vec<(&Case, f32)> = numbered().filter(|(_, of)| *of != fold).map(|(case, _)| case).collect();
        let plane = plane(&seen, seed);
        for ((case, cost), _) in numbered().filter(|((case, _), of)| *of == fold && measures(case)) {
            let side = f64::from(plane.side(&case.sample));
            sides.push(HeldOut { side, is_spam: case.is_spam, weight: f64::from(cost) });
        }
    }
    sides
}

/// Texts written by hand lie further apart than mail does, so they would make the weights too sure: they measure only where the
/// mail itself has one class.
fn measures(cases: &[&Case]) -> impl Fn(&Case) -> bool + use<> {
    let sent = |is_spam: bool| cases.iter().any(|case| !case.by_hand && case.is_spam == is_spam);
    let all = !(sent(true) && sent(false));
    move |case| all || !case.by_hand
}

fn plane(cases: &[(&Case, f32)], seed: u64) -> Plane {
    let kept = kept_slots(cases);
    let samples: Vec<Sample> = cases.iter().map(|(case, _)| reduced(&case.sample, &kept)).collect();
    let pairs = cases.iter().copied().zip(&samples);
    let points: Vec<Point<'_>> =
        pairs.map(|((case, cost), sample)| Point { sample, is_spam: case.is_spam, cost }).collect();
    separate(&points, WEIGHTS, seed)
}

/// The slots that enough campaigns have.
fn kept_slots(cases: &[(&Case, f32)]) -> Vec<bool> {
    let pairs: HashSet<(u32, usize)> =
        cases.iter().flat_map(|(case, _)| case.sample.slots.iter().map(|slot| (*slot, case.campaign))).collect();
    let mut campaigns = vec![0_usize; SLOTS];
    for (slot, _) in pairs {
        if let Some(count) = campaigns.get_mut(slot as usize) {
            *count += 1;
        }
    }
    campaigns.into_iter().map(|count| count >= LEAST_CAMPAIGNS).collect()
}

/// Without the words that are left out. They keep their place in the length, as they do when a message is scored.
fn reduced(sample: &Sample, kept: &[bool]) -> Sample {
    let mark = |slot: &u32| if kept.get(*slot as usize).is_some_and(|kept| *kept) { *slot } else { NO_SLOT };
    Sample { slots: sample.slots.iter().map(mark).collect(), ..sample.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Mail, cases};
    use scoring::Engine;

    fn mails(collection: &str, is_spam: bool, words: &str) -> Vec<Mail> {
        let words: Vec<&str> = words.split(' ').collect();
        (0..12)
            .map(|n| {
                let word = |k: usize| words[(n * 5 + k * k) % words.len()];
                let text: Vec<&str> = (0..12).map(word).collect();
                let raw = format!("From: a{n}@n{n}.example\nSubject: {}\n\n{}\n", word(3), text.join(" "));
                Mail { collection: collection.into(), is_spam, path: String::new(), raw: raw.into_bytes() }
            })
            .collect()
    }

    fn material() -> Vec<Case> {
        let spam = "winner casino jackpot spins bonus click urgent prize claim now free money please the and you";
        let ham = "meeting agenda minutes report budget garden kitchen train tickets weekend please the and you";
        let mut all = mails("one", true, spam);
        all.extend(mails("one", false, ham));
        all.extend(mails("two", false, "patch kernel driver module review commit please the and you"));
        cases(&all, &Engine::new(&scoring::ScoreSettings::default()), || {})
    }

    fn log_odds(weights: &Weights, text: &str) -> i32 {
        let engine = Engine::new(&scoring::ScoreSettings::default())
            .with_classifier(scoring::classifier::Classifier::new(weights.clone()));
        let features =
            crate::features_of(format!("From: x@y.test\n\n{text}\n").as_bytes(), &features::FeatureLimits::default());
        engine
            .score(&features)
            .hits
            .iter()
            .find(|hit| hit.signal.as_str() == "content_classifier")
            .map_or(0, |hit| hit.points)
    }

    #[test]
    fn what_was_trained_tells_new_messages_apart() {
        let material = material();
        let weights = train(&material.iter().collect::<Vec<_>>(), 1).unwrap();
        assert!(log_odds(&weights, "claim the casino bonus and jackpot you winner") > 10);
        assert!(
            log_odds(
                &weights,
                "agenda and minutes of the meeting, budget report, kitchen, garden, train tickets, weekend please"
            ) < 0
        );
    }

    #[test]
    fn the_same_material_and_seed_give_the_same_bytes() {
        let material = material();
        let cases: Vec<&Case> = material.iter().collect();
        assert_eq!(train(&cases, 1).unwrap().to_bytes(), train(&cases, 1).unwrap().to_bytes());
    }

    #[test]
    fn collections_of_a_class_cost_the_same_together() {
        let material = material();
        let cases: Vec<&Case> = material.iter().collect();
        let costs = costs(&cases);
        let of = |collection: &str, is_spam: bool| -> f32 {
            cases
                .iter()
                .zip(&costs)
                .filter(|(case, _)| case.collection == collection && case.is_spam == is_spam)
                .map(|(_, cost)| cost)
                .sum()
        };
        assert!((of("one", false) - of("two", false)).abs() < 1e-3);
        assert!((of("one", true) - of("one", false) - of("two", false)).abs() < 1e-3);
    }

    #[test]
    fn what_is_written_by_hand_teaches_but_measures_nothing() {
        let (mail, mut all) = (material(), material());
        all.iter_mut().for_each(|case| case.by_hand = true);
        all.extend(mail);
        let cases: Vec<&Case> = all.iter().collect();
        let sides = held_out(&cases, &vec![1.0; cases.len()], 1);
        assert_eq!(sides.len(), material().len());

        let half: Vec<&Case> = cases.into_iter().filter(|case| case.by_hand || case.is_spam).collect();
        assert_eq!(held_out(&half, &vec![1.0; half.len()], 1).len(), half.len(), "one class of mail is no measure");
    }

    #[test]
    fn one_class_alone_is_told() {
        let material = material();
        let spam: Vec<&Case> = material.iter().filter(|case| case.is_spam).collect();
        let error = train(&spam, 1).unwrap_err();
        assert_eq!(
            error.to_string(),
            "both spam and ham are needed, with some words in them; found 12 and 0 such messages"
        );
    }
}
