//! What is kept of an archive's directory.

use crate::bytes;

/// More names are not kept.
pub(super) const MAX_NAMES: usize = 50;
/// A name is cut here, in bytes.
const MAX_NAME: usize = 255;

/// What an archive holds.
#[derive(Debug, Default)]
pub(super) struct Archive {
    pub(super) names: Vec<String>,
    pub(super) encrypted: bool,
}

impl Archive {
    /// Keeps a name, each once.
    pub(super) fn add(&mut self, name: &[u8]) {
        let name = String::from_utf8_lossy(bytes::head(name, MAX_NAME)).into_owned();
        if self.names.len() < MAX_NAMES && !name.is_empty() && !self.names.contains(&name) {
            self.names.push(name);
        }
    }
}
