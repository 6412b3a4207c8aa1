//! What DNS says of a message.

/// Answers of DNS, as far as they came in time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DnsFacts {}
