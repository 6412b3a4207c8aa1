//! A message against its sender's own past.

/// What is unlike the subject's past.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HabitFacts {}
