//! The use case: admit a session, judge a message, decide what happens. The only place that knows the order.

mod seam;

pub use seam::{Admission, Judge, Judges, Judging, Stage, judging};
