//! The state of one milter connection: what was agreed, how far it has come, which macros hold.

use super::{Agreed, Command, Fault, MacroStage, Macros, Phase, Wanted};

/// Whether the MTA waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// It goes on; an answer would be taken for that of a later step.
    Nothing,
    /// It waits.
    Reply,
}

/// One milter connection, without its socket.
#[derive(Debug)]
pub struct Dialogue {
    wanted: &'static Wanted,
    agreed: Option<Agreed>,
    phase: Phase,
    macros: Macros,
}

impl Dialogue {
    /// A connection on which nothing was said.
    pub fn new(wanted: &'static Wanted) -> Self {
        Self { wanted, agreed: None, phase: Phase::default(), macros: Macros::default() }
    }

    /// Takes note of a command and says whether it is to be answered.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`] and [`Fault::Version`]; the connection is then to be closed.
    pub fn hear(&mut self, command: &Command<'_>) -> Result<Due, Fault> {
        let kind = command.kind();
        self.phase = self.phase.after(kind).ok_or(Fault::OutOfOrder(kind.byte()))?;
        if let Some(stage) = MacroStage::of(kind) {
            self.macros.enter(stage);
        }
        match command {
            Command::Negotiate(offer) => self.agreed = Some(self.wanted.agree(*offer)?),
            Command::Macros(block) => self.macros.store(*block),
            Command::Abort => self.macros.end_message(),
            Command::NextClient => self.macros.end_client(),
            _ => {}
        }
        let waits = self.agreed.is_some_and(|agreed| agreed.waits_after(kind));
        Ok(if waits { Due::Reply } else { Due::Nothing })
    }

    /// What was agreed; `None` before the negotiation.
    pub fn agreed(&self) -> Option<&Agreed> {
        self.agreed.as_ref()
    }

    /// How far the connection has come.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The macros that hold now. Those of the end of a message can be read until the next command.
    pub fn macros(&self) -> &Macros {
        &self.macros
    }
}
