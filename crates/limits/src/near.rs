//! Where somebody stands with one rule, as a sentence: what was counted, and how much is too much.

use model::standing::CounterKind;
use model::time::spoken;

use crate::ledger::RuleCount;
use crate::trip::counted;

impl RuleCount {
    /// "3 messages that look like spam within 10 minutes; the limit is 5", "20 % of its messages within 8 hours look like spam;
    /// the limit is 50 %". A mean score is told as such, not as the hundredfold that the rule compares.
    pub fn sentence(&self) -> String {
        let limit = self.limit.map_or_else(|| "this rule is off for it".to_owned(), |limit| self.told_limit(limit));
        format!("{}; {limit}", self.so_far())
    }

    fn so_far(&self) -> String {
        let (count, window) = (self.count, spoken(self.window));
        let Some(kind) = CounterKind::from_word(&self.counter) else { return self.plain(&window) };
        match (kind, self.percent_of.as_deref().and_then(CounterKind::from_word)) {
            (_, None) if self.percent_of.is_none() => counted(kind, count, self.window),
            (CounterKind::ScoreSum, Some(CounterKind::Messages)) => {
                format!("its messages within {window} have a mean spam score of {}", count / 100)
            }
            (CounterKind::UnusualScore, Some(CounterKind::Messages)) => format!(
                "its messages within {window} have a mean spam score of {}, where what is like its past counts 0",
                count / 100
            ),
            (CounterKind::Spam, Some(CounterKind::Messages)) => {
                format!("{count} % of its messages within {window} look like spam")
            }
            (CounterKind::RefusedRecipients, Some(CounterKind::Recipients)) => {
                format!("{count} % of the recipients that it tried within {window} were refused")
            }
            _ => self.plain(&window),
        }
    }

    /// Where there are no better words.
    fn plain(&self, window: &str) -> String {
        let (count, counter) = (self.count, self.counter.replace('_', " "));
        match &self.percent_of {
            None => format!("{count} {counter} within {window}"),
            Some(base) => format!("{counter} within {window} are {count} % of {}", base.replace('_', " ")),
        }
    }

    fn told_limit(&self, limit: u64) -> String {
        match &self.percent_of {
            _ if self.is_rate => format!("beyond {limit} it is slowed down"),
            Some(_) if self.is_mean() => format!("the limit is {}", limit / 100),
            Some(_) => format!("the limit is {limit} %"),
            None => format!("the limit is {limit}"),
        }
    }

    /// Whether count and limit are a mean score, times 100.
    fn is_mean(&self) -> bool {
        let scores = [CounterKind::ScoreSum, CounterKind::UnusualScore].map(CounterKind::as_str);
        let of_messages = self.percent_of.as_deref() == Some(CounterKind::Messages.as_str());
        of_messages && scores.contains(&self.counter.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn told(counter: &str, percent_of: Option<&str>, count: u64, limit: Option<u64>, is_rate: bool) -> String {
        let (counter, percent_of) = (counter.to_owned(), percent_of.map(str::to_owned));
        let window = Duration::from_secs(3600);
        RuleCount { rule: "rule".into(), counter, percent_of, count, limit, window, is_rate }.sentence()
    }

    #[test]
    fn every_kind_of_rule_reads_as_a_sentence() {
        for (counter, percent_of, count, limit, sentence) in [
            ("spam", None, 1, Some(5), "1 message that looks like spam within 1 hour; the limit is 5"),
            ("spam", None, 3, None, "3 messages that look like spam within 1 hour; this rule is off for it"),
            (
                "spam",
                Some("messages"),
                20,
                Some(50),
                "20 % of its messages within 1 hour look like spam; the limit is 50 %",
            ),
            (
                "score_sum",
                Some("messages"),
                6050,
                Some(8500),
                "its messages within 1 hour have a mean spam score of 60; the limit is 85",
            ),
            (
                "unusual_score",
                Some("messages"),
                6000,
                Some(8500),
                "its messages within 1 hour have a mean spam score of 60, where what is like its past counts 0; the limit is 85",
            ),
            (
                "refused_recipients",
                Some("recipients"),
                30,
                Some(50),
                "30 % of the recipients that it tried within 1 hour were refused; the limit is 50 %",
            ),
            (
                "distinct_recipients",
                Some("recipients"),
                90,
                Some(95),
                "distinct recipients within 1 hour are 90 % of recipients; the limit is 95 %",
            ),
        ] {
            assert_eq!(told(counter, percent_of, count, limit, false), sentence);
        }
        assert_eq!(
            told("messages", None, 12, Some(200), true),
            "12 messages within 1 hour; beyond 200 it is slowed down"
        );
    }
}
