//! `portreeve blocks history`: every block of one subject that is kept, with what was counted.

use model::{Block, Evidence};
use serde_json::{Value, json};

use crate::out::say;

/// One block and the flagged messages of it that are kept.
pub(super) struct Chapter {
    pub(super) block: Block,
    pub(super) evidence: Vec<Evidence>,
}

impl Chapter {
    /// The mean score of the flagged messages that are kept, rounded.
    fn average_score(&self) -> Option<i64> {
        let count = i64::try_from(self.evidence.len()).ok().filter(|count| *count > 0)?;
        let sum: i64 = self.evidence.iter().map(|mail| i64::from(mail.score)).sum();
        Some((2 * sum + count).div_euclid(2 * count))
    }

    pub(super) fn as_json(&self) -> Value {
        let Block { reference, since, messages, spam, strike, state, attempts, released, .. } = &self.block;
        json!({
            "reference": reference,
            "began_at": since.to_string(),
            "released_at": released.as_ref().map(|(at, _)| at.to_string()),
            "state": state,
            "monitored": self.block.reason.monitored,
            "strikes": strike,
            "messages": messages,
            "spam": spam,
            "average_spam_score": self.average_score(),
            "refused_attempts": attempts,
            "flagged": self.evidence.iter().map(flagged).collect::<Vec<_>>(),
        })
    }

    pub(super) fn print(&self) {
        let Block { reference, since, length, messages, spam, strike, attempts, released, reason, .. } = &self.block;
        let ended =
            released.as_ref().map_or_else(|| "not released".into(), |(at, by)| format!("released {at} by {by}"));
        say!("{since}  strike {strike}, {}, {ended}  ({reference})", model::time::spoken(*length));
        let noted = if reason.monitored { "; monitor mode: nothing was refused" } else { "" };
        say!("    {}{noted}", reason.sentence);
        let average = self.average_score().map_or_else(String::new, |score| format!(", average spam score {score}"));
        say!("    {messages} messages, {spam} of them spam{average}; {attempts} attempts refused");
    }
}

fn flagged(mail: &Evidence) -> Value {
    json!({
        "date": mail.at.to_string(),
        "destination_ip": mail.destination_ip,
        "message_id": mail.message_id,
        "spam_score": mail.score,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::samples::{block, evidence};

    #[test]
    fn the_average_is_that_of_the_flagged_messages() {
        let scored = |score| Evidence { score, ..evidence(1) };
        let of = |scores: &[i32]| {
            let evidence = scores.iter().map(|score| scored(*score)).collect();
            Chapter { block: block("one", 1), evidence }.average_score()
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[300]), Some(300));
        assert_eq!(of(&[300, 411]), Some(356));
        assert_eq!(of(&[-3, -4]), Some(-3));
    }
}
