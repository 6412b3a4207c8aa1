//! HTTP for operators, for customers who follow the link of a refusal, and for our own command line.
//!
//! Three doors. Under `[http]` (loopback by default) there is only reading: metrics, health, and the page of one block, which is
//! shown to whoever knows its reference, 16 characters nobody can guess. On a Unix socket that only the daemon's user
//! and root may open there is the control API, which releases blocks. Neither asks for a password: put a reverse proxy
//! in front of `/b/` and `/style.css` when customers are to reach them, and nothing else of the TCP door.

mod control;
mod hooks;
mod public;
mod readiness;
mod scan;
mod server;
mod settings;
mod state;
mod web;

pub use control::{
    AuditLog, BlockByHand, BlockList, BlockPage, Caller, CaseFile, ClearLockout, Confirm, ConfirmedList,
    ConfirmedMessage, ControlClient, ControlError, ControlSocketError, CredentialList, CustomerChanged, DiagnosisList,
    DiagnosisView, DoneBy, EventCount, EventList, EventQuery, EventView, EvidencePage, ExemptionList, GrantKey,
    KeyList, KeyRotated, Lesson, Lessons, LinksRevoked, LockoutList, MadeKey, MadeLink, MakeLink, NewDiagnosis,
    NewExemption, NewKeyRequest, NewTicket, Operator, OwnerView, PasswordChanged, ReportDecision, ReportList,
    ReportQuery, ReportView, RevokeLinks, Revoked, Rotated, StandingQuery, Status, TestView, TicketList, TicketStep,
    TicketView, Unblock, Unblocked, Unconfirm, UserList, UserRequest, listen_control, local_user, serve_control,
};
pub use hooks::{HookSecrets, HookSettings, router as hooks};
pub use public::{block_pages, listen, serve};
pub use readiness::{Condition, PartReport, PartState, Readiness, Report};
pub use scan::{listen_scan, serve_scan};
pub use server::{PlainBounds, WebSeats, WebTls, WebTlsError, certificate_expires};
pub use settings::AdminSettings;
pub use state::{AdminState, Services, Site};
pub use web::{listen_web, serve_web};
