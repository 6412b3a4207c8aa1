//! Counting and blocking: counters, windows, trip rules, rate limits, the block state machine, and the store's seam.

pub mod store;

pub use store::{AlertJob, Snapshot, Store, StoreError};
