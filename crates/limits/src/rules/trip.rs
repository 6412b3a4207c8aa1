//! Trip rules: how much of what, in how long, is too much.

use std::time::Duration;

use model::SubjectKind;
use model::standing::CounterKind;

use super::Sessions;

settings::choice! {
    /// What happens when a trip rule is reached.
    pub enum TripAction {
        /// The subject is blocked.
        Block = "block",
        /// The operator is told; nothing is refused.
        Report = "report",
    }
}

settings::settings! {
    /// Trip rules: a subject that reaches `limit` within `window` is blocked. The first rule that is reached, in the
    /// order of the file, names the block. Entries of your own replace all of the built-in ones.
    pub row TripRule = "trip" {
        /// The rule's name, in reasons, metrics and overrides. No two rules share one.
        name: String;
        /// Whose counters: "account", "ip" (IPv6 by /64) or "domain".
        subject: SubjectKind;
        /// What is counted. "score_sum" adds up the points of all messages; "distinct_networks" counts the client's
        /// networks (IPv4 /24, IPv6 /48), which grows by itself for people who travel: combine it with `minimum`.
        /// "connections" and "distinct_destinations" count what was intercepted ([[intercept]]), opaque streams included.
        counter: CounterKind;
        /// How many are too many: the one that reaches the limit trips the rule. With `percent_of`, a percentage.
        limit: u64;
        /// In how long, from "1s" to "90d". It slides; counts are exact within the first window of a burst.
        window: Duration;
        /// Another counter; `limit` is then a percentage of it: counter = "spam", percent_of = "messages", limit = 50
        /// trips when half of the messages look like spam. "score_sum" of "messages" is the mean score times 100, "unusual_score"
        /// the same with 0 for what is like the sender's past;
        /// "refused_recipients" of "recipients" is of all that were tried, the refused ones too.
        percent_of: Option<CounterKind> = None;
        /// Nothing trips before that many messages in the window; with `percent_of`, before that many of what the percentage
        /// is of.
        minimum: u64 = 0;
        /// Which sessions count: "all", "authenticated", "unauthenticated", or "charged": all for accounts and domains,
        /// those without a login for IPs, so that a webmail gateway is not blocked for one stolen password.
        sessions: Sessions = Sessions::Charged;
        /// "block", or "report" to tell the operator only.
        action: TripAction = TripAction::Block;
    }
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

impl TripRule {
    /// The rules of an empty configuration.
    pub fn defaults() -> Vec<Self> {
        vec![
            Self::spam("account-spam-burst", SubjectKind::Account, 5, 10 * MINUTE),
            Self::share("account-spam-share", SubjectKind::Account),
            Self::spam("account-spam-day", SubjectKind::Account, 100, 8 * HOUR),
            Self::near_spam(),
            Self::spam("ip-spam-burst", SubjectKind::Ip, 5, 10 * MINUTE),
            Self::share("ip-spam-share", SubjectKind::Ip),
            Self::spam("ip-spam-day", SubjectKind::Ip, 100, 8 * HOUR),
            Self::guessed("account-refused-recipients", SubjectKind::Account),
            Self::guessed("ip-refused-recipients", SubjectKind::Ip),
        ]
    }

    fn spam(name: &str, subject: SubjectKind, limit: u64, seconds: u64) -> Self {
        Self {
            name: name.into(),
            subject,
            counter: CounterKind::Spam,
            limit,
            window: Duration::from_secs(seconds),
            percent_of: None,
            minimum: 0,
            sessions: Sessions::Charged,
            action: TripAction::Block,
        }
    }

    /// Spam that drips: ten messages or more, half of them spam. Whoever forwards other people's mail has a share of it, too,
    /// but never half.
    fn share(name: &str, subject: SubjectKind) -> Self {
        Self { percent_of: Some(CounterKind::Messages), minimum: 10, ..Self::spam(name, subject, 50, 8 * HOUR) }
    }

    /// Half of at least a hundred recipients don't exist: whoever writes to addresses that were guessed, or bought. A
    /// newsletter to a list that nobody has cleaned for years stays below a third.
    fn guessed(name: &str, subject: SubjectKind) -> Self {
        Self {
            counter: CounterKind::RefusedRecipients,
            percent_of: Some(CounterKind::Recipients),
            minimum: 100,
            ..Self::spam(name, subject, 50, HOUR)
        }
    }

    /// Whether it is about recipients that were refused among all that were tried: the accepted ones alone would be no
    /// whole that they are a part of.
    pub(crate) fn is_share_of_attempts(&self) -> bool {
        self.counter == CounterKind::RefusedRecipients && self.percent_of == Some(CounterKind::Recipients)
    }

    /// Spam written to stay below the threshold: twenty messages within an hour with a mean score of 85, from somebody who sends
    /// as he never did. What is only unusual, such as a first newsletter or the notice of a move, has a mean of 60 to 80; a
    /// shop whose template scores high has a past of that.
    fn near_spam() -> Self {
        Self {
            counter: CounterKind::UnusualScore,
            percent_of: Some(CounterKind::Messages),
            minimum: 20,
            ..Self::spam("account-near-spam", SubjectKind::Account, 8500, HOUR)
        }
    }
}
