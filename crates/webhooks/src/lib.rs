//! Webhooks: other programs are told what happens to blocks and tickets, signed, in order, again and again until they have
//! taken it.
//!
//! What is to be told stands in the store, written with the change it tells of ([`limits::Happening`]); a crash at any
//! moment loses none. Delivery is at least once: the same event carries the same id. config/webhooks.md describes requests
//! and signatures for those who write receivers.
//!
//! Security: where to is the operator's own configuration; redirects are not followed, so that a receiver can't send us
//! elsewhere. An answer is read within bounds of size and time. Secrets come from files and are never shown.

mod body;
mod courier;
mod hook;
mod noted;
mod office;
mod retry;
mod secrets;
mod send;
mod settings;
mod totals;

pub use body::{Teller, VERSION};
pub use hook::{Hook, hooks};
pub use office::{Tested, WebhookError, Webhooks};
pub use secrets::Secrets;
pub use send::SendError;
pub use settings::{WebhookRule, check};
pub use totals::{Failing, Figures, Receiver};
