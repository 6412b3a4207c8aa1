//! Diagnoses against a real DNS server, a ledger and a store.
#![cfg(test)]

mod accepted;
mod blocked;
mod dns;
mod imap;
mod login;
mod server;
mod tasks;
mod world;
