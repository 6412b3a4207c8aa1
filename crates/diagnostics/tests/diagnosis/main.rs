//! Diagnoses against a real DNS server, a ledger and a store.
#![cfg(test)]

mod blocked;
mod dns;
mod tasks;
mod world;
