//! The web console: pages for operators and for customers, rendered here, served from the binary.
//!
//! Security: nothing from outside is loaded, no script or style stands in a page (the content security policy forbids them),
//! everything filled in is escaped, every form carries a token of its session, and nothing here decides what is allowed:
//! `access` does, and the use cases of `pipeline`.

mod advice;
mod assets;
mod chart;
pub mod csv;
pub mod health;
mod mistake;
mod moment;
mod render;
mod signal;
pub mod view;
mod web;
mod words;

pub use advice::steps as advised;
pub use assets::{Asset, asset, prefix};
pub use health::Remark;
pub use moment::minute as moment;
pub use render::{Page, Pages};
pub use web::{Console, Health, Holders, Owners, Parts, Site, paths, router};
pub use words::{Words, language};
