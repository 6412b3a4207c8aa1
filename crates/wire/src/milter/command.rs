//! Frames to commands: what the MTA says, with every field borrowed from the packet.

use super::field::Fields;
use super::negotiate::Offer;
use super::{Fault, Frame, MacroBlock};

/// What an MTA says.
#[derive(Debug, Clone, Copy)]
pub enum Command<'a> {
    /// `O`: what the MTA can do.
    Negotiate(Offer),
    /// `D`: macros of a step that follows.
    Macros(MacroBlock<'a>),
    /// `C`: a client has connected.
    Connect(Connect<'a>),
    /// `H`: HELO or EHLO, with its argument.
    Helo(&'a [u8]),
    /// `M`: MAIL FROM.
    Mail(EnvelopeAddress<'a>),
    /// `R`: RCPT TO.
    Recipient(EnvelopeAddress<'a>),
    /// `T`: DATA.
    Data,
    /// `L`: a header field. Folded values hold LF, never CRLF.
    Header {
        /// The field's name.
        name: &'a [u8],
        /// The field's value.
        value: &'a [u8],
    },
    /// `N`: the header section is over.
    EndOfHeaders,
    /// `B`: a piece of the body, as on the wire.
    Body(&'a [u8]),
    /// `E`: the message is over; some MTAs send the last piece of the body with it.
    EndOfBody(&'a [u8]),
    /// `A`: forget the message, keep the connection.
    Abort,
    /// `U`: an SMTP command the MTA does not know.
    Unknown(&'a [u8]),
    /// `Q`: the MTA will close the connection.
    Quit,
    /// `K`: the client has gone, another follows on this connection.
    NextClient,
}

/// The name of a command without its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "they are those of Command")]
pub enum Kind {
    Negotiate,
    Macros,
    Connect,
    Helo,
    Mail,
    Recipient,
    Data,
    Header,
    EndOfHeaders,
    Body,
    EndOfBody,
    Abort,
    Unknown,
    Quit,
    NextClient,
}

/// Who has connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connect<'a> {
    /// The client's name in DNS, or its address in brackets, or a word like `unknown` or `localhost`.
    pub host: &'a [u8],
    /// How its address is to be read.
    pub family: Family,
    /// The client's port; 0 where there is none. Postfix sends 0 for mail that did not come over SMTP.
    pub port: u16,
    /// The address as text, or the path of a Unix socket; empty when the family is unknown.
    pub address: &'a [u8],
}

/// The address family of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `U`: not told (standard input).
    Unknown,
    /// `L`: a Unix socket.
    Unix,
    /// `4`
    Inet,
    /// `6`
    Inet6,
}

/// An address of the envelope with the ESMTP parameters behind it.
#[derive(Debug, Clone, Copy)]
pub struct EnvelopeAddress<'a> {
    /// The address as the client wrote it, with or without angle brackets; empty or `<>` for the null sender.
    pub address: &'a [u8],
    parameters: Fields<'a>,
}

impl<'a> EnvelopeAddress<'a> {
    /// The value of an ESMTP parameter such as `SIZE` (RFC 1870), when it was given with one.
    pub fn parameter(&self, keyword: &str) -> Option<&'a [u8]> {
        let mut parameters = self.parameters;
        let value = |parameter: &'a [u8]| {
            let (name, value) = parameter.split_at_checked(keyword.len())?;
            value.strip_prefix(b"=").filter(|_| name.eq_ignore_ascii_case(keyword.as_bytes()))
        };
        std::iter::from_fn(|| parameters.string()).find_map(value)
    }
}

impl<'a> Command<'a> {
    /// Reads a command.
    ///
    /// # Errors
    /// [`Fault::UnknownCommand`] and [`Fault::Malformed`].
    pub fn parse(frame: Frame<'a>) -> Result<Self, Fault> {
        let fields = Fields(frame.data);
        let parsed = match frame.command {
            b'O' => Offer::parse(fields).map(Self::Negotiate),
            b'D' => MacroBlock::parse(fields).map(Self::Macros),
            b'C' => Connect::parse(fields).map(Self::Connect),
            b'H' => only_string(fields).map(Self::Helo),
            b'M' => envelope_address(fields).map(Self::Mail),
            b'R' => envelope_address(fields).map(Self::Recipient),
            b'T' => Some(Self::Data),
            b'L' => header(fields),
            b'N' => Some(Self::EndOfHeaders),
            b'B' => Some(Self::Body(frame.data)),
            b'E' => Some(Self::EndOfBody(frame.data)),
            b'A' => Some(Self::Abort),
            b'U' => only_string(fields).map(Self::Unknown),
            b'Q' => Some(Self::Quit),
            b'K' => Some(Self::NextClient),
            other => return Err(Fault::UnknownCommand(other)),
        };
        parsed.ok_or(Fault::Malformed(frame.command))
    }

    /// The command's name.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Negotiate(_) => Kind::Negotiate,
            Self::Macros(_) => Kind::Macros,
            Self::Connect(_) => Kind::Connect,
            Self::Helo(_) => Kind::Helo,
            Self::Mail(_) => Kind::Mail,
            Self::Recipient(_) => Kind::Recipient,
            Self::Data => Kind::Data,
            Self::Header { .. } => Kind::Header,
            Self::EndOfHeaders => Kind::EndOfHeaders,
            Self::Body(_) => Kind::Body,
            Self::EndOfBody(_) => Kind::EndOfBody,
            Self::Abort => Kind::Abort,
            Self::Unknown(_) => Kind::Unknown,
            Self::Quit => Kind::Quit,
            Self::NextClient => Kind::NextClient,
        }
    }
}

