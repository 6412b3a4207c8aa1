//! Telemetry as an operator meets it: log lines and a scrape.

#![allow(clippy::unwrap_used, reason = "what the test itself sets up either stands or fails the test")]

mod common;
mod exposition;
mod lines;
