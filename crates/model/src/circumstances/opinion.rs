//! What another scanner says of a message.

/// One scanner's word.
#[derive(Debug, Clone, PartialEq)]
pub struct Opinion {
    /// The scanner, as the configuration names it.
    pub scanner: &'static str,
}
