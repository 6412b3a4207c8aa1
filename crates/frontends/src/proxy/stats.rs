//! What the proxy counts beyond connections: figures that telemetry reads when it is asked.

use crate::counters::counters;

counters! {
    /// Figures of the proxy since the start; all only go up.
    ProxyStats, "portreeve_proxy_", "The SMTP proxy:";
    /// sessions refused with 421 because there were too many in all or from one client.
    sessions_refused,
    /// intercepted sessions whose client was blocked when they began.
    sessions_denied,
    /// sessions closed for protocol errors.
    protocol_errors,
    /// sessions closed because the client was too slow.
    timeouts,
    /// messages that the next hop took.
    messages_relayed,
    /// messages that the next hop refused.
    messages_refused_by_hop,
    /// messages that the judge refused or deferred.
    messages_refused,
    /// messages refused for bare line ends, size, a loop or lack of room.
    messages_unclean,
    /// messages deferred because the next hop was lost.
    messages_lost_hop,
    /// messages a part of which went to disk while they passed.
    messages_spooled,
    /// bytes of content from clients.
    content_bytes,
    /// recipients that the next hop refused.
    recipients_refused,
    /// TLS handshakes with clients that succeeded.
    tls_clients,
    /// TLS handshakes with clients that failed.
    tls_failures,
    /// logins read from AUTH.
    logins,
    /// logins that their SASL mechanism hides.
    logins_unknown,
    /// connections made to next hops.
    hop_connections,
    /// connections to next hops that were used again.
    hop_reuses,
    /// attempts to connect to a next hop that failed.
    hop_failures,
}
