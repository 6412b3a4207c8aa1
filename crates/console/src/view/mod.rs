//! What pages show: plain values, made from the program's nouns, filled into templates. Nothing here reads a clock or asks
//! anybody, so that whole pages are tested without a server.

mod block;
mod case;
mod confirm;
mod evidence;
mod frame;
mod login;
mod now;
mod paging;
mod subject;
mod ticket;

pub use block::{BlockPage, BlockRow, BlocksPage};
pub use case::CasePage;
pub use confirm::{ConfirmPage, NoticePage};
pub use evidence::{EvidenceRow, SignalCount};
pub use frame::{Frame, Message, NavItem, Tone, Viewer};
pub use login::LoginPage;
pub use now::{HealthPart, NowPage, Sender};
pub use paging::Paging;
pub use subject::{CountRow, SubjectPage};
pub use ticket::{TicketPage, TicketRow, TicketsPage};

/// How often a page fetches its live parts anew, in seconds.
pub(crate) const LIVE: u32 = 10;
