//! The dialogue of one connection: commands in, steps out.

use super::replies;
use crate::smtp::{Capabilities, Command, Mail, Recipient, Reply, SyntaxError};

/// More mistakes than this end the connection.
const MAX_MISTAKES: u32 = 20;

/// What is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest message, in bytes.
    pub size: u64,
    /// Recipients of one message.
    pub recipients: usize,
}

/// What the server does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Says this.
    Say(Reply),
    /// Says this and reads content; [`Dialogue::transaction`] is what it belongs to.
    Content(Reply),
    /// Says this and closes the connection.
    End(Reply),
}

/// The envelope of one message. `R` is what the server makes of a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction<R> {
    /// The reverse path without brackets; empty for bounces.
    pub from: String,
    /// The accepted recipients, in order: each gets a reply of its own.
    pub recipients: Vec<R>,
}

/// Where the dialogue is.
#[derive(Debug)]
enum State<R> {
    New,
    Greeted,
    Mail(Transaction<R>),
}

/// A dialogue; whoever leads it moves the bytes.
#[derive(Debug)]
pub struct Dialogue<R> {
    host: String,
    limits: Limits,
    state: State<R>,
    mistakes: u32,
}

/// What a command comes to: said, or said and counted as a mistake.
type Said = Result<Step, &'static str>;

impl<R> Dialogue<R> {
    /// A dialogue that begins, on the host of that name.
    pub fn new(host: &str, limits: Limits) -> Self {
        Self { host: host.to_owned(), limits, state: State::New, mistakes: 0 }
    }

    /// Whether a message is under way.
    pub fn is_under_way(&self) -> bool {
        matches!(self.state, State::Mail(_))
    }

    /// Hears a command line without its CRLF. `knows` tells what a recipient's address, without brackets, is to the server.
    pub fn hear(&mut self, line: &[u8], knows: impl FnOnce(&str) -> Option<R>) -> Step {
        match self.step(line, knows) {
            Ok(step) => step,
            Err(_) if self.mistakes >= MAX_MISTAKES => Step::End(Reply::of(replies::TOO_MANY_MISTAKES)),
            Err(mistake) => {
                self.mistakes = self.mistakes.saturating_add(1);
                Step::Say(Reply::of(mistake))
            }
        }
    }

    /// What the content belongs to; a new message may begin. `None` unless [`Step::Content`] came last.
    pub fn transaction(&mut self) -> Option<Transaction<R>> {
        match std::mem::replace(&mut self.state, State::Greeted) {
            State::Mail(transaction) => Some(transaction),
            State::New | State::Greeted => None,
        }
    }

    fn step(&mut self, line: &[u8], knows: impl FnOnce(&str) -> Option<R>) -> Said {
        match parse(line)? {
            Command::Ehlo(_) => self.hello(),
            Command::Mail(mail) => self.mail(&mail),
            Command::Rcpt(recipient) => self.recipient(&recipient, knows),
            Command::Data => self.data(),
            Command::Rset => {
                self.transaction_ends();
                say(replies::OK)
            }
            Command::Noop => say(replies::OK),
            Command::Vrfy => say(replies::UNSURE),
            Command::Help => say(replies::HELP),
            Command::Quit => Ok(Step::End(Reply::of(replies::GOODBYE))),
            Command::Helo(_)
            | Command::Bdat(_)
            | Command::StartTls
            | Command::Auth { .. }
            | Command::Xclient(_)
            | Command::Xforward(_) => Err(replies::NOT_OFFERED),
        }
    }

    fn hello(&mut self) -> Said {
        self.state = State::Greeted;
        let mut lines = vec![self.host.clone()];
        lines.extend(self.offered().lines());
        Ok(Step::Say(Reply::lines(250, &lines)))
    }

    fn offered(&self) -> Capabilities {
        Capabilities {
            pipelining: true,
            size: Some(Some(self.limits.size)),
            eight_bit_mime: true,
            smtputf8: true,
            enhanced_status_codes: true,
            ..Capabilities::default()
        }
    }

    fn mail(&mut self, mail: &Mail) -> Said {
        match self.state {
            State::New => return Err(replies::LHLO_FIRST),
            State::Mail(_) => return Err(replies::NESTED_MAIL),
            State::Greeted => {}
        }
        if !mail.is_within(&self.offered()) {
            return Err(replies::BAD_PARAMETER);
        }
        if mail.size.is_some_and(|size| size > self.limits.size) {
            return say(replies::TOO_LARGE);
        }
        self.state = State::Mail(Transaction { from: bare(&mail.path).to_owned(), recipients: Vec::new() });
        say(replies::SENDER_OK)
    }

    fn recipient(&mut self, recipient: &Recipient, knows: impl FnOnce(&str) -> Option<R>) -> Said {
        let is_within = recipient.is_within(&self.offered());
        let State::Mail(transaction) = &mut self.state else { return Err(replies::MAIL_FIRST) };
        if !is_within {
            return Err(replies::BAD_PARAMETER);
        }
        if transaction.recipients.len() >= self.limits.recipients {
            return say(replies::TOO_MANY_RECIPIENTS);
        }
        // Whoever guesses addresses makes mistakes, and has few.
        let known = knows(bare(&recipient.path)).ok_or(replies::NO_SUCH_ADDRESS)?;
        transaction.recipients.push(known);
        say(replies::RECIPIENT_OK)
    }

    /// RFC 2033 4.2: without an accepted recipient there is nobody whom a reply after the dot could be about.
    fn data(&mut self) -> Said {
        match &self.state {
            State::New | State::Greeted => Err(replies::MAIL_FIRST),
            State::Mail(transaction) if transaction.recipients.is_empty() => Err(replies::NO_RECIPIENT),
            State::Mail(_) => Ok(Step::Content(Reply::of(replies::GO_AHEAD))),
        }
    }

