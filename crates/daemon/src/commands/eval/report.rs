//! What the scores say, for a person and as JSON.

use std::collections::BTreeSet;
use std::fmt::Write;

use scoring::ScoreSettings;
use serde_json::{Value, json};
use training::Quality;

use super::run::Scored;

/// All figures.
pub(super) struct Report {
    sets: Vec<Set>,
    pairs: Vec<Pair>,
}

/// The messages of one label in one collection.
struct Set {
    collection: String,
    label: &'static str,
    scores: Vec<i32>,
    spam: usize,
    refused: usize,
}

/// Spam against ham.
struct Pair {
    spam: String,
    ham: String,
    quality: Quality,
}

impl Report {
    pub(super) fn of(scored: &[Scored], settings: &ScoreSettings) -> Self {
        let names: BTreeSet<(&str, &'static str)> =
            scored.iter().map(|message| (message.collection.as_str(), message.label())).collect();
        let sets = names.iter().map(|(collection, label)| Set::of(scored, collection, label, settings)).collect();
        let collections: BTreeSet<&str> = names.iter().map(|(collection, _)| *collection).collect();
        let mut pairs: Vec<Pair> = Vec::new();
        for name in &collections {
            pairs.extend(Pair::of(scored, Some(name), Some(name)));
        }
        for name in &collections {
            pairs.extend(Pair::of(scored, None, Some(name)));
        }
        pairs.extend(Pair::of(scored, None, None));
        Self { sets, pairs }
    }

    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{:<24} {:>6} {:>7} {:>8}   score at 10 50 90 99 100 %", "mail", "n", "spam", "refused");
        for set in &self.sets {
            let name = format!("{} {}", set.collection, set.label);
            let (spam, refused) = (100.0 * set.share(set.spam), 100.0 * set.share(set.refused));
            let _ = writeln!(
                out,
                "{name:<24} {:>6} {spam:>6.2}% {refused:>7.2}%   {:?}",
                set.scores.len(),
                set.quantiles()
            );
        }
        let _ = writeln!(out, "\n{:<40} {:>8}   spam missed at 0.1, 0.5, 1 % of ham", "spam against ham", "1-ROC %");
        for Pair { spam, ham, quality } in &self.pairs {
            let missed = quality.missed.map(|share| format!("{:.1} %", 100.0 * share)).join("  ");
            let _ = writeln!(
                out,
                "{:<40} {:>8.2}   {missed}",
                format!("{spam} against {ham}"),
                100.0 * (1.0 - quality.roc_area)
            );
        }
        out.truncate(out.trim_end().len());
        out
    }

    pub(super) fn json(&self) -> Value {
        let set = |set: &Set| {
            json!({
                "collection": set.collection, "label": set.label, "messages": set.scores.len(),
                "spam": set.spam, "refused": set.refused, "quantiles": set.quantiles(),
            })
        };
        let pair = |Pair { spam, ham, quality }: &Pair| {
            let [tenth, half, one] = quality.missed;
            json!({
                "spam": spam, "ham": ham, "roc_area": quality.roc_area,
                "missed": { "0.1%": tenth, "0.5%": half, "1%": one },
            })
        };
        json!({ "sets": self.sets.iter().map(set).collect::<Vec<_>>(), "pairs": self.pairs.iter().map(pair).collect::<Vec<_>>() })
    }
}

impl Set {
    fn of(scored: &[Scored], collection: &str, label: &'static str, settings: &ScoreSettings) -> Self {
        let mine = scored.iter().filter(|message| message.collection == collection && message.label() == label);
        let mut scores: Vec<i32> = mine.map(|message| message.score).collect();
        scores.sort_unstable();
        let from = |least: i32| scores.iter().filter(|score| **score >= least).count();
        let refused = if settings.reject > 0 { from(settings.reject) } else { 0 };
        Self { collection: collection.to_owned(), label, spam: from(settings.spam), refused, scores }
    }

    #[allow(clippy::cast_precision_loss, reason = "counts of messages")]
    fn share(&self, count: usize) -> f64 {
        count as f64 / self.scores.len().max(1) as f64
    }

    fn quantiles(&self) -> Vec<i32> {
        let last = self.scores.len().saturating_sub(1);
        [10, 50, 90, 99, 100].into_iter().filter_map(|part| self.scores.get(last * part / 100).copied()).collect()
    }
}

impl Pair {
    /// Spam and ham of one collection each, or of all.
    fn of(scored: &[Scored], spam: Option<&str>, ham: Option<&str>) -> Option<Self> {
        #[allow(clippy::cast_precision_loss, reason = "scores are far below 2^24")]
        let scores = |is_spam: bool, of: Option<&str>| -> Vec<f32> {
            let mine = scored.iter().filter(|message| message.is_spam == is_spam);
            mine.filter(|message| of.is_none_or(|of| of == message.collection))
                .map(|message| message.score as f32)
                .collect()
        };
        let quality = Quality::of(&scores(true, spam), &scores(false, ham))?;
        let named = |of: Option<&str>, label: &str| format!("{} {label}", of.unwrap_or("all"));
        Some(Self { spam: named(spam, "spam"), ham: named(ham, "ham"), quality })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(collection: &str, is_spam: bool, score: i32) -> Scored {
        Scored { collection: collection.into(), is_spam, path: String::new(), score }
    }

    #[test]
    fn each_set_and_each_pair_is_told() {
        let scored = [scored("a", true, 120), scored("a", false, 10), scored("b", false, 200), scored("b", false, 0)];
        let report = Report::of(&scored, &ScoreSettings::default());
        let pairs: Vec<_> =
            report.pairs.iter().map(|pair| (pair.spam.as_str(), pair.ham.as_str(), pair.quality.roc_area)).collect();
        let all = 2.0 / 3.0;
        assert_eq!(
            pairs,
            [
                ("a spam", "a ham", 1.0),
                ("all spam", "a ham", 1.0),
                ("all spam", "b ham", 0.5),
                ("all spam", "all ham", all)
            ]
        );
        let counts: Vec<_> =
            report.sets.iter().map(|set| (set.collection.as_str(), set.label, set.spam, set.refused)).collect();
        assert_eq!(counts, [("a", "ham", 0, 0), ("a", "spam", 1, 0), ("b", "ham", 1, 1)]);
        assert!(report.text().contains("all spam against b ham") && report.json()["pairs"][0]["roc_area"] == 1.0);
    }
}
