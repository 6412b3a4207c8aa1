//! The `[dns]` table.

use std::net::SocketAddr;
use std::time::Duration;

settings::settings! {
    /// Name look-ups: where a flagged message was going, for the alert; and what [reputation] and [[dns_list]] ask for. No
    /// message waits for them unless one of those is set, and then no longer than dns.budget.
    pub table DnsSettings = "dns" {
        /// The name servers, like "127.0.0.1:53". Empty: those of /etc/resolv.conf. Public lists refuse the questions of public
        /// resolvers: a resolver of your own near this host is faster as well.
        servers: Vec<SocketAddr> = Vec::new();
        /// One look-up takes no longer than this, retries included; then its answer is "unknown".
        timeout: Duration = Duration::from_secs(5), in Duration::from_millis(100)..=Duration::from_secs(60);
        /// All look-ups for one message together take no longer than this. Answers that come later are dropped, and the
        /// message is scored without them.
        budget: Duration = Duration::from_secs(1), in Duration::from_millis(10)..=Duration::from_secs(10);
        /// Look-ups at one time; each takes a file descriptor. Further ones wait for a place.
        parallel: u32 = 64, in 1..=4096;
        /// Answers that are remembered, each for as long as DNS says, an hour at most; those of names that are not there too.
        remembered: u32 = 20_000, in 0..=1_000_000;
    }
}
