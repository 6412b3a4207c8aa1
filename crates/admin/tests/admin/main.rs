//! Both doors over real sockets: TCP on loopback, Unix sockets in a temporary directory.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what the test itself sets up either stands or fails the test")]

mod bounds;
mod callers;
mod control;
mod doors;
mod keys;
mod letters;
mod page;
mod seats;
mod web;
mod world;
