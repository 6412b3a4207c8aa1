//! A message's content as it came, bounded.

/// Header and body as on the wire (RFC 5322), perhaps cut: what lies beyond the bound is counted, not kept.
#[derive(Debug, Clone, Default)]
pub struct Message {
    /// The header section, an empty line, and as much of the body as is kept. Line ends are CRLF (or LF from a file).
    pub raw: Vec<u8>,
    /// The size of the whole message in bytes.
    pub size: u64,
    /// Whether `raw` is less than the whole message.
    pub truncated: bool,
}

impl Message {
    /// A message that is kept whole, as read from a file.
    pub fn whole(raw: Vec<u8>) -> Self {
        let size = raw.len() as u64;
        Self { raw, size, truncated: false }
    }

    /// Appends content, keeping at most `limit` bytes of the whole.
    pub fn push(&mut self, bytes: &[u8], limit: usize) {
        self.size = self.size.saturating_add(bytes.len() as u64);
        let room = limit.saturating_sub(self.raw.len());
        let kept = bytes.get(..room).unwrap_or(bytes);
        self.raw.extend_from_slice(kept);
        self.truncated |= kept.len() < bytes.len();
    }
}
