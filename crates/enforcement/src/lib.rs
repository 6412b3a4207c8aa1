//! Blocks of addresses carried beyond SMTP: into nftables sets, and to any other device by a command.
//!
//! Level-triggered: what should be enforced is asked anew (the ledger's blocks in force, the same record that operators
//! see), and what differs is put right. A change wakes it within a second; what somebody else did to the set meanwhile is
//! found by looking at it from time to time, repaired and told. A failure here never touches mail: the refusal over SMTP
//! stands, the failure is told, and the next look tries again.
//!
//! Security: no shell ever; addresses are typed, names of tables and sets are validated settings; every program has a
//! bounded time, is killed with its process group, and starts with an environment of its own.

mod command;
mod enforcer;
mod health;
mod memory;
mod nft;
mod process;
mod settings;
mod stats;
mod wanted;

pub use enforcer::{Enforced, Enforcer, EnforcerHandle};
pub use memory::{Memory, Noted};
pub use settings::{EnforcementSettings, NftName};
pub use stats::Figures;
