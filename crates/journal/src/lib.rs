//! The journal: one line for each message that was judged, so that another configuration can be tried on it later.
//!
//! Security: it holds metadata and signals, never content. Recipients are keyed hashes ([`Opaque`]), good for counting
//! different ones and for nothing else as long as the key stays here. Files are readable by their owner only.
//!
//! Known limits: what waits in memory is lost when the process is killed, and the last line may then be cut off;
//! [`read`] goes on after it.

mod entry;
mod files;
mod opaque;
mod reader;
mod recorder;
mod settings;

pub use entry::{Began, Change, Entry, Judgement, TurnedAway};
pub use opaque::Opaque;
pub use reader::{Journal, is_journal, read, read_newest};
pub use recorder::{Figures, OpenError, Recorder};
pub use settings::JournalSettings;
