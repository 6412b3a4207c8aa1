//! Whoever comes to a door with something that opens nothing: counted, told, and turned away when it was too often.

use model::{Event, WebDoor, WebGuess};

use super::attempts::Attempt;
use super::{Gate, Result};
use crate::audit::AuditEntry;
use crate::error::AccessError;
use crate::principal::Actor;
use crate::visitor::Visitor;

impl Gate {
    /// Takes note of a key, link or signature that is none, after it was looked up; `on` is whose it was, where that is known.
    ///
    /// # Errors
    /// [`AccessError::TooMany`] when too many of them came from his network within the minute: he hears no more than that.
    /// When the store fails.
    pub fn wrong(&self, door: WebDoor, on: Option<&str>, visitor: &Visitor) -> Result<()> {
        let allowed = self.clients.wrong(visitor.network(), self.clock.now());
        self.guessed(door, on, visitor, !allowed)?;
        if allowed { Ok(()) } else { Err(AccessError::TooMany) }
    }

    /// Tells of a guess, for a door that counts its guesses itself. Of many from one client the audit log gets few lines.
    ///
    /// # Errors
    /// When the store fails.
    pub fn guessed(&self, door: WebDoor, on: Option<&str>, visitor: &Visitor, turned_away: bool) -> Result<()> {
        let attempt = Attempt { door, on: on.map(str::to_owned), network: visitor.network() };
        let (first, lines) = self.attempts.add(attempt, visitor.client, turned_away, self.clock.now());
        self.events.emit(&Event::WebGuess(WebGuess { door, client: visitor.client, on, turned_away, first }));
        self.write(lines)
    }

    /// Writes the sums of guesses whose ten minutes are over. Call it every minute or so.
    ///
    /// # Errors
    /// When the store fails.
    pub fn sum_guesses(&self) -> Result<()> {
        self.write(self.attempts.over(self.clock.now()))
    }

    /// Writes the sums of guesses, for a stop.
    ///
    /// # Errors
    /// When the store fails.
    pub fn close(&self) -> Result<()> {
        self.write(self.attempts.sums(self.clock.now()))
    }

    /// Notes that somebody logs in, before he does.
    pub(super) fn enters(&self, door: WebDoor, by: &Actor) -> Result<()> {
        self.store.note(&AuditEntry {
            id: 0,
            at: self.clock.now(),
            who: by.name.clone(),
            role: by.principal.role().as_str().to_owned(),
            client: by.client,
            action: AuditEntry::LOGIN.to_owned(),
            on: by.name.clone(),
            detail: door.as_str().to_owned(),
        })?;
        Ok(())
    }

    fn write(&self, lines: Vec<AuditEntry>) -> Result<()> {
        Ok(lines.iter().try_for_each(|line| self.store.note(line))?)
    }
}
