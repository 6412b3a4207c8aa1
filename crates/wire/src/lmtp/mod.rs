//! LMTP (RFC 2033) as a server hears it: SMTP's commands under LHLO, and after the final dot one reply for each recipient.
//!
//! Security: lines and content are read by the parts of [`crate::smtp`], with their bounds; what is beyond the size limit is
//! read to its end and thrown away, up to four times the limit, and mistakes are counted.

mod content;
mod dialogue;
mod replies;

pub use content::Content;
pub use dialogue::{Dialogue, Limits, Step, Transaction};
pub use replies::{Disposal, ended, greeting, no_line, silence, stopping};
