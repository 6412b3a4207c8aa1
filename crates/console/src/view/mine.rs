//! A customer's own blocks.

use serde::Serialize;

use super::LIVE;
use super::block::BlockRow;
use super::paging::Paging;
use crate::render::Page;

/// A customer's own blocks.
#[derive(Debug, Clone, Serialize)]
pub struct MinePage {
    rows: Vec<BlockRow>,
    services: Vec<String>,
    pages: Paging,
    live: u32,
}

impl MinePage {
    /// A page of his blocks, latest first, and the services that are his.
    pub fn new(rows: Vec<BlockRow>, services: Vec<String>, pages: Paging) -> Self {
        Self { rows, services, pages, live: LIVE }
    }
}

impl Page for MinePage {
    const TEMPLATE: &'static str = "mine.html";
}
