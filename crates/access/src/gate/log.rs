//! The audit log.
//!
//! Policy: what can't be noted is not done. Callers note a change, or a look at evidence, before they carry it out, and
//! answer that the store fails when that fails.

use super::{Gate, Result};
use crate::action::Action;
use crate::audit::{AuditEntry, AuditQuery};
use crate::principal::Actor;

/// Longer texts are cut: a line is no place to keep things.
const MAX_TEXT: usize = 400;

impl Gate {
    /// Notes what somebody is about to do; of looks at the same evidence within five minutes the first, and then how many more.
    ///
    /// # Errors
    /// When the store fails; then it must not be done.
    pub fn note(&self, actor: &Actor, action: Action, on: &str, detail: &str) -> Result<()> {
        let entry = AuditEntry {
            id: 0,
            at: self.clock.now(),
            who: cut(&actor.name),
            role: actor.principal.role().as_str().to_owned(),
            client: actor.client,
            action: action.as_str().to_owned(),
            on: cut(on),
            detail: cut(detail),
        };
        if action == Action::SeeEvidence { self.look(&entry) } else { Ok(self.store.note(&entry)?) }
    }

    /// One line stands for what the same reader sees of the same evidence within five minutes.
    fn look(&self, entry: &AuditEntry) -> Result<()> {
        if let Some(line) = self.looks.line(entry) {
            self.store.note(&line)?;
            self.looks.written(entry);
        }
        Ok(())
    }

    /// Lines of the log, latest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn audit(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
        Ok(self.store.notes(query)?)
    }
}

/// One line, without anything that would break it.
fn cut(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(MAX_TEXT).collect()
}
