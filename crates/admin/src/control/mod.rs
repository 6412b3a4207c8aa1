//! The Unix socket's door: the command line's way into the running daemon.
//!
//! Security: whoever can open the socket may release blocks, decide tickets and correct the classifier. It belongs to the daemon's user with mode 0600, so that is
//! the daemon's user and root; there is no other check.

mod access;
mod access_client;
mod access_types;
mod answer;
mod caller;
mod client;
mod customers;
mod diagnoses;
mod error;
mod fingerprints;
mod letters;
mod lockouts;
mod reports;
mod routes;
mod search;
mod socket;
mod standing;
mod tickets;
mod types;
mod webhooks;

use model::BlockRef;

pub use access_types::{
    AuditLog, CredentialList, GrantKey, KeyList, LinksRevoked, MadeKey, MadeLink, MakeLink, NewKeyRequest, RevokeLinks,
    Revoked, Rotated, UserList, UserRequest,
};
pub use caller::{Caller, local_user};
pub use client::{ControlClient, ControlError};
pub use customers::{CustomerChanged, OwnerView};
pub use reports::{DoneBy, ExemptionList, NewExemption, ReportDecision, ReportList, ReportQuery, ReportView};
pub use routes::serve_control;
pub use search::{BlockPage, EvidencePage};
pub use socket::{ControlSocketError, listen_control};
pub use standing::{BlockByHand, StandingQuery};
pub use types::{
    BlockList, CaseFile, ClearLockout, Confirm, ConfirmedList, ConfirmedMessage, DiagnosisList, DiagnosisView,
    KeyRotated, Lesson, Lessons, LockoutList, NewDiagnosis, NewTicket, Operator, PasswordChanged, Status, TicketList,
    TicketStep, TicketView, Unblock, Unblocked, Unconfirm,
};
pub use webhooks::{EventCount, EventList, EventQuery, EventView, TestView};

/// A reference as it may stand in a path: letters and digits only. Anything else is no block's, and asks no store.
pub(crate) fn reference(text: &str) -> Option<BlockRef> {
    let fits = text.len() <= BlockRef::MAX && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    BlockRef::new(text).filter(|_| fits)
}
