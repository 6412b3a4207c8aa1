//! The way through a long list.

use serde::Serialize;

/// Links to the pages before and after.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Paging {
    /// The page before; `None` on the first.
    pub previous: Option<String>,
    /// The page after; `None` on the last.
    pub next: Option<String>,
    /// How many entries this page shows.
    pub shown: u64,
}
