//! What a step of a ticket is to other programs.

use limits::{Happening, HappeningKind, LetterKind, TicketNote};
use model::Block;

use super::{Author, Ticket};

impl Ticket {
    /// The ticket has just been opened.
    pub fn has_opened(&self, block: &Block) -> Happening {
        self.happening(HappeningKind::TicketOpened, None, block)
    }

    /// A step was taken that this letter follows from.
    pub fn has_stepped(&self, letter: Option<&LetterKind>, block: &Block) -> Happening {
        let (kind, text) = match letter {
            Some(LetterKind::Answer(text)) => (HappeningKind::TicketReplied, Some(text.clone())),
            Some(LetterKind::Refused(text)) => (HappeningKind::TicketRefused, Some(text.clone())),
            Some(LetterKind::Approved) => (HappeningKind::TicketApproved, None),
            Some(_) => (HappeningKind::TicketAnswered, self.answered_last()),
            // Not every mail of a customer is answered.
            None if self.is_open().is_ok() => (HappeningKind::TicketAnswered, self.answered_last()),
            None => (HappeningKind::TicketClosed, None),
        };
        self.happening(kind, text, block)
    }

    fn answered_last(&self) -> Option<String> {
        let last = self.messages.last().filter(|message| message.from == Author::Customer)?;
        Some(last.body.clone())
    }

    fn happening(&self, kind: HappeningKind, text: Option<String>, block: &Block) -> Happening {
        let note = TicketNote { number: self.id, state: self.state.as_str().into(), text };
        Happening { number: 0, kind, at: self.updated, block: block.clone(), ticket: Some(note) }
    }
}
