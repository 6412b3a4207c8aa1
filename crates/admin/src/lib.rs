//! HTTP for operators, for customers who follow the link of a refusal, and for our own command line.
//!
//! Two doors. On TCP (loopback by default) there is only reading: metrics, health, and the page of one block, which is
//! shown to whoever knows its reference, 16 characters nobody can guess. On a Unix socket that only the daemon's user
//! and root may open there is the control API, which releases blocks. Neither asks for a password: put a reverse proxy
//! in front of `/b/` and `/style.css` when customers are to reach them, and nothing else of the TCP door.

mod control;
mod public;
mod readiness;
mod server;
mod settings;
mod state;

pub use control::{
    BlockList, CaseFile, ClearLockout, Confirm, ConfirmedList, ConfirmedMessage, ControlClient, ControlError,
    ControlSocketError, EventCount, EventList, EventQuery, EventView, KeyRotated, Lesson, Lessons, LockoutList,
    Operator, PasswordChanged, Status, TestView, TicketList, TicketStep, TicketView, Unblock, Unblocked, Unconfirm,
    listen_control, serve_control,
};
pub use public::{listen, serve};
pub use readiness::{Condition, PartReport, PartState, Readiness, Report};
pub use settings::AdminSettings;
pub use state::{AdminState, Services, Site};
