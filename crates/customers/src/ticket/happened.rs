//! What a step of a ticket is to other programs.

use limits::{Bounce, Happening, HappeningKind, LetterKind, Note, TicketNote, Topic};
use model::Block;

use super::{Author, Ticket, Whom};

impl Ticket {
    /// The ticket has just been opened; `block` is the one that did.
    pub fn has_opened(&self, block: Option<&Block>) -> Happening {
        self.happening(HappeningKind::TicketOpened, self.first_words(), block)
    }

    /// A step was taken that this letter follows from. `was_open`: whether it was open before.
    pub fn has_stepped(&self, was_open: bool, letter: Option<&LetterKind>, block: Option<&Block>) -> Happening {
        let is_open = self.is_open().is_ok();
        let (kind, text) = match letter {
            _ if is_open && !was_open => (HappeningKind::TicketReopened, self.last_words()),
            Some(LetterKind::Answer(text)) => (HappeningKind::TicketReplied, Some(text.clone())),
            Some(LetterKind::Refused(text)) => (HappeningKind::TicketRefused, Some(text.clone())),
            Some(LetterKind::Approved) => (HappeningKind::TicketApproved, None),
            Some(_) => (HappeningKind::TicketAnswered, self.answered_last()),
            // Not every mail of a customer is answered; one may come when all is over.
            None if is_open || !was_open => (HappeningKind::TicketAnswered, self.answered_last()),
            None => (HappeningKind::TicketClosed, None),
        };
        self.happening(kind, text, block)
    }

    /// A letter of this ticket, which no block has opened, did not reach its recipient.
    pub fn has_bounced(&self, bounce: &Bounce) -> Happening {
        let happened = self.happening(HappeningKind::LetterBounced, None, None);
        Happening { at: bounce.at, note: Some(Note::Letter(bounce.clone())), ..happened }
    }

    fn first_words(&self) -> Option<String> {
        self.messages.first().map(|message| message.body.clone())
    }

    fn last_words(&self) -> Option<String> {
        self.messages.last().map(|message| message.body.clone())
    }

    fn answered_last(&self) -> Option<String> {
        let last = self.messages.last().filter(|message| message.from == Author::Customer)?;
        Some(last.body.clone())
    }

    fn happening(&self, kind: HappeningKind, text: Option<String>, block: Option<&Block>) -> Happening {
        let note = TicketNote {
            number: self.id,
            state: self.state.as_str().into(),
            about: self.about.as_str().into(),
            title: self.title(),
            text,
        };
        let topic = match (block, &self.subject) {
            (Some(block), _) => Topic::Block(block.clone()),
            (None, Whom::Subject(subject)) => Topic::Subject(subject.clone()),
            (None, Whom::Service { service }) => Topic::Service(service.clone()),
        };
        Happening { number: 0, kind, at: self.updated, topic, ticket: Some(note), note: None }
    }
}
