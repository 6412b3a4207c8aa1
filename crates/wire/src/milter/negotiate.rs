//! The negotiation (`O`): what both sides can do, and what follows from it for every later step.

use super::field::Fields;
use super::{Actions, Fault, Kind, MacroStage, Steps};

/// The oldest version in use (Sendmail 8.12).
const OLDEST: u32 = 2;
/// The newest version (Sendmail 8.14 and Postfix).
const NEWEST: u32 = 6;

/// What the MTA can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// The newest version it speaks.
    pub version: u32,
    /// What it lets a milter do.
    pub actions: Actions,
    /// Which steps it can leave out or leave unanswered.
    pub steps: Steps,
}

impl Offer {
    pub(super) fn parse(mut fields: Fields<'_>) -> Option<Self> {
        let (version, actions, steps) = (fields.u32()?, fields.u32()?, fields.u32()?);
        Some(Self { version, actions: Actions(actions), steps: Steps(steps) })
    }
}

/// What a milter wants, where the MTA can.
#[derive(Debug)]
pub struct Wanted {
    /// What it may have to do.
    pub actions: Actions,
    /// Steps left out or left unanswered.
    pub steps: Steps,
    /// The same, in addition, where the MTA does not offer [`Steps::SKIP`].
    pub steps_without_skip: Steps,
    /// The macros it needs; names are separated by spaces, long ones in braces. Sendmail finds those of the end of the
    /// message only when the end of the header section is listed too: always list both.
    pub macros: &'static [(MacroStage, &'static str)],
}

impl Wanted {
    /// What both sides will keep to: never more than was offered, because MTAs take that for an error.
    ///
    /// # Errors
    /// [`Fault::Version`] for version 1, which nobody has spoken since Sendmail 8.11.
    pub fn agree(&self, offer: Offer) -> Result<Agreed, Fault> {
        if offer.version < OLDEST {
            return Err(Fault::Version(offer.version));
        }
        let more = if offer.steps.has(Steps::SKIP) { Steps::default() } else { self.steps_without_skip };
        Ok(Agreed {
            version: offer.version.min(NEWEST),
            actions: self.actions.common(offer.actions),
            steps: self.steps.with(more).common(offer.steps),
        })
    }
}

/// What both sides keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed {
    /// The version spoken.
    pub version: u32,
    /// What the milter may do.
    pub actions: Actions,
    /// Which steps are left out or left unanswered.
    pub steps: Steps,
}

impl Agreed {
    /// Whether the MTA waits for an answer to the command.
    pub fn waits_after(&self, kind: Kind) -> bool {
        let unanswered = match kind {
            Kind::Macros | Kind::Abort | Kind::Quit | Kind::NextClient => return false,
            Kind::Negotiate | Kind::EndOfBody => return true,
            Kind::Connect => Steps::NO_REPLY_CONNECT,
            Kind::Helo => Steps::NO_REPLY_HELO,
            Kind::Mail => Steps::NO_REPLY_MAIL,
            Kind::Recipient => Steps::NO_REPLY_RCPT,
            Kind::Data => Steps::NO_REPLY_DATA,
            Kind::Header => Steps::NO_REPLY_HEADER,
            Kind::EndOfHeaders => Steps::NO_REPLY_END_OF_HEADERS,
            Kind::Body => Steps::NO_REPLY_BODY,
            Kind::Unknown => Steps::NO_REPLY_UNKNOWN,
        };
        !self.steps.has(unanswered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: Wanted = Wanted {
        actions: Actions(0x121),
        steps: Steps::NO_REPLY_HEADER.with(Steps::SKIP),
        steps_without_skip: Steps::NO_REPLY_BODY,
        macros: &[],
    };

    #[test]
    fn what_is_not_offered_is_not_asked_for() {
        let old = Offer { version: 2, actions: Actions(0x3f), steps: Steps(0x7f) };
        let agreed = WANTED.agree(old).unwrap();
        assert_eq!(agreed, Agreed { version: 2, actions: Actions(0x21), steps: Steps(0) });
        assert!(agreed.waits_after(Kind::Header));
        let new = Offer { version: 9, actions: Actions(0x1ff), steps: Steps(0x1f_ffff) };
        let agreed = WANTED.agree(new).unwrap();
        assert_eq!(agreed, Agreed { version: 6, actions: Actions(0x121), steps: Steps(0x480) });
        assert!(!agreed.waits_after(Kind::Header) && agreed.waits_after(Kind::Body));
    }

    #[test]
    fn the_body_may_be_answered_only_where_that_is_of_use() {
        let offer = Offer { version: 6, actions: Actions(0), steps: Steps(0x1f_ffff & !Steps::SKIP.0) };
        assert!(!WANTED.agree(offer).unwrap().waits_after(Kind::Body));
    }

    #[test]
    fn version_1_is_not_spoken() {
        let offer = Offer { version: 1, actions: Actions(0), steps: Steps(0) };
        assert_eq!(WANTED.agree(offer), Err(Fault::Version(1)));
    }
}
