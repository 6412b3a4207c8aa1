//! How text looks, as far as it matters whether it can be read.

use crate::html::colour::{Ink, Paper};

/// How text looks inside an element.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Look {
    /// Nothing inside can be seen, whatever it says itself.
    pub(crate) gone: bool,
    /// `visibility` is hidden; a child may say otherwise.
    pub(crate) invisible: bool,
    /// The type is at most a pixel high; a child may say otherwise.
    pub(crate) tiny: bool,
    /// The text's colour.
    pub(crate) ink: Ink,
    /// The background's colour.
    pub(crate) paper: Paper,
}

impl Look {
    /// Whether text that looks like this can't be read.
    pub(crate) fn is_hidden(&self) -> bool {
        self.gone || self.invisible || self.tiny || self.ink.fades_into(self.paper)
    }
}
