//! The `[reports]` table.

use std::time::Duration;

use settings::ByteSize;

settings::settings! {
    /// False-positive reports: what a customer says of a message that was flagged. This is the only place where a message's
    /// content is kept: the one that was reported, by whoever reported it, until an operator has decided and
    /// `keep_messages` is over.
    pub table ReportSettings = "reports" {
        /// A larger message is not taken.
        max_size: ByteSize = ByteSize(1 << 20), in ByteSize(16 << 10)..=ByteSize(16 << 20);
        /// More reports than this don't wait for a decision: further ones are told to come again.
        max_open: u32 = 500, in 1..=10_000;
        /// How long a message is kept after the decision, for a second look. Its report stays as long as the block.
        keep_messages: Duration = Duration::from_secs(7 * 86_400), in Duration::ZERO..=Duration::from_secs(90 * 86_400);
    }
}
