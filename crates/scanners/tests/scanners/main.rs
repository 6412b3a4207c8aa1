//! Scanners that answer, and scanners that don't: the real daemons of Debian packages, and a false one.
#![cfg(test)]

mod failures;
mod real;
mod world;
