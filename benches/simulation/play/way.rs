//! How thieves go about it.

use std::time::Duration;

use super::habit::Habit;

/// How a thief goes about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attack {
    /// One text, two messages a second.
    Burst,
    /// One text, twenty an hour.
    Drip,
    /// One text, once a minute, each from another network.
    Botnet,
    /// Through the contact form of a shop, five a minute, under the shop's own From and letterhead.
    WebForm,
    /// Other words in each message, thirty a minute.
    Spinner,
    /// An answer in an old conversation, quoted, with a link: once a minute.
    ReplyChain,
    /// One campaign over fifty accounts, ten an hour from each.
    Spread,
    /// Forty hidden recipients in each message, six an hour.
    Hidden,
    /// Through the form for a shop's newsletter, where the text stands for a name: five a minute, "please confirm".
    SignUp,
    /// To the account's own correspondents first, then to strangers, one text, three a minute.
    Contacts,
    /// Invitations to a meeting that doesn't exist, thirty a minute.
    Invites,
    /// Other words in each message, six an hour.
    Patient,
    /// An account made for it, without a past; other words in each message, ten a minute.
    Fresh,
}

impl Attack {
    /// The styles that defaults are tuned on.
    pub(crate) const TUNED: [Self; 5] = [Self::Burst, Self::WebForm, Self::SignUp, Self::Spinner, Self::ReplyChain];
    /// The styles that are only reported.
    pub(crate) const REPORTED: [Self; 8] = [
        Self::Drip,
        Self::Botnet,
        Self::Spread,
        Self::Hidden,
        Self::Contacts,
        Self::Invites,
        Self::Patient,
        Self::Fresh,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Burst => "burst of one text",
            Self::Drip => "drip, 20 an hour",
            Self::Botnet => "changing client networks",
            Self::WebForm => "a shop's web form",
            Self::Spinner => "each message altered",
            Self::ReplyChain => "reply in a conversation",
            Self::Spread => "spread over 50 accounts",
            Self::Hidden => "40 hidden recipients each",
            Self::SignUp => "a name in a sign-up form",
            Self::Contacts => "correspondents first",
            Self::Invites => "invitations to meetings",
            Self::Patient => "altered, 6 an hour",
            Self::Fresh => "an account made for it",
        }
    }

    /// From one message to the next.
    pub(crate) fn pause(self) -> Duration {
        Duration::from_millis(match self {
            Self::Burst => 500,
            Self::Spinner | Self::Invites => 2_000,
            Self::Fresh => 6_000,
            Self::Contacts => 20_000,
            Self::WebForm | Self::SignUp => 12_000,
            Self::Botnet | Self::ReplyChain => 60_000,
            Self::Drip => 180_000,
            Self::Spread => 360_000,
            Self::Hidden | Self::Patient => 600_000,
        })
    }

    /// Whose account it was.
    pub(crate) fn victim(self) -> Habit {
        match self {
            Self::WebForm | Self::SignUp => Habit::Shop,
            Self::Burst | Self::Spinner => Habit::Office,
            _ => Habit::Person,
        }
    }

    /// Whether each message has other words.
    pub(crate) fn alters(self) -> bool {
        matches!(self, Self::Spinner | Self::Spread | Self::Patient | Self::Fresh)
    }

    /// Whether it goes through a form of a web site.
    pub(crate) fn is_form(self) -> bool {
        matches!(self, Self::WebForm | Self::SignUp)
    }

    /// Recipients of each message.
    pub(crate) fn recipients(self) -> usize {
        if self == Self::Hidden { 40 } else { 1 }
    }
}
