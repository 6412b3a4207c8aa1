//! The memory as the judge uses it: see, note, condemn, on a driven clock.
#![cfg(test)]

mod bounds;
mod habits;
mod keep;
mod own_mail;
mod sameness;
mod world;
