//! Reading the fields of a packet: NUL-terminated strings and numbers in network order.

use memchr::memchr;

/// The data of a packet, read from the front. Every reader says `None` when too little is left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    /// A string up to its NUL, which is taken but not returned.
    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        let end = memchr(0, self.0)?;
        let (string, rest) = self.0.split_at_checked(end)?;
        self.0 = rest.get(1..)?;
        Some(string)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        let (bytes, rest) = self.0.split_first_chunk::<2>()?;
        self.0 = rest;
        Some(u16::from_be_bytes(*bytes))
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        let (bytes, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*bytes))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
