//! The commands that are not the daemon.

pub(crate) mod accounts;
pub(crate) mod alerts;
pub(crate) mod audit;
mod block_table;
pub(crate) mod blocks;
pub(crate) mod check;
pub(crate) mod customers;
pub(crate) mod diagnose;
pub(crate) mod eval;
pub(crate) mod exemptions;
pub(crate) mod fingerprints;
mod history;
pub(crate) mod keys;
pub(crate) mod learn;
mod letter_steps;
mod letters;
pub(crate) mod links;
pub(crate) mod lockouts;
mod operator;
mod password;
mod progress;
pub(crate) mod replay;
pub(crate) mod reports;
pub(crate) mod sample;
pub(crate) mod scan;
pub(crate) mod standing;
pub(crate) mod tickets;
pub(crate) mod train;
mod unheard;
pub(crate) mod users;
pub(crate) mod webhooks;
mod whose;

use api::native::documents::Page;

/// The length of time that an option tells.
fn length(text: &str, option: &str) -> anyhow::Result<std::time::Duration> {
    settings::parse_duration(text)
        .ok_or_else(|| anyhow::anyhow!("{option}: expected a time like 12h or 30d, found {text}"))
}

/// The page of a list of which one row more than the limit was read: that one says whether there is another page.
fn cut<R>(mut rows: Vec<R>, limit: usize, cursor: impl Fn(&R) -> String) -> Page<R> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(cursor);
    Page { rows, next }
}

/// Says how to go on, where a program that reads the answer isn't disturbed.
fn tell_next(next: Option<&str>) {
    if let Some(next) = next {
        eprintln!("There are more: --after {next}");
    }
}
