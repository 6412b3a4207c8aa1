//! What the LMTP server counts, for telemetry to read.

use pipeline::Receipt;

use crate::Count;

/// Mail by what became of it, for each recipient.
#[derive(Debug, Default)]
pub struct LmtpStats([Count; WORDS.len()]);

const WORDS: [&str; 8] = ["taken", "bounce", "put_aside", "over", "full", "failed", "too_large", "unknown_recipient"];

impl LmtpStats {
    /// Each outcome with its count.
    pub fn outcomes(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        WORDS.iter().zip(&self.0).map(|(word, count)| (*word, count.get()))
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

    pub(super) fn add(&self, outcome: &str) {
        let found = WORDS.iter().zip(&self.0).find(|(word, _)| **word == outcome);
        if let Some((_, count)) = found {
            count.add(1);
        }
    }
}

/// The outcome, in a word.
pub(super) fn word(receipt: &Receipt) -> &'static str {
    match receipt {
        Receipt::Taken => "taken",
        Receipt::Bounced => "bounce",
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
            Receipt::Bounced,
            Receipt::PutAside(""),
            Receipt::Over(String::new()),
            Receipt::Full(String::new()),
        ];
        all.iter().chain([&Receipt::Failed(String::new())]).for_each(|receipt| stats.add(word(receipt)));
        stats.unknown_recipient();
        stats.too_large();
        assert_eq!(stats.outcomes().map(|(_, count)| count).sum::<u64>(), 8);
    }
}
