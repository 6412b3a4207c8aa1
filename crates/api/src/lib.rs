//! The HTTP APIs: the one that clients of hosting providers already speak ([`compatible`]), and Portreeve's own ([`native`]).
//!
//! Nothing is decided here: who may do what says crate access, what is done do the use cases that the command line calls too.

pub mod compatible;
pub mod native;
mod office;
mod passwords;

pub use office::Office;
pub use passwords::Passwords;
