//! Other scanners asked about a message: ClamAV, SpamAssassin's spamd, Rspamd. All off by default.
//!
//! Each has a time-out, a bound on how many messages it is asked about at once, and a circuit breaker: one that keeps
//! failing is left alone for a while, then tried with a single message. What happens to mail meanwhile is declared by
//! `on_failure`, and told. A scanner gives facts ([`model::circumstances::Opinion`]); points are the scorers' business.
//!
//! Security: answers are bounded in size and time, and may be anything; a scanner sees the whole message, so it should be
//! on this host or behind a network you trust: none of the three protocols is encrypted.

mod address;
mod breaker;
mod clamd;
mod error;
mod rspamd;
mod scanner;
mod settings;
mod spamd;
mod stats;

pub use address::ScannerAddress;
pub use scanner::Scanner;
pub use settings::{ClamavSettings, OnFailure, RspamdSettings, SpamdSettings};
pub use stats::Figures;
