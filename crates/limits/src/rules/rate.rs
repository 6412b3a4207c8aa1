//! Rate limits: how fast one may send. They defer; they never block.

use std::time::Duration;

use model::SubjectKind;

use super::Sessions;

settings::choice! {
    /// What a rate limit counts.
    pub enum RateCounter {
        /// Messages.
        Messages = "messages",
        /// Recipients.
        Recipients = "recipients",
        /// Bytes.
        Bytes = "bytes",
    }
}

settings::settings! {
    /// Rate limits, apart from blocks: who sends faster is asked to come back (451 with the seconds to wait). Only mail
    /// that is delivered uses a limit up, so that retries never count twice; what was used comes back continuously.
    /// All limits that apply are checked. Entries of your own replace all of the built-in ones.
    pub row RateRule = "rate" {
        /// The limit's name, in metrics and overrides. No two rules share one.
        name: String;
        /// Whom it limits: "account", "ip" (IPv6 by /64) or "domain".
        subject: SubjectKind;
        /// What is limited: "messages", "recipients" or "bytes".
        counter: RateCounter;
        /// How many, for each `per`, in the long run.
        limit: u64;
        /// For how long the limit is, from "1s" to "90d".
        per: Duration;
        /// How many may come at once after a pause. 0: as many as `limit`.
        burst: u64 = 0;
        /// After how many deferrals within `per` 4xx becomes 5xx, for clients that hammer. 0: never.
        refuse_after: u32 = 0;
        /// Which sessions count: "all", "authenticated", "unauthenticated", or "charged": all for accounts and domains,
        /// those without a login for IPs.
        sessions: Sessions = Sessions::Charged;
    }
}

impl RateRule {
    /// The limits of an empty configuration: 200 messages an hour for an account, 300 for an IP without a login.
    pub fn defaults() -> Vec<Self> {
        vec![
            Self::hourly("account-rate", SubjectKind::Account, 200, 2000),
            Self::hourly("ip-rate", SubjectKind::Ip, 300, 3000),
        ]
    }

    fn hourly(name: &str, subject: SubjectKind, limit: u64, refuse_after: u32) -> Self {
        Self {
            name: name.into(),
            subject,
            counter: RateCounter::Messages,
            limit,
            per: Duration::from_secs(3600),
            burst: 0,
            refuse_after,
            sessions: Sessions::Charged,
        }
    }
}
