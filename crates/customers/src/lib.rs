//! Who owns an address, an account or a domain, how to reach him, and in which language.
//!
//! Customers come from three places. The operator's file is read as a whole: every mistake at once, and a wrong file changes
//! nothing. The store's are entered and imported by people and programs ([`registry`]). A directory of the provider's own is
//! asked about what neither knows ([`Elsewhere`]). The longest prefix wins for addresses, the exact login before its domain
//! for accounts; of two that are the same, the file's comes first. What nobody owns belongs to the default owner.

mod address;
mod customer;
mod directory;
mod elsewhere;
mod entry;
pub mod exemption;
mod expiry;
mod holding;
mod live;
mod mistake;
mod record;
pub mod registry;
pub mod report;
mod settings;
pub mod ticket;

pub use address::{Address, is_host};
pub use customer::{Customer, Kind, Language, Source};
pub use directory::{Directory, DirectoryError};
pub use elsewhere::{Asking, Elsewhere, Said};
pub use entry::CustomerEntry;
pub use expiry::Expiry;
pub use holding::Holding;
pub use live::{LiveDirectory, OwnersTerms};
pub use mistake::Mistake;
pub use record::CustomerRecord;
pub use settings::CustomerSettings;
