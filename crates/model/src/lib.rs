//! The nouns of Portreeve: what a message, its sender, its score and its sender's standing are.
//!
//! Nothing here does I/O, knows tokio, or asks what time it is: time is handed in as [`time::Timestamp`].

pub mod address;
mod adoption;
pub mod circumstances;
pub mod envelope;
pub mod event;
pub mod evidence;
pub mod features;
pub mod kept;
pub mod message;
pub mod names;
mod quota;
pub mod session;
pub mod sheet;
pub mod shown;
pub mod signal;
pub mod standing;
pub mod subject;
pub mod time;
pub mod verdict;

pub use address::{ClientAddr, DomainName, Mailbox, Network, OriginalDst};
pub use adoption::Adoption;
pub use circumstances::Circumstances;
pub use envelope::{Envelope, ReversePath, Submission};
pub use event::{Declined, Event, EventSink, Judged, WebDoor, WebGuess};
pub use evidence::Evidence;
pub use features::Features;
pub use kept::{Kept, Shelf};
pub use message::{Intake, Message};
pub use names::{AccountName, BlockRef, MessageId, QueueId};
pub use quota::Quota;
pub use session::{Login, Session, Via};
pub use signal::{Hit, Score, SignalName};
pub use standing::{Block, BlockState, Reason, WayOut};
pub use subject::{Identity, SubjectKey, SubjectKind};
pub use time::{Clock, Timestamp};
pub use verdict::{Action, Refusal, Verdict};
