//! Mail of another time through the real judge: who would have been blocked, when, and after how much spam.
//!
//! A [`Rehearsal`] holds the same judge and the same ledger as the daemon. Only what surrounds them differs: the clock is
//! driven by the messages, blocks are kept in memory, and nothing is sent or asked over a network. It always enforces,
//! since a configuration in monitor mode is rehearsed to see what it would refuse.

pub mod given;
mod keeper;
mod past;
mod rehearsal;
mod report;
mod tally;
mod watch;

pub use past::{BlockThen, Past, Then};
pub use rehearsal::{Fate, Mail, Outcome, Rehearsal, Setup};
pub use report::{BlockLine, Report, Slowed};
pub use tally::Tally;
