//! A message against its sender's own past.
//!
//! Whether the sender answers something he was sent can't be known here: Portreeve never sees inbound mail. What can be
//! known is whether he has written to these recipients before.

/// What the sender does now, and what he did on earlier days. The sender is the account, or the address without a login.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HabitFacts {
    /// The past; `None` when there is none yet: a new sender is unknown, not suspicious.
    pub past: Option<Past>,
    /// The message in hand.
    pub message: Traffic,
    /// This hour (by the clock), the message in hand counted in, refused ones too.
    pub hour: Traffic,
    /// This day (UTC), likewise.
    pub day: Traffic,
    /// Client networks of this hour (IPv4 /24, IPv6 /48), shared gateways left out; at most about 30.
    pub networks: u32,
    /// What is new about the message. Empty without a past.
    pub changes: Vec<Change>,
    /// Whether he has never sent around this hour of the week, after weeks of sending.
    pub unusual_hour: bool,
}

/// What a sender did within some time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Messages.
    pub messages: u32,
    /// Recipients.
    pub recipients: u32,
    /// Recipients he has not written to before.
    pub strangers: u32,
    /// Recipients that were refused elsewhere.
    pub refused: u32,
    /// Recipients he has not written to before, of messages that lead to a site, an address or a wallet that is new for him:
    /// settled is what was first seen a day ago.
    pub led: u32,
}

/// What a sender did on earlier days on which he sent; only what was delivered and was no spam.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Past {
    /// Days with mail.
    pub days: u32,
    /// Recipients in the busiest hour, fading by 4 % a day.
    pub busiest_hour: u32,
    /// Recipients on the busiest day, fading likewise.
    pub busiest_day: u32,
    /// New recipients on a day, on average.
    pub usual_strangers: u32,
    /// New recipients on a day of messages that lead somewhere new, on average.
    pub usual_led: u32,
    /// Whether his recipients are few enough to be remembered; if not, strangers say nothing.
    pub knows_recipients: bool,
}

/// Something that changed against the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// The client's network.
    Network,
    /// The mail program.
    Mailer,
    /// The address in From.
    From,
    /// The name shown beside it.
    Name,
    /// The language or script of the text.
    Language,
}

impl Change {
    /// Every change.
    pub const ALL: [Self; 5] = [Self::Network, Self::Mailer, Self::From, Self::Name, Self::Language];

    /// What changed, for a sentence.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Mailer => "mail program",
            Self::From => "From address",
            Self::Name => "name",
            Self::Language => "language",
        }
    }

    /// What [`Self::as_str`] wrote.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|change| change.as_str() == word)
    }
}
