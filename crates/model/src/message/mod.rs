//! A message's content as it came, bounded.

mod intake;
mod rest;

pub use intake::Intake;

/// Header and body as on the wire (RFC 5322), perhaps cut: see [`Intake`] for what is kept of a large one.
#[derive(Debug, Clone, Default)]
pub struct Message {
    /// The header section, an empty line, and as much of the body as is kept. Line ends are CRLF (or LF from a file).
    pub raw: Vec<u8>,
    /// The size of the whole message in bytes.
    pub size: u64,
    /// Whether `raw` is less than the whole message.
    pub truncated: bool,
    /// Whether there was more text behind the first `limit` bytes than is kept of it.
    pub has_unread_text: bool,
}

impl Message {
    /// A message that is kept whole, as read from a file.
    pub fn whole(raw: Vec<u8>) -> Self {
        let size = raw.len() as u64;
        Self { raw, size, ..Self::default() }
    }

    /// A message as [`Intake`] keeps it.
    pub fn bounded(raw: &[u8], limit: usize) -> Self {
        let mut intake = Intake::new(limit);
        intake.push(raw);
        intake.finish()
    }
}
