//! What is decoded of a file.

use crate::bytes;

/// The first and the last bytes of a file; the last are empty when the first are all.
#[derive(Debug)]
pub(super) struct Glimpse<'m> {
    pub(super) first: &'m [u8],
    pub(super) last: &'m [u8],
}

impl Glimpse<'_> {
    pub(super) fn contains(&self, needle: &[u8]) -> bool {
        bytes::contains(self.first, needle) || bytes::contains(self.last, needle)
    }
}
