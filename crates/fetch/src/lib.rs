//! One HTTP request to a server that the operator has named, under one time-out for all of it: name, connection, TLS, answer.
//!
//! Redirects are not followed: they would lead where the operator has not looked. Security: an answer may be anything; no
//! more of it is read than the caller wants.

mod error;
mod peer;
mod target;
mod trust;

pub use error::FetchError;
pub use hyper::{Method, Request, StatusCode, header};
pub use peer::{Answer, Peer, body};
pub use target::Target;
