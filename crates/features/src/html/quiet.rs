//! A tokenizer's emitter that wants no parse errors: mail is full of them, they mean nothing here, and looking for them
//! costs a check of every byte.

use html5gum::emitters::ForwardingEmitter;
use html5gum::{Emitter, Error};

/// The emitter inside, without errors.
pub(super) struct Quiet<E>(pub(super) E);

impl<E: Emitter> ForwardingEmitter for Quiet<E> {
    type Token = E::Token;

    fn inner(&mut self) -> &mut impl Emitter<Token = E::Token> {
        &mut self.0
    }

    fn should_emit_errors(&mut self) -> bool {
        false
    }

    fn emit_error(&mut self, _error: Error) {}
}
