//! What a ticket is about, and whom it concerns. Most begin with a block; others are opened by a customer or an operator, with a
//! question or with the result of a diagnosis. Those have no three questions, and nothing to approve.

use std::fmt;
use std::sync::Arc;

use limits::Topic;
use model::{BlockRef, SubjectKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Author, StepRefused, Ticket};
use crate::customer::Customer;
use crate::directory::Directory;

/// What a ticket is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum About {
    /// A block: it begins, follows and ends with it.
    Block {
        /// Which.
        block: BlockRef,
    },
    /// What a diagnosis has found.
    Diagnosis {
        /// Its number.
        diagnosis: u64,
        /// The whole of it for programs; null when it was too long to be kept.
        result: Value,
    },
    /// Whatever somebody wanted to say.
    Question {
        /// In a line, at most [`Opening::MAX_TITLE`] bytes.
        title: String,
    },
}

impl About {
    /// Every word that [`Self::as_str`] knows.
    pub const WORDS: [&'static str; 3] = ["block", "diagnosis", "question"];

    /// The word for its kind.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Block { .. } => "block",
            Self::Diagnosis { .. } => "diagnosis",
            Self::Question { .. } => "question",
        }
    }

    /// The diagnosis whose result it carries.
    pub fn diagnosis(&self) -> Option<u64> {
        match self {
            Self::Diagnosis { diagnosis, .. } => Some(*diagnosis),
            Self::Block { .. } | Self::Question { .. } => None,
        }
    }
}

/// Whom a ticket concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Whom {
    /// An account, an address or a domain; whoever owns it now.
    Subject(SubjectKey),
    /// A customer's service.
    Service {
        /// Its name in the directory.
        service: String,
    },
}

impl Whom {
    /// The word for what it is.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Subject(subject) => subject.kind().as_str(),
            Self::Service { .. } => "service",
        }
    }

    /// Its name without its kind.
    pub fn name(&self) -> String {
        match self {
            Self::Subject(subject) => subject.name(),
            Self::Service { service } => service.clone(),
        }
    }

    /// The account, address or domain.
    pub fn subject(&self) -> Option<&SubjectKey> {
        match self {
            Self::Subject(subject) => Some(subject),
            Self::Service { .. } => None,
        }
    }

    /// Whether it is the account of this address.
    pub fn is_account(&self, address: &str) -> bool {
        matches!(self, Self::Subject(SubjectKey::Account(account)) if account.as_str().eq_ignore_ascii_case(address.trim()))
    }

    /// Whose it is now.
    pub fn owner(&self, directory: &Directory) -> Arc<Customer> {
        match self {
            Self::Subject(subject) => directory.owner(subject),
            Self::Service { service } => directory.customer(service).cloned().unwrap_or_else(|| directory.unknown()),
        }
    }
}

/// Whom something happened to.
impl From<Topic> for Whom {
    fn from(topic: Topic) -> Self {
        match topic {
            Topic::Block(block) => Self::Subject(block.subject),
            Topic::Subject(subject) => Self::Subject(subject),
            Topic::Service(service) => Self::Service { service },
        }
    }
}

/// `account bob@shop.example`
impl fmt::Display for Whom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.name())
    }
}

/// What opens a ticket that no block has opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Whom it concerns.
    pub whom: Whom,
    /// What it is about.
    pub about: About,
    /// Who opens it.
    pub author: Author,
    /// Its first message.
    pub text: String,
}

impl Opening {
    /// A longer title is cut, in bytes.
    pub const MAX_TITLE: usize = 200;
    /// A result of more bytes than this, as JSON, is not carried; the table for people is.
    pub const MAX_RESULT: usize = 64 * 1024;

    /// A question, or what an operator has to say.
    ///
    /// # Errors
    /// When there is no title or no text.
    pub fn question(whom: Whom, title: &str, author: Author, text: &str) -> Result<Self, StepRefused> {
        let one_line = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let title = model::names::bounded(&one_line, Self::MAX_TITLE).to_owned();
        if title.is_empty() || text.trim().is_empty() {
            return Err(StepRefused::NothingToSay);
        }
        let text = model::names::bounded(text.trim(), Ticket::MAX_BODY).to_owned();
        Ok(Self { whom, about: About::Question { title }, author, text })
    }

    /// The result of a diagnosis, as a table for people and whole for programs.
    pub fn diagnosis(whom: Whom, diagnosis: u64, author: Author, table: &str, result: Value) -> Self {
        let fits = result.to_string().len() <= Self::MAX_RESULT;
        let result = if fits { result } else { Value::Null };
        let text = model::names::bounded(table.trim_end(), Ticket::MAX_BODY).to_owned();
        Self { whom, about: About::Diagnosis { diagnosis, result }, author, text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn bob() -> Whom {
        Whom::Subject(testkit::samples::account("bob@shop.example"))
    }

    #[test]
    fn whom_it_concerns_reads_back_as_it_was_written() {
        let service = Whom::Service { service: "hosting-4711".into() };
        assert_eq!(serde_json::to_value(bob()).unwrap(), json!({"kind": "account", "name": "bob@shop.example"}));
        assert_eq!(serde_json::to_value(&service).unwrap(), json!({"service": "hosting-4711"}));
        for whom in [bob(), service] {
            let text = serde_json::to_string(&whom).unwrap();
            assert_eq!(serde_json::from_str::<Whom>(&text).unwrap(), whom);
        }
    }

    #[test]
    fn a_question_has_a_title_on_one_line_and_a_text() {
        let asked = Opening::question(bob(), " Why\r\nBcc: x ", Author::Customer, " It is slow. ").unwrap();
        assert_eq!((asked.about, asked.text.as_str()), (About::Question { title: "Why Bcc: x".into() }, "It is slow."));
        for (title, text) in [("", "x"), ("x", " \n"), ("\n", "x")] {
            assert_eq!(Opening::question(bob(), title, Author::Support, text), Err(StepRefused::NothingToSay));
        }
        let long = Opening::question(bob(), &"é".repeat(500), Author::Customer, &"x".repeat(99_999)).unwrap();
        assert!(matches!(long.about, About::Question { title } if title.len() <= Opening::MAX_TITLE));
        assert_eq!(long.text.len(), Ticket::MAX_BODY);
    }

    #[test]
    fn a_result_without_end_is_left_out_and_its_table_kept() {
        let opened = |result| Opening::diagnosis(bob(), 7, Author::Support, "fail  SPF\n", result);
        assert_eq!(opened(json!([1])).about, About::Diagnosis { diagnosis: 7, result: json!([1]) });
        let endless = opened(json!("x".repeat(Opening::MAX_RESULT)));
        assert_eq!(
            (endless.about, endless.text.as_str()),
            (About::Diagnosis { diagnosis: 7, result: Value::Null }, "fail  SPF")
        );
    }
}
