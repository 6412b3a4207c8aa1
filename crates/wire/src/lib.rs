//! Protocols as pure functions of bytes: no sockets, no clock, no policy.
//!
//! Security: everything in here reads what a network peer chose. It borrows instead of copying, allocates only what has
//! really arrived, and answers nonsense with an error, never with a panic.

pub mod imap;
pub mod lmtp;
pub mod milter;
pub mod proxy_protocol;
pub mod smtp;
