//! A customer as the rest of the program knows him.

use std::collections::BTreeMap;

use model::{SubjectKey, Timestamp, WayOut};

use crate::address::Address;

settings::choice! {
    /// What a customer has, which decides how he gets out of a block.
    pub enum Kind {
        /// Hosted Exchange: an account is released through its ticket.
        Exchange = "exchange",
        /// E-mail Pro: through its ticket.
        Pro = "pro",
        /// Shared mail hosting: through its ticket.
        Mxplan = "mxplan",
        /// Older shared mail hosting: a changed password releases the account.
        MxplanLegacy = "mxplan-legacy",
        /// A server or addresses of his own: he unblocks the address himself when the time is over.
        Dedicated = "dedicated",
    }
}

settings::choice! {
    /// A language that customers are written to in.
    pub enum Language {
        /// English.
        En = "en",
        /// French.
        Fr = "fr",
        /// German.
        De = "de",
    }
}

settings::choice! {
    /// Where a customer is written.
    pub enum Source {
        /// In the operator's file.
        File = "file",
        /// In the store.
        Store = "store",
        /// In the provider's own directory.
        Directory = "directory",
        /// He is not: the default owner.
        Nowhere = "nowhere",
    }
}

/// The owner of addresses, accounts and domains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// The service's name, as the provider's panel knows it; unique.
    pub service: String,
    /// The customer's own name; empty when it isn't known.
    pub name: String,
    /// Where he is written to.
    pub contacts: Vec<Address>,
    /// In which language.
    pub language: Language,
    /// What he has.
    pub kind: Kind,
    /// Whether the provider has suspended the service.
    pub suspended: bool,
    /// When the subscription is over, if it ends.
    pub expires: Option<Timestamp>,
    /// Limits of his own by the rule's name; 0 switches a rule off.
    pub limits: BTreeMap<String, u64>,
    /// How many steps of the ladder end by themselves for him, if not as many as for everybody.
    pub automatic_releases: Option<u32>,
    /// Where he is written.
    pub source: Source,
}

impl Customer {
    /// How what he owns gets out of a block. Only accounts have tickets and passwords: an address or a domain is released
    /// when the time is over.
    pub fn way_out(&self, subject: &SubjectKey) -> WayOut {
        match (subject, self.kind) {
            (SubjectKey::Account(_), Kind::Exchange | Kind::Pro | Kind::Mxplan) => WayOut::Ticket,
            (SubjectKey::Account(_), Kind::MxplanLegacy) => WayOut::Password,
            _ => WayOut::Time,
        }
    }
}
