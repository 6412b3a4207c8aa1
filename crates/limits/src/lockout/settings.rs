//! The `[lockout]` table.

use std::time::Duration;

const MINUTE: u64 = 60;

settings::settings! {
    /// Failed logins, as the SMTP proxy sees them and as other servers tell them (POST /hooks/login-failed): whoever guesses
    /// passwords is locked out for a while. That is no block: nothing of it counts as spam, and it ends by itself.
    pub table LockoutSettings = "lockout" {
        /// After how many failed logins in a row an account is locked. Until the time is over the proxy answers AUTH with 454
        /// and asks no next hop, except for clients from the network the account last logged in from: nobody can lock a
        /// customer out by guessing from elsewhere. 0: never.
        account_failures: u32 = 20, in 0..=10_000;
        /// After how many failed logins a client's network (IPv4 address, IPv6 /64) is locked, whatever accounts it tried; a
        /// login that succeeds between them takes nothing back. 0: never, as where many customers share an address.
        client_failures: u32 = 100, in 0..=100_000;
        /// Failed logins are forgotten when none was added for so long.
        window: Duration = Duration::from_secs(15 * MINUTE), in Duration::from_secs(1)..=Duration::from_secs(86_400);
        /// How long it lasts.
        duration: Duration = Duration::from_secs(15 * MINUTE), in Duration::from_secs(1)..=Duration::from_secs(30 * 86_400);
        /// How many accounts and networks are counted, about 150 bytes each. Beyond that the longest unseen are forgotten,
        /// and no further ones are locked.
        max_tracked: u32 = 100_000, in 100..=10_000_000;
    }
}

impl LockoutSettings {
    /// How many of a kind may be remembered at once.
    pub(super) fn capacity(&self) -> usize {
        usize::try_from(self.max_tracked).unwrap_or(usize::MAX)
    }
}
