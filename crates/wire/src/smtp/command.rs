//! One command line, parsed.

use super::{Chunk, ClientAttributes, Mail, Recipient};

/// What a client asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// EHLO with the client's name.
    Ehlo(String),
    /// HELO with the client's name.
    Helo(String),
    /// MAIL.
    Mail(Mail),
    /// RCPT.
    Rcpt(Recipient),
    /// DATA.
    Data,
    /// BDAT (RFC 3030); the chunk follows.
    Bdat(Chunk),
    /// RSET.
    Rset,
    /// NOOP.
    Noop,
    /// VRFY or EXPN.
    Vrfy,
    /// HELP.
    Help,
    /// QUIT.
    Quit,
    /// STARTTLS (RFC 3207).
    StartTls,
    /// AUTH (RFC 4954).
    Auth {
        /// The SASL mechanism, upper case.
        mechanism: String,
        /// The initial response as sent; `=` is the empty one.
        initial: Option<String>,
    },
    /// XCLIENT of a trusted peer.
    Xclient(ClientAttributes),
    /// XFORWARD of a trusted peer.
    Xforward(ClientAttributes),
}

/// The word a command begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // The variants are the verbs of RFC 5321 and its extensions; their commands are documented above.
#[rustfmt::skip]
pub enum Verb { Ehlo, Helo, Mail, Rcpt, Data, Bdat, Rset, Noop, Vrfy, Help, Quit, StartTls, Auth, Xclient, Xforward }

/// How the rest of a line is read.
type ReadArgument = fn(&str) -> Result<Command, SyntaxError>;

/// Verbs, with the way their argument is read.
const VERBS: &[(&str, ReadArgument)] = &[
    ("EHLO", |rest| name(rest).map(Command::Ehlo)),
    ("HELO", |rest| name(rest).map(Command::Helo)),
    ("MAIL", |rest| Mail::parse(rest).map(Command::Mail)),
    ("RCPT", |rest| Recipient::parse(rest).map(Command::Rcpt)),
    ("DATA", |rest| alone(rest, Command::Data)),
    ("BDAT", |rest| Chunk::parse(rest).map(Command::Bdat).ok_or(SyntaxError::Argument)),
    ("RSET", |rest| alone(rest, Command::Rset)),
    ("NOOP", |_| Ok(Command::Noop)),
    ("VRFY", |_| Ok(Command::Vrfy)),
    ("EXPN", |_| Ok(Command::Vrfy)),
    ("HELP", |_| Ok(Command::Help)),
    ("QUIT", |rest| alone(rest, Command::Quit)),
    ("STARTTLS", |rest| alone(rest, Command::StartTls)),
    ("AUTH", auth),
    ("XCLIENT", |rest| attributes(rest).map(Command::Xclient)),
    ("XFORWARD", |rest| attributes(rest).map(Command::Xforward)),
];

/// Why a line is no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxError {
    /// No such verb.
    #[error("command not recognised")]
    Unknown,
    /// The argument is malformed.
    #[error("syntax error in the argument")]
    Argument,
    /// A parameter of an extension that isn't offered.
    #[error("parameter not recognised or not offered")]
    Parameter,
    /// An address needs SMTPUTF8, and the command doesn't say so.
    #[error("an address outside ASCII needs SMTPUTF8")]
    NotAscii,
}

impl Command {
    /// Parses a line without its CRLF.
    ///
    /// # Errors
    /// When it is no command of ours; the connection goes on.
    pub fn parse(line: &[u8]) -> Result<Self, SyntaxError> {
        let line = std::str::from_utf8(line).map_err(|_| SyntaxError::Argument)?;
        let (word, rest) = line.split_at(line.find([' ', '\t']).unwrap_or(line.len()));
        let entry = VERBS.iter().find(|(verb, _)| verb.eq_ignore_ascii_case(word));
        let (_, read) = entry.ok_or(SyntaxError::Unknown)?;
        read(rest.trim())
    }

    /// The verb.
    pub fn verb(&self) -> Verb {
        match self {
            Self::Ehlo(_) => Verb::Ehlo,
            Self::Helo(_) => Verb::Helo,
            Self::Mail(_) => Verb::Mail,
            Self::Rcpt(_) => Verb::Rcpt,
            Self::Data => Verb::Data,
            Self::Bdat(_) => Verb::Bdat,
            Self::Rset => Verb::Rset,
            Self::Noop => Verb::Noop,
            Self::Vrfy => Verb::Vrfy,
            Self::Help => Verb::Help,
            Self::Quit => Verb::Quit,
            Self::StartTls => Verb::StartTls,
            Self::Auth { .. } => Verb::Auth,
            Self::Xclient(_) => Verb::Xclient,
            Self::Xforward(_) => Verb::Xforward,
        }
    }
}

fn alone(rest: &str, command: Command) -> Result<Command, SyntaxError> {
    if rest.is_empty() { Ok(command) } else { Err(SyntaxError::Argument) }
}

/// A host name or address literal; what else stands there is cut off, as widespread servers do.
fn name(rest: &str) -> Result<String, SyntaxError> {
    let name = rest.split([' ', '\t']).next().unwrap_or_default();
    if name.is_empty() || name.len() > 255 { Err(SyntaxError::Argument) } else { Ok(name.to_owned()) }
}

fn auth(rest: &str) -> Result<Command, SyntaxError> {
    let mut words = rest.split([' ', '\t']).filter(|word| !word.is_empty());
    let mechanism = words.next().ok_or(SyntaxError::Argument)?.to_ascii_uppercase();
    let named = mechanism.len() <= 20 && mechanism.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    let initial = words.next().map(str::to_owned);
    match words.next() {
        None if named => Ok(Command::Auth { mechanism, initial }),
        _ => Err(SyntaxError::Argument),
    }
}

fn attributes(rest: &str) -> Result<ClientAttributes, SyntaxError> {
    ClientAttributes::parse(rest).ok_or(SyntaxError::Argument)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_read_in_any_case() {
        assert_eq!(Command::parse(b"ehlo host.example"), Ok(Command::Ehlo("host.example".into())));
        assert_eq!(Command::parse(b"QUIT "), Ok(Command::Quit));
        assert_eq!(Command::parse(b"BDAT 10 last"), Ok(Command::Bdat(Chunk { size: 10, last: true })));
        let auth = Command::Auth { mechanism: "PLAIN".into(), initial: Some("AGE=".into()) };
        assert_eq!(Command::parse(b"AUTH plain AGE="), Ok(auth));
    }

    #[test]
    fn what_is_no_command_says_why() {
        for (line, error) in [
            (&b"MAILFROM:<a@example.com>"[..], SyntaxError::Unknown),
            (b"", SyntaxError::Unknown),
            (b"EHLO", SyntaxError::Argument),
            (b"DATA now", SyntaxError::Argument),
            (b"AUTH", SyntaxError::Argument),
            (b"AUTH PLAIN a b", SyntaxError::Argument),
            (b"MAIL FROM:<\xff@example.com>", SyntaxError::Argument),
        ] {
            assert_eq!(Command::parse(line), Err(error), "{}", String::from_utf8_lossy(line));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_line_panics(line in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = Command::parse(&line);
        }
    }
}
