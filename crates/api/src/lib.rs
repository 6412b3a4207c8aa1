//! The HTTP APIs: the one that clients of hosting providers already speak ([`compatible`]), Portreeve's own ([`native`]),
//! and the one that judges messages for mail servers without milter ([`scan`]).
//!
//! Nothing is decided here: who may do what says crate access, what is done do the use cases that the command line calls too.

pub mod compatible;
pub mod native;
mod office;
mod passwords;
pub mod scan;

pub use office::Office;
pub use passwords::Passwords;
