//! The `[recall]` table of the configuration.

use std::time::Duration;

use model::circumstances::Copies;

use crate::gateways::GatewayNetwork;

const DAY: Duration = Duration::from_secs(86_400);

settings::settings! {
    /// What was seen before: messages that are nearly the same as recent ones (fingerprints), and each sender's own past
    /// (habits). Both live in memory, are written down with the counters, and hold hashes and counts only. A change takes
    /// a restart.
    pub table RecallSettings = "recall" {
        /// How many different messages are remembered at once, about 500 bytes each. Those seen once go first. 0: none; what a
        /// person has confirmed is compared all the same.
        fingerprints: u32 = 16_384, in 0..=4_000_000;
        /// For how long after its last copy a message is remembered, from "1h" to "30d".
        window: Duration = DAY * 3, in Duration::from_secs(3600)..=DAY * 30;
        /// For how long what a blocked sender has sent as spam counts against others who send it, from "1h" to "90d".
        bad_for: Duration = DAY * 7, in Duration::from_secs(3600)..=DAY * 90;
        /// From so many senders (accounts, or addresses that nobody logged in from; IPv6 by /64) a text that was spam each
        /// time is spam that somebody spreads over them: the next copies get the points of `same_spread`. What only this
        /// memory made spam does not count. 0: never.
        spread_senders: u32 = 5, in 0..=Copies::MAX_SENDERS as u32 - 1;
        /// How many senders' habits are remembered, about 850 bytes each; beyond it the idlest are forgotten. 0: none.
        senders: u32 = 50_000, in 0..=10_000_000;
        /// On how many days a sender has to have sent before anything is unlike his past. Before, he is unknown, which
        /// costs nothing.
        settle_days: u32 = 3, in 1..=60;
        /// More networks that many people share (your webmail, mobile networks), beside those that come with the program:
        /// a sender behind them is never "in a new network".
        gateways: Vec<GatewayNetwork> = Vec::new();
    }
}
