//! The `[clamav]`, `[spamd]` and `[rspamd]` tables.

use std::time::Duration;

use settings::ByteSize;

use crate::address::ScannerAddress;

settings::choice! {
    /// What happens to a message that a scanner could not be asked about.
    pub enum OnFailure {
        /// It is judged without.
        Continue = "continue",
        /// The client is asked to come back (451).
        Tempfail = "tempfail",
    }
}

const TIMEOUT: std::ops::RangeInclusive<Duration> = Duration::from_millis(50)..=Duration::from_secs(120);
const MIB: u64 = 1 << 20;

settings::settings! {
    /// ClamAV: clamd is asked about every message (INSTREAM); what it finds is the signal scanner_virus.
    pub table ClamavSettings = "clamav" {
        /// Where clamd listens: "127.0.0.1:3310" or "unix:/run/clamav/clamd.ctl". Empty: it is not asked.
        address: Option<ScannerAddress> = None;
        /// It is not waited for longer than this.
        timeout: Duration = Duration::from_secs(5), in TIMEOUT;
        /// It is asked about so many messages at once; others wait for their turn within the time-out.
        parallel: u32 = 8, in 1..=1000;
        /// It sees so much of a message, which is kept in memory while it is judged. clamd's StreamMaxLength must not be less.
        max_size: ByteSize = ByteSize(10 * MIB), in ByteSize(1024)..=ByteSize(100 * MIB);
        /// What happens to mail while it does not answer: "continue" judges without it, "tempfail" answers 451.
        on_failure: OnFailure = OnFailure::Continue;
        /// After so many failures in a row it is left alone.
        give_up_after: u32 = 5, in 1..=1000;
        /// And after this long it is tried again, with one message first.
        try_again_after: Duration = Duration::from_secs(30), in Duration::from_secs(1)..=Duration::from_secs(3600);
    }
}

settings::settings! {
    /// SpamAssassin: spamd is asked about every message (SYMBOLS); its score is the signal scanner_spamd.
    pub table SpamdSettings = "spamd" {
        /// Where spamd listens: "127.0.0.1:783" or "unix:/run/spamd.sock". Empty: it is not asked.
        address: Option<ScannerAddress> = None;
        /// It is not waited for longer than this.
        timeout: Duration = Duration::from_secs(10), in TIMEOUT;
        /// It is asked about so many messages at once; others wait for their turn within the time-out. spamd's --max-children.
        parallel: u32 = 5, in 1..=1000;
        /// It sees so much of a message, which is kept in memory while it is judged.
        max_size: ByteSize = ByteSize(MIB / 2), in ByteSize(1024)..=ByteSize(100 * MIB);
        /// What happens to mail while it does not answer: "continue" judges without it, "tempfail" answers 451.
        on_failure: OnFailure = OnFailure::Continue;
        /// After so many failures in a row it is left alone.
        give_up_after: u32 = 5, in 1..=1000;
        /// And after this long it is tried again, with one message first.
        try_again_after: Duration = Duration::from_secs(30), in Duration::from_secs(1)..=Duration::from_secs(3600);
    }
}

settings::settings! {
    /// Rspamd: its normal worker is asked about every message over HTTP (/checkv2); its score is the signal scanner_rspamd.
    pub table RspamdSettings = "rspamd" {
        /// Where the normal worker listens: "127.0.0.1:11333" or "unix:/run/rspamd/normal.sock". Empty: it is not asked.
        address: Option<ScannerAddress> = None;
        /// It is not waited for longer than this.
        timeout: Duration = Duration::from_secs(8), in TIMEOUT;
        /// It is asked about so many messages at once; others wait for their turn within the time-out.
        parallel: u32 = 16, in 1..=1000;
        /// It sees so much of a message, which is kept in memory while it is judged.
        max_size: ByteSize = ByteSize(MIB), in ByteSize(1024)..=ByteSize(100 * MIB);
        /// What happens to mail while it does not answer: "continue" judges without it, "tempfail" answers 451.
        on_failure: OnFailure = OnFailure::Continue;
        /// After so many failures in a row it is left alone.
        give_up_after: u32 = 5, in 1..=1000;
        /// And after this long it is tried again, with one message first.
        try_again_after: Duration = Duration::from_secs(30), in Duration::from_secs(1)..=Duration::from_secs(3600);
    }
}