    fn transaction_ends(&mut self) {
        if self.is_under_way() {
            self.state = State::Greeted;
        }
    }
}

fn say(line: &str) -> Said {
    Ok(Step::Say(Reply::of(line)))
}

/// SMTP's grammar with LHLO in EHLO's place (RFC 2033 4.1).
fn parse(line: &[u8]) -> Result<Command, &'static str> {
    let parsed = match line.split_at_checked(4) {
        Some((word, rest)) if word.eq_ignore_ascii_case(b"LHLO") => Command::parse(&[b"EHLO", rest].concat()),
        Some((word, _)) if word.eq_ignore_ascii_case(b"EHLO") || word.eq_ignore_ascii_case(b"HELO") => {
            return Err(replies::SAY_LHLO);
        }
        _ => Command::parse(line),
    };
    parsed.map_err(|error| match error {
        SyntaxError::Unknown => replies::UNKNOWN_COMMAND,
        SyntaxError::Argument => replies::BAD_ARGUMENT,
        SyntaxError::Parameter => replies::BAD_PARAMETER,
        SyntaxError::NotAscii => replies::NOT_ASCII,
    })
}

/// The address of a path, without brackets and source route (RFC 5321 4.1.1.3: the route is to be ignored).
fn bare(path: &str) -> &str {
    let inside = path.strip_prefix('<').and_then(|path| path.strip_suffix('>')).unwrap_or(path);
    match inside.strip_prefix('@').and_then(|routed| routed.split_once(':')) {
        Some((_, address)) => address,
        None => inside,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialogue() -> Dialogue<u64> {
        Dialogue::new("mx.example", Limits { size: 1000, recipients: 2 })
    }

    /// Recipients are numbers here.
    fn said(dialogue: &mut Dialogue<u64>, line: &str) -> String {
        let knows = |address: &str| address.split('@').next()?.parse().ok();
        let (mark, reply) = match dialogue.hear(line.as_bytes(), knows) {
            Step::Say(reply) => ("", reply),
            Step::Content(reply) => ("content ", reply),
            Step::End(reply) => ("end ", reply),
        };
        format!("{mark}{}", String::from_utf8_lossy(reply.as_bytes()).trim_end())
    }

    fn code(dialogue: &mut Dialogue<u64>, line: &str) -> String {
        said(dialogue, line).chars().take_while(|c| *c != ' ').collect()
    }

    #[test]
    fn a_message_for_two_has_two_recipients_in_order() {
        let mut dialogue = dialogue();
        let hello = said(&mut dialogue, "lhlo relay.example");
        assert_eq!(
            hello.lines().collect::<Vec<_>>(),
            [
                "250-mx.example",
                "250-PIPELINING",
                "250-8BITMIME",
                "250-SMTPUTF8",
                "250-ENHANCEDSTATUSCODES",
                "250 SIZE 1000"
            ]
        );
        assert_eq!(code(&mut dialogue, "MAIL FROM:<bob@shop.example> SIZE=999 BODY=8BITMIME"), "250");
        assert_eq!(code(&mut dialogue, "RCPT TO:<2@reply.example>"), "250");
        assert_eq!(
            said(&mut dialogue, "RCPT TO:<x@reply.example>"),
            "550 5.1.1 Nobody reads this address: reply to our letter itself, or open its link"
        );
        assert_eq!(code(&mut dialogue, "RCPT TO:<@relay.example:1@reply.example>"), "250");
        assert_eq!(code(&mut dialogue, "RCPT TO:<3@reply.example>"), "452");
        assert_eq!(code(&mut dialogue, "DATA"), "content");
        let transaction = dialogue.transaction().unwrap();
        assert_eq!((transaction.from.as_str(), transaction.recipients), ("bob@shop.example", vec![2, 1]));
        assert_eq!(dialogue.transaction(), None);
        assert_eq!(code(&mut dialogue, "MAIL FROM:<>"), "250");
        assert_eq!(code(&mut dialogue, "QUIT"), "end");
    }

    #[test]
    fn commands_out_of_order_and_of_other_protocols_are_refused() {
        let mut dialogue = dialogue();
        for (line, expected) in [
            ("MAIL FROM:<a@b.example>", "503"),
            ("EHLO relay.example", "500"),
            ("HELO relay.example", "500"),
            ("LHLO", "501"),
            (
                "LHLO relay.example",
                "250-mx.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250",
            ),
            ("RCPT TO:<1@reply.example>", "503"),
            ("DATA", "503"),
            ("MAIL FROM:<a@b.example> SIZE=1001", "552"),
            ("MAIL FROM:<a@b.example> RET=HDRS", "555"),
            ("MAIL FROM:<a@b.example>", "250"),
            ("MAIL FROM:<a@b.example>", "503"),
            ("DATA", "503"),
            ("RCPT TO:<1@reply.example> NOTIFY=NEVER", "555"),
            ("RSET", "250"),
            ("RCPT TO:<1@reply.example>", "503"),
            ("BDAT 10 LAST", "502"),
            ("STARTTLS", "502"),
            ("nonsense", "500"),
            ("VRFY bob", "252"),
        ] {
            assert_eq!(code(&mut dialogue, line), expected, "{line}");
        }
    }

    #[test]
    fn guessing_ends_the_connection() {
        let mut dialogue = dialogue();
        code(&mut dialogue, "LHLO a.example");
        code(&mut dialogue, "MAIL FROM:<a@b.example>");
        let ends = (0..100).position(|_| code(&mut dialogue, "RCPT TO:<x@reply.example>") == "end");
        assert_eq!(ends, Some(20));
    }
}
