//! What DNS says of a message.

use std::sync::Arc;

use super::authentication::AuthenticationFacts;
use crate::address::DomainName;

settings::choice! {
    /// What of a message, or of this host, is looked up.
    pub enum Asked {
        /// The domains of its links.
        Url = "url",
        /// The addresses its links lead to.
        UrlAddress = "url_address",
        /// The domain of From.
        From = "from",
        /// The domain of MAIL FROM.
        MailFrom = "mail_from",
        /// The domains of Reply-To.
        ReplyTo = "reply_to",
        /// The client's address.
        Client = "client",
        /// The addresses mail leaves from.
        OwnAddress = "own_address",
    }
}

settings::choice! {
    /// What it means to be in a list.
    pub enum Listed {
        /// A bad name.
        Bad = "bad",
        /// A name that was registered days ago.
        Young = "young",
    }
}

/// Answers of DNS, as far as they came in time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DnsFacts {
    /// The entries found in lists.
    pub listings: Vec<Listing>,
    /// Domains that do not exist, and where they stand.
    pub missing: Vec<(Asked, DomainName)>,
    /// What receivers will find when they authenticate it.
    pub authentication: AuthenticationFacts,
}

/// An entry in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// What of the message is listed.
    pub asked: Asked,
    /// The domain or address that is.
    pub entry: String,
    /// What that means.
    pub listed: Listed,
    /// The list's zone.
    pub zone: DomainName,
    /// What the operator's configuration says of such an entry.
    pub says: Arc<str>,
    /// How much of the signal's points it deserves, 1 to 100.
    pub percent: u8,
}
