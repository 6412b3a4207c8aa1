//! The commands that are not the daemon.

pub(crate) mod accounts;
pub(crate) mod alerts;
pub(crate) mod blocks;
pub(crate) mod check;
pub(crate) mod customers;
pub(crate) mod eval;
pub(crate) mod fingerprints;
pub(crate) mod learn;
pub(crate) mod lockouts;
mod progress;
pub(crate) mod replay;
pub(crate) mod sample;
pub(crate) mod scan;
pub(crate) mod tickets;
pub(crate) mod train;
pub(crate) mod webhooks;
