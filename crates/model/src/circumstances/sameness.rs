//! How often nearly the same message was seen lately.

/// A message among the recent ones of all subjects.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SamenessFacts {}
