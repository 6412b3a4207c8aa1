//! The ledger as its callers see it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do"
)]

mod allowance;
mod by_hand;
mod clock;
mod common;
mod probation;
mod properties;
mod rates;
mod trips;
mod upkeep;
