//! Hears what the judge tells: who was charged with a message, and which blocks began or ended.

use std::sync::{Mutex, PoisonError};

use model::{Block, Event, EventSink, Identity};

/// What was told since it was last asked.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Who was charged with the last message.
    pub(crate) identity: Identity,
    /// Why the last message was decided as it was, in a word.
    pub(crate) reason: &'static str,
    /// Blocks as they became.
    pub(crate) blocks: Vec<Block>,
    /// A part that failed: its name and what went wrong.
    pub(crate) failed: Option<(&'static str, String)>,
}

/// The event sink of a rehearsal.
#[derive(Debug, Default)]
pub(crate) struct Watch(Mutex<Heard>);

impl Watch {
    /// What was heard; from here on nothing is.
    pub(crate) fn take(&self) -> Heard {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, note: impl FnOnce(&mut Heard)) {
        note(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl EventSink for Watch {
    fn emit(&self, event: &Event<'_>) {
        match event {
            Event::Judged(judged) => self.note(|heard| {
                heard.identity = judged.identity.clone();
                heard.reason = judged.verdict.reason;
            }),
            Event::Refused { identity, reason, .. } => self.note(|heard| {
                heard.identity = (*identity).clone();
                heard.reason = reason;
            }),
            Event::BlockChanged { block, .. } => self.note(|heard| heard.blocks.push((*block).clone())),
            Event::Degraded { part, error, .. } => {
                self.note(|heard| heard.failed = Some((part, (*error).to_owned())));
            }
            _ => {}
        }
    }
}
