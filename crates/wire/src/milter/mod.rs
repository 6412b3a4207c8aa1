//! The milter protocol, versions 2 to 6, as Sendmail and Postfix speak it.
//!
//! There is no RFC; names and numbers are those of Sendmail's `libmilter/mfdef.h`. Bytes become frames ([`Inbox`]), frames
//! become commands ([`Command`]), and [`Dialogue`] says whether a command may come now and whether the MTA waits for an
//! answer. Answers are written by [`Reply::encode`].
//!
//! Limits: a packet is at most [`MAX_FRAME`] bytes, the macros of a stage at most [`macros::MAX_BLOCK`]. Packets of the
//! 256 KiB and 1 MiB negotiations (`SMFIP_MDS_*`) are read, but the negotiation itself is never asked for.

pub mod bits;
mod command;
mod dialogue;
mod fault;
mod field;
mod frame;
pub mod macros;
mod negotiate;
mod phase;
mod reply;
mod text;

pub use bits::{Actions, Steps};
pub use command::{Command, Connect, EnvelopeAddress, Family, Kind};
pub use dialogue::{Dialogue, Due};
pub use fault::Fault;
pub use frame::{Frame, Inbox, MAX_FRAME};
pub use macros::{MacroBlock, MacroStage, Macros};
pub use negotiate::{Agreed, Offer, Wanted};
pub use phase::Phase;
pub use reply::Reply;
pub use text::ReplyText;
