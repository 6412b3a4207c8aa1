//! What interception counts; what is said on intercepted connections counts with the proxy's.

use crate::counters::counters;

counters! {
    /// Figures of interception since the start; all only go up.
    InterceptStats, "portreeve_intercept_", "Interception:";
    /// connections whose destination is known.
    connections,
    /// connections refused with 421 because they came straight to the port.
    direct_refused,
    /// connections refused with 421 because they lead back to this host.
    loops_refused,
    /// streams that became opaque with STARTTLS.
    streams_opened,
    /// opaque streams that have ended, whatever the reason.
    streams_ended,
    /// opaque streams that were cut because their client was blocked.
    streams_cut,
    /// opaque streams that ended because both sides were silent.
    streams_silent,
    /// bytes from clients in opaque streams.
    bytes_sent,
    /// bytes to clients in opaque streams.
    bytes_received,
}

impl InterceptStats {
    /// Opaque streams that are open now.
    pub fn streams_open(&self) -> u64 {
        self.streams_opened.get().saturating_sub(self.streams_ended.get())
    }
}
