//! What a check's function returns, before the table adds what it means.

use crate::finding::{Cause, Outcome};

/// What was found and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub(crate) outcome: Outcome,
    pub(crate) found: String,
    pub(crate) advice: String,
    pub(crate) cause: Option<Cause>,
}

/// What is kept of a text that a server chose, in bytes.
const MAX_TEXT: usize = 2000;

impl Report {
    fn new(outcome: Outcome, found: impl Into<String>, advice: impl Into<String>) -> Self {
        let found = model::names::bounded(&found.into(), MAX_TEXT).to_owned();
        Self { outcome, found, advice: advice.into(), cause: None }
    }

    pub(crate) fn pass(found: impl Into<String>) -> Self {
        Self::new(Outcome::Pass, found, "")
    }

    pub(crate) fn warn(found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(Outcome::Warn, found, advice)
    }

    pub(crate) fn fail(found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(Outcome::Fail, found, advice)
    }

    pub(crate) fn unknown(found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(Outcome::Unknown, found, advice)
    }

    pub(crate) fn because(mut self, cause: Cause) -> Self {
        self.cause = Some(cause);
        self
    }

    /// DNS did not tell.
    pub(crate) fn dns_is_silent(asked: &str) -> Self {
        Self::unknown(
            format!("DNS does not tell about {asked}."),
            "Try again in a minute. If it stays, look at the domain's name servers and at [dns] of this host.",
        )
    }
}
