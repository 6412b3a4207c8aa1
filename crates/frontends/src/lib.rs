//! The doors: sockets that mail servers connect to, and the conversations behind them.
//!
//! A front end fills a `Session` and an `Envelope`, asks a `Judge` and says the answer in its protocol's words. It knows
//! neither why a message is refused nor who is told.
//!
//! Limits: connections are bounded in number and in time, what is kept of a message by the judge's own bound. A peer can
//! make a front end close its connection, nothing worse.

mod accept;
mod counters;
mod drain;
mod forged;
pub mod intercept;
pub mod listen;
pub mod lmtp;
pub mod milter;
pub mod proxy;
mod stats;
mod stream;

pub use accept::Accept;
pub use drain::Drain;
pub use intercept::{InterceptDoor, InterceptRule, InterceptStats};
pub use listen::{Inherited, InheritedSockets, ListenAddr, ListenError, Listener, SocketMode};
pub use lmtp::{Lmtp, LmtpSettings, LmtpStats};
pub use milter::{Milter, MilterSettings};
pub use proxy::{HopAddress, Proxy, ProxySettings, ProxyStats};
pub use stats::{Count, Stats};
pub use stream::Stream;
