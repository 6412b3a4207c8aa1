//! Which command may come when.

use super::Kind;

/// How far a milter connection has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Phase {
    /// Nothing but the offer may come.
    #[default]
    Unnegotiated,
    /// No client yet.
    Negotiated,
    /// A client, and no message.
    Connected,
    /// MAIL has come; recipients may.
    Envelope,
    /// Header fields have begun.
    Header,
    /// The header section is over.
    Body,
}

impl Phase {
    /// Whether a message has begun and not ended.
    pub fn in_message(self) -> bool {
        matches!(self, Self::Envelope | Self::Header | Self::Body)
    }

    /// Whether content is being sent: an MTA does that in one go.
    pub fn in_content(self) -> bool {
        matches!(self, Self::Header | Self::Body)
    }

    /// The phase after a command; `None` when the command may not come now.
    ///
    /// Every order that an MTA was seen to use is in here, tolerantly: MAIL again without an abort (the one before was
    /// refused), an abort at any time and after the end of a message, HELO again after STARTTLS, recipients again after a
    /// DATA that the MTA refused, a message without header fields or without body.
    pub(super) fn after(self, kind: Kind) -> Option<Self> {
        match (self, kind) {
            (Self::Unnegotiated, Kind::Negotiate) => Some(Self::Negotiated),
            (phase, Kind::Quit) => Some(phase),
            (Self::Unnegotiated, _) | (_, Kind::Negotiate) => None,
            (phase, Kind::Macros | Kind::Unknown) => Some(phase),
            (_, Kind::NextClient) | (Self::Negotiated, Kind::Abort) => Some(Self::Negotiated),
            (Self::Negotiated, Kind::Connect) => Some(Self::Connected),
            (Self::Negotiated, _) | (_, Kind::Connect) => None,
            (_, Kind::Abort) => Some(Self::Connected),
            (_, Kind::Mail) => Some(Self::Envelope),
            (Self::Connected | Self::Envelope, Kind::Helo) => Some(Self::Connected),
            (Self::Envelope, Kind::Recipient | Kind::Data) => Some(Self::Envelope),
            (Self::Envelope | Self::Header, Kind::Header) => Some(Self::Header),
            (Self::Envelope | Self::Header, Kind::EndOfHeaders) => Some(Self::Body),
            (Self::Envelope | Self::Header | Self::Body, Kind::Body) => Some(Self::Body),
            (Self::Envelope | Self::Header | Self::Body, Kind::EndOfBody) => Some(Self::Connected),
            _ => None,
        }
    }
}
