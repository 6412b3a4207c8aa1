//! `portreeve blocks history`: every block of one subject that is kept, with what was counted.

use api::native::documents;
use model::{Block, Evidence};

use crate::out::say;

/// One block and the flagged messages of it that are kept.
pub(super) fn print(block: &Block, kept: &[Evidence]) {
    let Block { reference, since, length, messages, spam, strike, attempts, released, reason, .. } = block;
    let ended = released.as_ref().map_or_else(|| "not released".into(), |(at, by)| format!("released {at} by {by}"));
    say!("{since}  strike {strike}, {}, {ended}  ({reference})", model::time::spoken(*length));
    let noted = if reason.monitored { "; monitor mode: nothing was refused" } else { "" };
    say!("    {}{noted}", reason.sentence);
    let average = documents::mean_score(kept).map_or_else(String::new, |score| format!(", average spam score {score}"));
    say!("    {messages} messages, {spam} of them spam{average}; {attempts} attempts refused");
}
