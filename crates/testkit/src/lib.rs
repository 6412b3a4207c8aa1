//! What tests need of the world, in process and on loopback: a DNS server, a mail relay and a
//! receiver of webhooks that can fail, a signer, samples.
//!
//! Only tests use it. Ports are the system's choice; nothing sleeps.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't set its stage must stop"
)]

mod dns;
mod receiver;
mod relay;
pub mod samples;
mod signer;
mod told;

pub use dns::DnsServer;
pub use receiver::{Receiver, Request, TAKEN};
pub use relay::{Mail, Relay, Stage};
pub use signer::Signer;
pub use told::Told;
