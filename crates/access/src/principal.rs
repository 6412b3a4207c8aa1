//! Somebody who asks.

use std::collections::BTreeSet;
use std::net::IpAddr;

use model::BlockRef;
use serde::{Deserialize, Serialize};

/// What a key or a user may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything.
    Operator,
    /// Everything to look at, nothing to change.
    Auditor,
    /// What belongs to his services.
    Customer,
}

impl Role {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Auditor => "auditor",
            Self::Customer => "customer",
        }
    }

    /// The role of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Operator, Self::Auditor, Self::Customer].into_iter().find(|role| role.as_str() == word)
    }
}

/// What a key or a user was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// As what.
    pub role: Role,
    /// A customer's services, by their names in the directory; empty for the others.
    #[serde(default)]
    pub services: BTreeSet<String>,
}

impl Grant {
    /// Services of one customer; more are no grant of ours.
    pub const MAX_SERVICES: usize = 1000;

    /// An operator's.
    pub fn operator() -> Self {
        Self { role: Role::Operator, services: BTreeSet::new() }
    }

    /// The customer's of these services.
    pub fn customer<S: Into<String>>(services: impl IntoIterator<Item = S>) -> Self {
        Self { role: Role::Customer, services: services.into_iter().map(Into::into).collect() }
    }

    /// What is wrong with it, as a sentence.
    pub fn complaint(&self) -> Option<&'static str> {
        let named = !self.services.is_empty();
        match self.role {
            Role::Customer if !named => Some("a customer needs at least one service"),
            Role::Operator | Role::Auditor if named => Some("only a customer has services"),
            _ if self.services.len() > Self::MAX_SERVICES => Some("that is too many services"),
            _ if self.services.iter().any(|name| name.trim().is_empty()) => Some("a service has a name"),
            _ => None,
        }
    }

    /// Who has it.
    pub fn principal(&self) -> Principal {
        match self.role {
            Role::Operator => Principal::Operator,
            Role::Auditor => Principal::Auditor,
            Role::Customer => Principal::Customer(Reach::Services(self.services.clone())),
        }
    }
}

/// Who asks, as far as it decides what he may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// An operator.
    Operator,
    /// An operator who only looks.
    Auditor,
    /// A customer.
    Customer(Reach),
}

impl Principal {
    /// Whether it is one of the operators, or one of those who only look.
    pub fn is_staff(&self) -> bool {
        !matches!(self, Self::Customer(_))
    }

    /// The role.
    pub fn role(&self) -> Role {
        match self {
            Self::Operator => Role::Operator,
            Self::Auditor => Role::Auditor,
            Self::Customer(_) => Role::Customer,
        }
    }
}

/// How far a customer gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// What these services own.
    Services(BTreeSet<String>),
    /// One block: he has the link of its letter.
    Block(BlockRef),
}

/// Somebody who asks, as the audit log names him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// What decides.
    pub principal: Principal,
    /// How he got in and who he is: "user ann", "key 3f9a…", "credential 4711", "link of block …", "control bob as root".
    pub name: String,
    /// Where he asks from, if that has an address.
    pub client: Option<IpAddr>,
}

impl Actor {
    /// Who uses the control socket: an operator. `by` is what he calls himself and, where that is another, the user whom the
    /// kernel names.
    pub fn at_the_socket(by: &str) -> Self {
        Self { principal: Principal::Operator, name: format!("control {by}"), client: None }
    }
}
