//! How often nearly the same message was seen lately, and from whom.

use std::time::Duration;

/// A message among the recent ones of all senders. `None` where it has no such fingerprint (too short a text, no
/// attachment) or nothing like it was seen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SamenessFacts {
    /// Messages with nearly the same text.
    pub text: Option<Copies>,
    /// Messages with the same attachments.
    pub files: Option<Copies>,
    /// Messages that link to the same domains and no others.
    pub links: Option<Copies>,
    /// What a person has said of this message's like.
    pub confirmed: Option<Confirmation>,
}

impl SamenessFacts {
    /// What is the same, in a word, with its copies: text, files, links.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, &Copies)> {
        let kinds = [("text", &self.text), ("attachment", &self.files), ("set of links", &self.links)];
        kinds.into_iter().filter_map(|(word, copies)| copies.as_ref().map(|copies| (word, copies)))
    }
}

/// The copies of one fingerprint within the window, the message in hand counted in where it says so. A sender is an account,
/// or an address without a login.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copies {
    /// Earlier copies, of all senders.
    pub messages: u32,
    /// Earlier copies that were spam, whatever the reason.
    pub spam: u32,
    /// Earlier copies of this sender.
    pub own: u32,
    /// Senders, this one included; at most [`Copies::MAX_SENDERS`] are told apart.
    pub senders: u32,
    /// Whether they are accounts of one domain: colleagues, or neighbours at a large provider.
    pub one_domain: bool,
    /// Senders that sent more than one copy, this message included.
    pub repeating: u32,
    /// Different recipients, this message's included; estimated, at most about 1000.
    pub recipients: u32,
    /// Other senders whose copy was spam without any help of what was seen before.
    pub spam_senders: u32,
    /// Whether those are so many that it is spam spread over many senders, and most copies were spam.
    pub spread_spam: bool,
    /// Other senders that were blocked for spam with it lately.
    pub blocked_senders: u32,
    /// How long ago the first copy was seen.
    pub age: Duration,
}

impl Copies {
    /// More senders of one fingerprint are not told apart.
    pub const MAX_SENDERS: usize = 16;
}

/// A person's word on a message and its like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confirmation {
    /// It is spam.
    Spam,
    /// It is not.
    Ham,
}

impl Confirmation {
    /// The word for it, in commands and lists.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Spam => "spam",
            Self::Ham => "ham",
        }
    }

    /// What [`Self::as_str`] wrote.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Spam, Self::Ham].into_iter().find(|known| known.as_str() == word)
    }
}
