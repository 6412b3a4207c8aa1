//! Who owns an address, an account or a domain, how to reach him, and in which language.
//!
//! The operator's file of customers is read as a whole: every mistake at once, and a wrong file changes nothing. The longest
//! prefix wins for addresses, the exact login before its domain for accounts. What nobody owns belongs to the default owner.

mod address;
mod customer;
mod directory;
mod entry;
pub mod exemption;
mod expiry;
pub mod report;
mod settings;
pub mod ticket;

pub use address::{Address, is_host};
pub use customer::{Customer, Kind, Language};
pub use directory::{Directory, DirectoryError, Limit};
pub use entry::CustomerEntry;
pub use expiry::Expiry;
pub use settings::CustomerSettings;
