//! The `[dns]` and `[reputation]` tables and the `[[dns_list]]` entries.

mod dns;
mod list;
mod reputation;
mod signed;

pub use dns::{DnsSettings, NameServer};
pub use list::{AnswerNet, DnsListRule, Zone};
pub use reputation::{ReputationSettings, check};
pub use signed::SignedFor;
