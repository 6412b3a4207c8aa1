//! What a report is to other programs.

use limits::{Happening, HappeningKind, Note, ReportNote, Topic};
use model::Block;

use super::{Report, ReportState};

impl Report {
    /// It came to the state that it is in; `block` is the one it belongs to, as it is now.
    pub fn has_come_here(&self, block: &Block) -> Happening {
        let kind = match self.state {
            ReportState::Open => HappeningKind::ReportMade,
            ReportState::Confirmed(_) => HappeningKind::ReportConfirmed,
            ReportState::Declined(_) => HappeningKind::ReportDeclined,
            ReportState::Dropped(_) => HappeningKind::ReportDropped,
        };
        let word = self.state.word();
        let note = ReportNote {
            number: self.id,
            state: self.state.as_str().into(),
            message_id: self.message_id.to_string(),
            by: word.map_or(&self.by, |word| &word.by).clone(),
            reason: word.map(|word| word.reason.clone()).unwrap_or_default(),
            exemptions: self.exemptions.clone(),
        };
        let at = word.map_or(self.reported, |word| word.at);
        Happening::noted(kind, at, Topic::Block(block.clone()), Note::Report(note))
    }
}
