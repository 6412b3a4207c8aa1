//! The provider API as its clients see it.
#![cfg(test)]

mod audit;
mod calls;
mod documents;
mod hostile;
mod matrix;
mod signed;
mod world;
