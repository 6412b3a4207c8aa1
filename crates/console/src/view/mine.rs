//! A customer's own blocks.

use serde::Serialize;

use super::LIVE;
use super::block::BlockRow;
use crate::render::Page;

/// A customer's own blocks.
#[derive(Debug, Clone, Serialize)]
pub struct MinePage {
    rows: Vec<BlockRow>,
    services: Vec<String>,
    live: u32,
}

impl MinePage {
    /// His blocks, latest first, and the services that are his.
    pub fn new(rows: Vec<BlockRow>, services: Vec<String>) -> Self {
        Self { rows, services, live: LIVE }
    }
}

impl Page for MinePage {
    const TEMPLATE: &'static str = "mine.html";
}
