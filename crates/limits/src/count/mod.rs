//! Counting in sliding windows, in fixed memory for each subject.

mod bucket;
mod sketch;
mod tally;
mod window;

pub(crate) use bucket::{Bucket, Pace};
pub(crate) use tally::{Amount, Tally};
pub(crate) use window::Window;
