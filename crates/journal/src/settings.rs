//! The `[journal]` table of the configuration.

use std::path::PathBuf;

use settings::ByteSize;

settings::settings! {
    /// The journal: one line of JSON for each message judged, with who sent it, the signals and the verdict. It holds no
    /// content, and recipients only as keyed hashes. `portreeve replay DIRECTORY --config NEW.toml` tells what another
    /// configuration would have done with it; POST /api/replays asks it of the newest 64 MiB. About 300 bytes a message.
    pub table JournalSettings = "journal" {
        /// The directory it is written to; it is made when it is missing, for its owner only. The file `key` in it
        /// belongs to the hashes: without it nobody can find out by trying whether an address is among them.
        /// Empty: no journal.
        directory: Option<PathBuf> = None;
        /// How large a file may grow; then the next one begins.
        max_file: ByteSize = ByteSize(64 << 20), in ByteSize(64 << 10)..=ByteSize(4 << 30);
        /// How many files are kept; beyond that the oldest is deleted.
        max_files: u32 = 8, in 1..=10_000;
    }
}
