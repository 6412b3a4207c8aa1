//! The `[store]` table.

use std::path::PathBuf;
use std::time::Duration;

settings::choice! {
    /// What happens to mail while the store can't be written.
    pub enum OnFailure {
        /// Mail goes on; blocks that trip are enforced from memory and written as soon as the store works again.
        Continue = "continue",
        /// Messages are answered 451 until the store works again.
        Tempfail = "tempfail",
    }
}

settings::settings! {
    /// What survives a restart: blocks with their evidence, alerts that wait, and counters.
    pub table StoreSettings = "store" {
        /// The directory of the database (portreeve.sqlite). It is made when it is missing, for its owner only. It must
        /// be on a local file system: a database on NFS gets damaged.
        path: PathBuf = "portreeve-data".into();
        /// What happens while the store can't be written (disk full, read-only): "continue" lets mail go on and enforces
        /// blocks from memory; they are written as soon as the store works again, but a crash before that forgets
        /// them. "tempfail" answers every message 451 meanwhile. Either way it is logged and shown in the metrics.
        on_failure: OnFailure = OnFailure::Continue;
        /// Counters are written this often. After a crash they are at most this old; blocks are never late.
        snapshot_interval: Duration = Duration::from_secs(5), in Duration::from_secs(1)..=Duration::from_secs(600);
        /// Released blocks are forgotten after this long, with their evidence and alerts. Strikes are remembered no
        /// longer than this.
        keep_blocks: Duration = Duration::from_secs(400 * 86_400), in Duration::from_secs(86_400)..;
        /// Counters of a subject that was silent for this long are forgotten. It must cover the longest window of the
        /// trip rules.
        keep_counters: Duration = Duration::from_secs(2 * 86_400), in Duration::from_secs(3600)..;
    }
}
