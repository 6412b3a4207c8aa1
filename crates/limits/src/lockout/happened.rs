//! What a lock is to other programs.

use model::Timestamp;

use super::Lockout;
use crate::happening::{Happening, HappeningKind, Topic};
use crate::notes::{LockoutNote, Note};

impl Lockout {
    /// It has just begun.
    pub fn has_begun(&self) -> Happening {
        self.happening(HappeningKind::LockoutBegan, self.since, None)
    }

    /// Somebody lifts it; when its time was over by then, it has ended by itself.
    pub fn has_been_lifted(&self, by: &str, at: Timestamp) -> Happening {
        if self.until <= at {
            return self.has_ended();
        }
        self.happening(HappeningKind::LockoutLifted, at, Some(by.to_owned()))
    }

    /// Its time is over.
    pub fn has_ended(&self) -> Happening {
        self.happening(HappeningKind::LockoutEnded, self.until, None)
    }

    fn happening(&self, kind: HappeningKind, at: Timestamp, lifted_by: Option<String>) -> Happening {
        let note = Note::Lockout(LockoutNote { lock: self.clone(), lifted_by });
        Happening::noted(kind, at, Topic::Subject(self.subject.clone()), note)
    }
}
