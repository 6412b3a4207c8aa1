//! How blocks run: their length, their end, what they keep, what they say.

use std::time::Duration;

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

settings::settings! {
    /// Blocks: how long they last, how they end, what they tell.
    pub table BlockSettings = "blocks" {
        /// How long the first, second, third ... block of a subject lasts. The last step repeats.
        ladder: Vec<Duration> = [HOUR, DAY, 30 * DAY].map(Duration::from_secs).to_vec();
        /// A block that begins within this time after the end of the last one takes the next step of the ladder; later
        /// than that, the ladder starts anew.
        strike_memory: Duration = Duration::from_secs(90 * DAY);
        /// How long after its release a subject is on probation: a single message that looks like spam blocks it again at
        /// once, on the next step of the ladder. "0s": no probation.
        probation: Duration = Duration::from_secs(HOUR);
        /// How many steps of the ladder end by themselves when their time is over. Blocks beyond them stay until an
        /// operator releases them, or the customer does after their time. A customer can have a number of his own.
        automatic_releases: u32 = 2;
        /// How many blocks of one customer, of all his addresses, accounts and domains together, end by themselves within
        /// customer_release_window. Blocks beyond them stay until an operator releases them, or the customer does after their time;
        /// the refusal and the letter say why. 0: no such limit. Who owns nothing that is known here is no customer.
        customer_automatic_releases: u32 = 20, in 0..=10_000;
        /// Within how long.
        customer_release_window: Duration = Duration::from_secs(30 * DAY);
        /// How many flagged messages are kept for each block. The text of a message is never kept.
        evidence: u32 = 10, in 1..=100;
        /// Accounts that are never blocked nor slowed down, as "bob@example.com" or "@example.com". They are still
        /// scored and counted, and a trusted account does not make its IP trusted. A block of theirs ends.
        allow_accounts: Vec<String> = Vec::new();
        /// Networks that are never blocked nor slowed down, as "192.0.2.1" or "192.0.2.0/24". They are still scored and
        /// counted, and so are the accounts that log in from there. Mail of this host's own programs counts as 0.0.0.0:
        /// put it here unless the whole host may be stopped for one script. A block of theirs ends.
        allow_networks: Vec<String> = Vec::new();
        /// Domains that are never blocked nor slowed down, as "example.com" or "*.example.com". A block of theirs ends.
        allow_domains: Vec<String> = Vec::new();
        /// The link in the refusal and in the alert; {ref} is the block's reference. Empty: this daemon's own page.
        link: String = String::new();
        /// A sentence for the refusal, such as "Questions: support@isp.example or +33 1 99 00 00 00." Empty: none.
        contact: String = String::new();
        /// How many subjects are counted at once, about 500 bytes each. When there are more, the idlest are forgotten;
        /// blocks and strikes never are.
        max_subjects: u32 = 200_000, in 1000..=100_000_000;
    }
}
