//! What is wrong with a customer as somebody has written him.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A field that can't be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    /// The field: "networks".
    pub field: String,
    /// Why.
    pub sentence: String,
}

impl Mistake {
    pub(crate) fn of(field: &str, sentence: impl Into<String>) -> Self {
        Self { field: field.to_owned(), sentence: sentence.into() }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.sentence)
    }
}
