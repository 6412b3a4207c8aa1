//! The commands that are not the daemon.

pub(crate) mod accounts;
pub(crate) mod alerts;
pub(crate) mod audit;
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

/// The length of time that an option tells.
fn length(text: &str, option: &str) -> anyhow::Result<std::time::Duration> {
    settings::parse_duration(text)
        .ok_or_else(|| anyhow::anyhow!("{option}: expected a time like 12h or 30d, found {text}"))
}
