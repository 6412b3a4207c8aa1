//! A sender's past as a person reads it, beside what he does now. For operators; the judge reads [`HabitFacts`] instead.
//!
//! Only hashes are kept of networks, programs, names and recipients, so that they can be counted here and not named.
//!
//! [`HabitFacts`]: model::circumstances::HabitFacts

use model::Timestamp;
use model::circumstances::Traffic;

/// Parts of a week that are told apart, three hours each; the first begins on Monday at 0:00 UTC.
pub const WEEK: usize = 56;

/// A sender's past, and his day.
#[derive(Debug, Clone, PartialEq)]
pub struct Portrait {
    /// Days with good mail that are the past.
    pub days: u32,
    /// The first of them; `None` before there is any.
    pub first: Option<Timestamp>,
    /// Whether the past is long enough to be compared with (`recall.settle_days`).
    pub settled: bool,
    /// When he last sent anything.
    pub last: Timestamp,
    /// Recipients in the busiest hour of earlier days, fading by 4 % a day.
    pub busiest_hour: u32,
    /// Recipients on the busiest day, fading likewise.
    pub busiest_day: u32,
    /// New recipients on a day, on average.
    pub usual_strangers: u32,
    /// Whether his recipients are few enough to be remembered; if not, new ones say nothing.
    pub knows_recipients: bool,
    /// What he tried within this hour (by the clock), and on this day (UTC).
    pub hour: Traffic,
    /// What he tried on this day.
    pub day: Traffic,
    /// Good messages by part of the week. The counts of all parts are halved when one reaches 255.
    pub week: [u8; WEEK],
    /// Client networks (IPv4 /24, IPv6 /48) of earlier days, shared gateways left out; at most 6 are kept.
    pub networks: Seen,
    /// Mail programs; at most 4.
    pub mailers: Seen,
    /// Addresses in From; at most 4.
    pub froms: Seen,
    /// Names shown beside them; at most 4.
    pub names: Seen,
    /// Languages or scripts, as ISO 639-1 and ISO 15924 call them; at most 3.
    pub languages: Vec<&'static str>,
}

/// How many different values of something were seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// First seen more than a day ago.
    pub settled: usize,
    /// First seen within the last 24 hours.
    pub new: usize,
}
