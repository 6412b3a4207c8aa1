//! The doors: bytes become sessions and messages, verdicts become replies.

pub mod proxy;
