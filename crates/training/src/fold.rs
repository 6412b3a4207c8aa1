//! Splits labelled messages so that no campaign is on both sides and each collection and class is spread evenly.

use std::collections::HashMap;

use crate::Case;
use crate::random::Random;

/// The fold of each case, 0 to `folds - 1`: campaigns one after the other, the largest first, into the fold that has least of
/// their class.
pub fn folds(cases: &[&Case], folds: usize, seed: u64) -> Vec<usize> {
    let mut campaigns: HashMap<usize, Vec<usize>> = HashMap::new();
    for (number, case) in cases.iter().enumerate() {
        campaigns.entry(case.campaign).or_default().push(number);
    }
    let mut order: Vec<(usize, Vec<usize>)> = campaigns.into_iter().collect();
    order.sort();
    Random::new(seed).shuffle(&mut order);
    order.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
    let mut filled: HashMap<(&str, bool), Vec<usize>> = HashMap::new();
    let mut fold_of = vec![0; cases.len()];
    for (_, members) in &order {
        let Some(first) = members.first().and_then(|number| cases.get(*number)) else { continue };
        let filled = filled.entry((&first.collection, first.is_spam)).or_insert_with(|| vec![0; folds.max(1)]);
        let least = filled.iter().enumerate().min_by_key(|(_, count)| **count).map_or(0, |(fold, _)| fold);
        if let Some(count) = filled.get_mut(least) {
            *count += members.len();
        }
        for number in members {
            if let Some(fold) = fold_of.get_mut(*number) {
                *fold = least;
            }
        }
    }
    fold_of
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn campaigns_stay_together_and_classes_are_spread() {
        let case = |number: usize| Case {
            collection: "one".into(),
            is_spam: number.is_multiple_of(2),
            campaign: number / 4 * 2 + number % 2,
            sample: scoring::classifier::Sample::default(),
            by_hand: false,
        };
        let cases: Vec<Case> = (0..80).map(case).collect();
        let cases: Vec<&Case> = cases.iter().collect();
        let found = folds(&cases, 4, 1);
        for (a, one) in cases.iter().enumerate() {
            assert!(cases.iter().zip(&found).all(|(other, fold)| other.campaign != one.campaign || *fold == found[a]));
        }
        for fold in 0..4 {
            let spam = cases.iter().zip(&found).filter(|(case, of)| **of == fold && case.is_spam).count();
            assert_eq!(spam, 10, "fold {fold}");
        }
        assert_ne!(found, folds(&cases, 4, 2));
        assert_eq!(found, folds(&cases, 4, 1));
    }
}
