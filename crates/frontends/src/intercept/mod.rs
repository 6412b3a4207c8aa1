//! Transparent interception of port 25 on a Linux gateway: connections that were going elsewhere arrive here, and their
//! mail goes on to where they were going.
//!
//! What is said on them is the SMTP proxy's business ([`crate::proxy`]); here is what comes before and behind it: where a
//! connection was going, whether that leads back to ourselves, and streams that nobody can read.
//!
//! Security: a connection that nobody redirected is turned away, or Portreeve would be an open proxy. Limits: Linux only;
//! an opaque stream is counted and can be cut, not judged.

mod arrival;
mod door;
mod own;
mod settings;
mod stats;
mod stray;
mod stream;

pub use door::InterceptDoor;
pub use settings::{InterceptMode, InterceptRule, TlsPolicy};
pub use stats::InterceptStats;

pub(crate) use arrival::Interception;
pub(crate) use stream::{Opaque, StreamEnd};
