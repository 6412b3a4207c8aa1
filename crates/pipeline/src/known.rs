//! What of a message is known before it is judged, so that it need not be read again.

use model::{Features, Score};

/// How far a message is known.
#[derive(Debug, Clone, Copy)]
pub enum Known<'m> {
    /// Not at all: it is read, as in [`crate::Judge::judge`].
    Nothing,
    /// What it says, but not what its sender makes of it: it is looked up in the memory and scored.
    Content(&'m Features),
    /// What was seen in it and its score, as of the time when it was judged: the memory is neither asked nor told.
    Score(&'m (Features, Score)),
}
