//! What the proxy counts: atomics that telemetry reads when it is asked.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($( $(#[doc = $doc:literal])* $name:ident ),* $(,)?) => {
        /// Counters of the proxy since the start; those that end in `_open` go down again.
        #[derive(Debug, Default)]
        pub struct ProxyStats { $( $(#[doc = $doc])* pub $name: Counter, )* }

        impl ProxyStats {
            /// Every counter: its name, its help text, its value.
            pub fn read(&self) -> Vec<(&'static str, &'static str, u64)> {
                vec![ $( (stringify!($name), concat!($($doc),*), self.$name.value()), )* ]
            }
        }
    };
}

counters! {
    /// Client sessions that are open.
    sessions_open,
    /// Client sessions there were.
    sessions,
    /// Sessions refused because there were too many in all or from one client.
    sessions_refused,
    /// Sessions refused in the greeting by the judge.
    sessions_denied,
    /// Messages that the next hop took.
    messages_relayed,
    /// Messages that the next hop refused.
    messages_refused_by_hop,
    /// Messages that the judge refused or deferred.
    messages_refused,
    /// Messages refused for bare line ends, size or a loop.
    messages_unclean,
    /// Messages whose next hop was lost before or after the end of data.
    messages_lost_hop,
    /// Bytes of content from clients.
    bytes,
    /// Recipients that the next hop refused.
    recipients_refused,
    /// Messages that went to disk while they passed.
    spooled,
    /// Sessions closed for protocol errors.
    protocol_errors,
    /// Sessions closed because the client was too slow.
    timeouts,
    /// TLS handshakes with clients that succeeded.
    tls_clients,
    /// TLS handshakes with clients that failed.
    tls_failures,
    /// Connections made to next hops.
    hop_connections,
    /// Connections to next hops that were used again.
    hop_reuses,
    /// Attempts to connect to a next hop that failed.
    hop_failures,
    /// Logins read from AUTH.
    logins,
    /// Logins that can't be read from their mechanism.
    logins_unknown,
}

/// One counter.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    pub(super) fn one(&self) {
        self.add(1);
    }

    pub(super) fn less(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// The value now.
    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
