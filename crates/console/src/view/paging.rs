//! The way through a long list.

use serde::Serialize;

/// Links to the first page and the one after.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Paging {
    /// The first page; `None` on it.
    pub first: Option<String>,
    /// The page after; `None` on the last.
    pub next: Option<String>,
    /// How many entries this page shows.
    pub shown: u64,
}
