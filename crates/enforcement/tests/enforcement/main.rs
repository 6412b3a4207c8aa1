//! Enforcement beyond SMTP, tried with real nftables sets and real commands.
#![cfg(test)]

mod command;
mod nftables;
mod world;
