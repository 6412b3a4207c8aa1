//! Whether a trip rule is reached, and how that is said.

use std::time::Duration;

use model::standing::CounterKind;
use model::time::spoken;
use model::{Reason, SubjectKey, Timestamp};

use crate::plan::Trip;
use crate::record::Record;
use crate::rules::AtBlock;

/// What a trip rule finds in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reading {
    /// What is compared with the limit: a count, or a percentage.
    value: u64,
    /// What the percentage is of.
    base: u64,
}

/// What tripped.
#[derive(Debug)]
pub(crate) struct Tripped {
    pub(crate) reason: Reason,
    /// Messages in the window.
    pub(crate) messages: u64,
    /// Spam among them.
    pub(crate) spam: u64,
    /// What is known of its owner.
    pub(crate) owner: AtBlock,
    /// How long the block lasts, where an operator has said so: then it ends by itself after that, wherever time is the way
    /// out. Otherwise the ladder says it.
    pub(crate) length: Option<Duration>,
}

impl Tripped {
    /// With nothing counted yet; whose it is, is filled in when the block begins.
    pub(crate) fn of(reason: Reason) -> Self {
        Self { reason, messages: 0, spam: 0, owner: AtBlock::default(), length: None }
    }

    /// Spam this long after the release: one message is enough.
    pub(crate) fn relapse(record: &Record, after: Duration) -> Self {
        // Whole minutes, so that the sentence is one that people say; the message itself lies within.
        let window = Duration::from_secs(after.as_secs() / 60 * 60 + 60);
        let kept = u64::try_from(record.evidence().len()).unwrap_or(u64::MAX);
        let reason = Reason {
            rule: PROBATION.into(),
            counter: CounterKind::Spam.as_str().into(),
            count: 1,
            window,
            sentence: format!("spam again within {} after the last block had ended", spoken(window)),
            monitored: false,
        };
        Self { messages: kept.max(1), spam: kept.max(1), ..Self::of(reason) }
    }
}

/// What stands in a reason where a trip rule's name does.
pub(crate) const PROBATION: &str = "probation";

/// Names that stand for no trip rule in reasons: none may be called so.
pub(crate) const RESERVED: [&str; 2] = [PROBATION, Reason::BY_HAND];

impl Trip {
    /// What the rule compares with its limit; 0 below its minimum.
    pub(crate) fn value(&self, record: &Record, now: Timestamp) -> u64 {
        self.read(record, now).value
    }

    /// Whether the subject has reached the rule's limit, whichever session counts.
    pub(crate) fn is_reached(&self, record: &Record, subject: &SubjectKey, now: Timestamp) -> bool {
        self.limit_for(subject).is_some_and(|limit| self.value(record, now) >= limit)
    }

    /// What the rule found.
    pub(crate) fn tripped(&self, record: &Record, now: Timestamp) -> Tripped {
        let reading = self.read(record, now);
        let reason = Reason {
            rule: self.rule.name.clone(),
            counter: self.rule.counter.as_str().into(),
            count: reading.value,
            window: self.rule.window,
            sentence: self.sentence(reading),
            monitored: false,
        };
        let (messages, spam) = (record.count(self.messages, now), record.count(self.spam, now));
        Tripped { messages, spam, ..Tripped::of(reason) }
    }

    fn read(&self, record: &Record, now: Timestamp) -> Reading {
        let counted = record.count(self.counted, now);
        let Some(base) = self.base.map(|place| record.count(place, now)) else {
            let enough = self.rule.minimum == 0 || record.count(self.messages, now) >= self.rule.minimum;
            return Reading { value: if enough { counted } else { 0 }, base: 0 };
        };
        let base = if self.rule.is_share_of_attempts() { base.saturating_add(counted) } else { base };
        if base < self.rule.minimum {
            return Reading { value: 0, base };
        }
        let percent = u128::from(counted) * 100 / u128::from(base.max(1));
        Reading { value: u64::try_from(percent).unwrap_or(u64::MAX), base }
    }

    fn sentence(&self, reading: Reading) -> String {
        match self.rule.percent_of {
            None => counted(self.rule.counter, reading.value, self.rule.window),
            Some(base) => share(self.rule.counter, base, reading, self.rule.window),
        }
    }
}

/// "5 messages that look like spam within 10 minutes"
pub(crate) fn counted(counter: CounterKind, count: u64, window: Duration) -> String {
    let one = count == 1;
    let what = match counter {
        CounterKind::Messages if one => "message",
        CounterKind::Messages => "messages",
        CounterKind::Recipients if one => "recipient",
        CounterKind::Recipients => "recipients",
        CounterKind::DistinctRecipients if one => "recipient",
        CounterKind::DistinctRecipients => "different recipients",
        CounterKind::Spam if one => "message that looks like spam",
        CounterKind::Spam => "messages that look like spam",
        CounterKind::ScoreSum => "points of spam score",
        CounterKind::UnusualScore => "points of spam score, of messages unlike the sender's past,",
        CounterKind::RefusedRecipients if one => "recipient that was refused",
        CounterKind::RefusedRecipients => "recipients that were refused",
        CounterKind::Bytes => "bytes of mail",
        CounterKind::DistinctNetworks if one => "network that mail came from",
        CounterKind::DistinctNetworks => "different networks that mail came from",
        CounterKind::Connections if one => "connection to a mail server",
        CounterKind::Connections => "connections to mail servers",
        CounterKind::DistinctDestinations if one => "mail server that was connected to",
        CounterKind::DistinctDestinations => "different mail servers that were connected to",
    };
    format!("{count} {what} within {}", spoken(window))
}

fn share(counter: CounterKind, base: CounterKind, reading: Reading, window: Duration) -> String {
    let Reading { value, base: of } = reading;
    let window = spoken(window);
    match (counter, base) {
        (CounterKind::ScoreSum, CounterKind::Messages) => {
            format!("a mean spam score of {} over {of} messages within {window}", value / 100)
        }
        (CounterKind::UnusualScore, CounterKind::Messages) => {
            format!("a mean spam score of {} over {of} messages unlike the sender's past within {window}", value / 100)
        }
        (CounterKind::Spam, CounterKind::Messages) => {
            format!("{value} % of {of} messages looking like spam within {window}")
        }
        (CounterKind::RefusedRecipients, CounterKind::Recipients) => {
            format!("{value} % of {of} recipients refused by the next mail server within {window}")
        }
        _ => format!("{} at {value} % of {of} {} within {window}", plain(counter), plain(base)),
    }
}

fn plain(counter: CounterKind) -> String {
    counter.as_str().replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_sentences() {
        let (ten_minutes, hour) = (Duration::from_secs(600), Duration::from_secs(3600));
        let spam = CounterKind::Spam;
        assert_eq!(counted(spam, 5, ten_minutes), "5 messages that look like spam within 10 minutes");
        assert_eq!(counted(spam, 1, ten_minutes), "1 message that looks like spam within 10 minutes");
        let half = Reading { value: 50, base: 40 };
        let messages = CounterKind::Messages;
        assert_eq!(share(spam, messages, half, hour), "50 % of 40 messages looking like spam within 1 hour");
        let mean = Reading { value: 7250, base: 50 };
        let score = CounterKind::ScoreSum;
        assert_eq!(share(score, messages, mean, hour), "a mean spam score of 72 over 50 messages within 1 hour");
        let refused = Reading { value: 30, base: 900 };
        assert_eq!(
            share(CounterKind::RefusedRecipients, CounterKind::Recipients, refused, hour),
            "30 % of 900 recipients refused by the next mail server within 1 hour"
        );
    }
}
