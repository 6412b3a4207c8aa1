//! The commands that are not the daemon.

pub(crate) mod accounts;
pub(crate) mod alerts;
pub(crate) mod audit;
pub(crate) mod blocks;
pub(crate) mod check;
pub(crate) mod customers;
pub(crate) mod diagnose;
pub(crate) mod eval;
pub(crate) mod fingerprints;
pub(crate) mod keys;
pub(crate) mod learn;
pub(crate) mod links;
pub(crate) mod lockouts;
mod operator;
mod progress;
pub(crate) mod replay;
pub(crate) mod sample;
pub(crate) mod scan;
pub(crate) mod tickets;
pub(crate) mod train;
pub(crate) mod users;
pub(crate) mod webhooks;
