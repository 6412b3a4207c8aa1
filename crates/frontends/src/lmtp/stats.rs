//! What the LMTP server counts, for telemetry to read.

use pipeline::Receipt;

use crate::Count;

/// Mail by what became of it, for each recipient.
#[derive(Debug, Default)]
pub struct LmtpStats {
    outcomes: [Count; WORDS.len()],
    put_aside: [Count; REASONS.len()],
}

/// Why a mail is put aside; any other reason counts as the last.
const REASONS: [&str; 7] =
    ["null_sender", "automatic_reply", "list", "own_letter", "no_report", "no_operator", "other"];

const WORDS: [&str; 10] = [
    "taken",
    "answered",
    "bounce",
    "handed_on",
    "put_aside",
    "over",
    "full",
    "failed",
    "too_large",
    "unknown_recipient",
];

impl LmtpStats {
    /// Each outcome with its count.
    pub fn outcomes(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        WORDS.iter().zip(&self.outcomes).map(|(word, count)| (*word, count.get()))
    }

    /// Each reason to put mail aside with its count.
    pub fn put_aside(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        REASONS.iter().zip(&self.put_aside).map(|(word, count)| (*word, count.get()))
    }

    /// What became of a mail for one recipient.
    pub(super) fn note(&self, receipt: &Receipt) {
        self.add(word(receipt));
        if let Receipt::PutAside(reason) = receipt {
            let place = REASONS.iter().position(|word| word == reason);
            if let Some(count) = place.map_or(self.put_aside.last(), |place| self.put_aside.get(place)) {
                count.add(1);
            }
        }
    }

    /// Reports that a letter did not arrive.
    pub fn bounces(&self) -> u64 {
        self.outcomes().filter(|(word, _)| *word == "bounce").map(|(_, count)| count).sum()
    }

    pub(super) fn unknown_recipient(&self) {
        self.add("unknown_recipient");
    }

    pub(super) fn too_large(&self) {
        self.add("too_large");
    }

    fn add(&self, outcome: &str) {
        let found = WORDS.iter().zip(&self.outcomes).find(|(word, _)| **word == outcome);
        if let Some((_, count)) = found {
            count.add(1);
        }
    }
}

/// The outcome, in a word.
pub(super) fn word(receipt: &Receipt) -> &'static str {
    match receipt {
        Receipt::Taken => "taken",
        Receipt::Answered => "answered",
        Receipt::Bounced => "bounce",
        Receipt::HandedOn => "handed_on",
        Receipt::PutAside(_) => "put_aside",
        Receipt::Over(_) => "over",
        Receipt::Full(_) => "full",
        Receipt::Failed(_) => "failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_a_count() {
        let stats = LmtpStats::default();
        let all = [
            Receipt::Taken,
            Receipt::Answered,
            Receipt::Bounced,
            Receipt::PutAside(""),
            Receipt::Over(String::new()),
            Receipt::Full(String::new()),
        ];
        all.iter().chain([&Receipt::Failed(String::new())]).for_each(|receipt| stats.note(receipt));
        stats.unknown_recipient();
        stats.too_large();
        assert_eq!(stats.outcomes().map(|(_, count)| count).sum::<u64>(), 9);
    }

    #[test]
    fn what_is_put_aside_is_counted_by_reason() {
        let stats = LmtpStats::default();
        for reason in REASONS.into_iter().chain(["a new one"]) {
            stats.note(&Receipt::PutAside(reason));
        }
        let counts: Vec<_> = stats.put_aside().map(|(_, count)| count).collect();
        assert_eq!((counts.len(), counts.last()), (REASONS.len(), Some(&2)));
        assert!(counts.iter().rev().skip(1).all(|count| *count == 1), "{counts:?}");
    }
}
