//! The native API as its clients see it.
#![cfg(test)]

mod by_hand;
mod customers;
mod document;
mod events;
mod letters;
mod lists;
mod matrix;
mod mistakes;
mod names;
mod once;
mod paths;
mod problems;
mod tickets;
mod users;
mod world;
