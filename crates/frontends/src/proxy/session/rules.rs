//! Which command may come when: the table, and what a client hears that doesn't keep to it.

use wire::smtp::{Command, Reply, SyntaxError, Verb};

use super::super::replies;
use super::Client;
use super::end::End;
use super::refusals::Refused;
use super::state::Phase::{self, Chunked as C, Connected as N, Greeted as G, Open as O};
use super::state::State;

/// Errors a client may make before it is sent away.
const MAX_ERRORS: u32 = 20;

/// When a verb is in sequence, and whether it waits for TLS where TLS is required. BDAT is always in sequence: its
/// chunk follows whatever we say, and has to be read.
const VERBS: &[(Verb, &[Phase], bool)] = &[
    (Verb::Ehlo, &[N, G, O, C], false),
    (Verb::Helo, &[N, G, O, C], false),
    (Verb::Mail, &[G], true),
    (Verb::Rcpt, &[O], true),
    (Verb::Data, &[O], true),
    (Verb::Bdat, &[N, G, O, C], false),
    (Verb::Rset, &[N, G, O, C], false),
    (Verb::Noop, &[N, G, O, C], false),
    (Verb::Vrfy, &[N, G, O, C], true),
    (Verb::Help, &[N, G, O, C], false),
    (Verb::Quit, &[N, G, O, C], false),
    (Verb::StartTls, &[G], false),
    (Verb::Auth, &[G], true),
    (Verb::Xclient, &[N, G], false),
    (Verb::Xforward, &[G], false),
];

impl Client {
    /// Why the command may not come now.
    pub(super) fn objection(&self, state: &State, command: &Command) -> Option<&'static str> {
        let verb = command.verb();
        let (_, phases, wants_tls) = VERBS.iter().find(|(known, ..)| *known == verb)?;
        if *wants_tls && self.config.settings.require_tls && !self.session.tls {
            return Some(replies::NEEDS_TLS);
        }
        if !self.offers(state, command) {
            return Some(replies::NO_SUCH_COMMAND);
        }
        (!phases.contains(&state.phase())).then_some(replies::OUT_OF_SEQUENCE)
    }

    /// Commands that some clients may use and others may not.
    fn offers(&self, state: &State, command: &Command) -> bool {
        match (command, state) {
            (Command::StartTls, state) => self.may_start_tls(state),
            (Command::Auth { .. }, State::Greeted(greeted)) => !greeted.offered.auth.is_empty(),
            (Command::Xclient(_), _) => self.trusts(&self.config.settings.xclient_from),
            (Command::Xforward(_), _) => self.trusts(&self.config.settings.xforward_from),
            _ => true,
        }
    }

    pub(super) fn misunderstood(&mut self, state: State, error: SyntaxError) -> Result<State, End> {
        self.mistake(
            "command",
            match error {
                SyntaxError::Unknown => replies::UNKNOWN,
                SyntaxError::Argument => replies::BAD_ARGUMENT,
                SyntaxError::Parameter => replies::NOT_OFFERED,
                SyntaxError::NotAscii => replies::NOT_ASCII,
            },
        )?;
        Ok(state)
    }

    /// Answers a mistake of the client; the last of too many ends the session.
    pub(super) fn mistake(&mut self, stage: &'static str, reply: &str) -> Result<(), End> {
        self.errors += 1;
        self.bearable()?;
        self.answer(Refused::by_us(stage), &Reply::of(reply));
        Ok(())
    }

    /// Whether the session may go on after so many errors.
    pub(super) fn bearable(&self) -> Result<(), End> {
        if self.errors > MAX_ERRORS { Err(End::TooManyErrors) } else { Ok(()) }
    }
}
