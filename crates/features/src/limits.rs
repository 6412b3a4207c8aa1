//! How much of a message is looked at. What follows from the format itself is a constant beside the code that needs it.

/// Plain text and visible HTML text are kept up to here, each, in bytes.
pub(crate) const MAX_TEXT: usize = 64 * 1024;

/// The bounds an operator may set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureLimits {
    /// Bytes of a message that are analysed as they are; of what follows the texts are, see [`model::Intake`].
    pub analysed_bytes: usize,
    /// Header fields whose values are kept, lower case.
    pub fields: Vec<String>,
}

/// 256 KiB: a text part ends well before, and the head of an attachment tells what it is.
impl Default for FeatureLimits {
    fn default() -> Self {
        Self { analysed_bytes: 256 * 1024, fields: Vec::new() }
    }
}
