//! IMAP as a client that looks something up hears it (RFC 3501): lines that a server says, strings that it is told.
//!
//! Four commands and their answers are all there is; a library would bring the whole protocol and a parser for what nobody asks
//! here. Literals (`{n}`) come in none of these answers: one ends the dialogue.
//!
//! Security: a line is read once, from left to right, whatever is nested in it; what a person may get to see is rid of control
//! characters.

mod response;

pub use response::{Line, quoted, read, text};
