//! What pages show: plain values, made from the program's nouns, filled into templates. Nothing here reads a clock or asks
//! anybody, so that whole pages are tested without a server.

mod audit;
mod block;
mod case;
mod confirm;
mod customer;
mod customer_form;
mod delivery;
mod diagnosis;
mod evidence;
mod frame;
mod habits;
mod key;
mod login;
mod mine;
mod now;
mod paging;
mod report;
mod settings;
mod subject;
mod ticket;

pub use audit::AuditPage;
pub(crate) use block::percent;
pub use block::{BlockPage, BlockRow, BlocksPage};
pub use case::CasePage;
pub use confirm::{ConfirmPage, NoticePage};
pub(crate) use customer::customer_href;
pub use customer::{BounceRow, CustomerPage, CustomerRow, CustomersPage, Happened};
pub use customer_form::{CustomerFormPage, ImportPage, Typed};
pub use delivery::{DeliveryPage, EventPage};
pub use diagnosis::{DiagnosesPage, DiagnosisPage, TaskRow, Wished};
pub use evidence::{EvidenceRow, SignalCount};
pub use frame::{Frame, Message, NavItem, Tone, Viewer};
pub use habits::Habits;
pub use key::KeyPage;
pub use login::LoginPage;
pub use mine::MinePage;
pub use now::{HealthPart, NowPage, Sender};
pub use paging::Paging;
pub use report::{ReportPage, ReportRow, ReportsPage};
pub use settings::{SettingRow, SettingsPage, SettingsTable};
pub use subject::{CountRow, SubjectPage};
pub use ticket::{TicketPage, TicketRow, TicketsPage};

/// How often a page fetches its live parts anew, in seconds.
pub(crate) const LIVE: u32 = 10;