impl Kind {
    /// The command's byte.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Negotiate => b'O',
            Self::Macros => b'D',
            Self::Connect => b'C',
            Self::Helo => b'H',
            Self::Mail => b'M',
            Self::Recipient => b'R',
            Self::Data => b'T',
            Self::Header => b'L',
            Self::EndOfHeaders => b'N',
            Self::Body => b'B',
            Self::EndOfBody => b'E',
            Self::Abort => b'A',
            Self::Unknown => b'U',
            Self::Quit => b'Q',
            Self::NextClient => b'K',
        }
    }
}

impl<'a> Connect<'a> {
    fn parse(mut fields: Fields<'a>) -> Option<Self> {
        let host = fields.string()?;
        let family = match fields.byte()? {
            // Nothing follows, neither port nor address.
            b'U' => return Some(Self { host, family: Family::Unknown, port: 0, address: &[] }),
            b'L' => Family::Unix,
            b'4' => Family::Inet,
            b'6' => Family::Inet6,
            _ => return None,
        };
        Some(Self { host, family, port: fields.u16()?, address: fields.string()? })
    }
}

fn only_string(mut fields: Fields<'_>) -> Option<&[u8]> {
    fields.string()
}

fn envelope_address(mut fields: Fields<'_>) -> Option<EnvelopeAddress<'_>> {
    Some(EnvelopeAddress { address: fields.string()?, parameters: fields })
}

fn header(mut fields: Fields<'_>) -> Option<Command<'_>> {
    Some(Command::Header { name: fields.string()?, value: fields.string()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(command: u8, data: &[u8]) -> Result<Command<'_>, Fault> {
        Command::parse(Frame { command, data })
    }

    #[test]
    fn a_client_is_named_with_its_address() {
        let Ok(Command::Connect(client)) = parse(b'C', b"host.example\x004\x12\x67192.0.2.1\0") else { panic!() };
        assert_eq!((client.host, client.family, client.port), (&b"host.example"[..], Family::Inet, 4711));
        assert_eq!(client.address, b"192.0.2.1");
        let Ok(Command::Connect(client)) = parse(b'C', b"localhost\0U") else { panic!() };
        assert_eq!((client.family, client.port, client.address), (Family::Unknown, 0, &b""[..]));
    }

    #[test]
    fn the_null_sender_is_one_nul_and_parameters_follow() {
        let Ok(Command::Mail(mail)) = parse(b'M', b"\0") else { panic!() };
        assert_eq!(mail.address, b"");
        let Ok(Command::Mail(mail)) = parse(b'M', b"<a@a.example>\0BODY=8BITMIME\0size=12345\0SIZEX=1\0") else {
            panic!()
        };
        assert_eq!(mail.parameter("SIZE"), Some(&b"12345"[..]));
        assert_eq!(mail.parameter("RET"), None);
    }

    #[test]
    fn cut_packets_are_malformed() {
        for (command, data) in [
            (b'O', &b"\0\0\0\x06\0\0\x01\xff\0\x1f\xff"[..]),
            (b'D', b""),
            (b'D', b"Mi\0no value"),
            (b'C', b"host"),
            (b'C', b"host\0"),
            (b'C', b"host\x004\x12"),
            (b'C', b"host\x004\x12\x67192.0.2.1"),
            (b'C', b"host\09\x12\x67192.0.2.1\0"),
            (b'H', b"no end"),
            (b'M', b""),
            (b'R', b"<a@b.example>"),
            (b'L', b"Subject\0no end"),
            (b'L', b""),
        ] {
            assert_eq!(parse(command, data).err(), Some(Fault::Malformed(command)), "{data:?}");
        }
        assert_eq!(parse(b'?', b"").err(), Some(Fault::UnknownCommand(b'?')));
    }

    #[test]
    fn every_kind_has_the_byte_it_is_parsed_from() {
        for byte in b"ODCHMRTLNBEAUQK" {
            let data: &[u8] = match byte {
                b'O' => &[0; 12],
                b'D' => b"C",
                b'C' => b"h\0U",
                b'L' => b"a\0b\0",
                _ => b"x\0",
            };
            assert_eq!(parse(*byte, data).map(|command| command.kind().byte()), Ok(*byte));
        }
    }
}
