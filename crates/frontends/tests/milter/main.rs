//! The milter server as an MTA meets it, over real sockets, with a scripted judge.
#![cfg(test)]

mod bench;
mod dialogues;
mod hostile;
mod judge;
mod lifetime;
mod packet;
mod script;
