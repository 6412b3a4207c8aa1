//! Replies to bytes.

use super::{Agreed, MacroStage, ReplyText, Wanted};

/// What a milter says. Which of them may be said when is up to the caller and to what was [`Agreed`].
#[derive(Debug, Clone, Copy)]
pub enum Reply<'a> {
    /// `O`: what both sides keep to. The list of macros rides behind it.
    Negotiated(&'a Agreed, &'static Wanted),
    /// `c`: go on.
    Continue,
    /// `a`: the message passes; at the connection and HELO the whole session does.
    Accept,
    /// `r`: refused with the MTA's own words, 5xx.
    Reject,
    /// `t`: refused with the MTA's own words, 4xx.
    Tempfail,
    /// `d`: accepted and thrown away.
    Discard,
    /// `s`: enough was seen of this step's kind.
    Skip,
    /// `p`: the answer takes longer; restarts the MTA's timer. Only at the end of the message.
    Progress,
    /// `y`: refused with these words.
    Refuse(&'a ReplyText),
    /// `h`: a header field at the end of the section. Only at the end of the message, like all that follow.
    AddHeader(&'a str, &'a str),
    /// `i`: a header field at an index; 0 is above everything.
    InsertHeader(u32, &'a str, &'a str),
    /// `m`: another value for the n-th field of that name, counted from 1; an empty value deletes it.
    ChangeHeader(u32, &'a str, &'a str),
    /// `q`: hold the message; a verdict must follow.
    Quarantine(&'a str),
    /// `4`: 421 and the end of the SMTP session. Postfix only: Sendmail takes it for an error.
    Shutdown,
}

impl Reply<'_> {
    /// Appends the packet.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match *self {
            Self::Negotiated(agreed, wanted) => negotiated(agreed, wanted, out),
            Self::Continue => packet(out, b'c', &[]),
            Self::Accept => packet(out, b'a', &[]),
            Self::Reject => packet(out, b'r', &[]),
            Self::Tempfail => packet(out, b't', &[]),
            Self::Discard => packet(out, b'd', &[]),
            Self::Skip => packet(out, b's', &[]),
            Self::Progress => packet(out, b'p', &[]),
            Self::Shutdown => packet(out, b'4', &[]),
            Self::Refuse(text) => packet(out, b'y', &[text.as_bytes(), NUL]),
            Self::AddHeader(name, value) => packet(out, b'h', &[string(name), NUL, string(value), NUL]),
            Self::InsertHeader(index, name, value) => indexed(out, b'i', index, name, value),
            Self::ChangeHeader(index, name, value) => indexed(out, b'm', index, name, value),
            Self::Quarantine(reason) => packet(out, b'q', &[string(reason), NUL]),
        }
    }
}

const NUL: &[u8] = &[0];

fn indexed(out: &mut Vec<u8>, command: u8, index: u32, name: &str, value: &str) {
    packet(out, command, &[&index.to_be_bytes(), string(name), NUL, string(value), NUL]);
}

/// A string ends at its first NUL for the MTA, too: what follows would be read as the next field.
fn string(text: &str) -> &[u8] {
    text.split('\0').next().unwrap_or_default().as_bytes()
}

fn negotiated(agreed: &Agreed, wanted: &Wanted, out: &mut Vec<u8>) {
    let mut data = Vec::new();
    for number in [agreed.version, agreed.actions.0, agreed.steps.0] {
        data.extend_from_slice(&number.to_be_bytes());
    }
    if agreed.actions.has(super::Actions::SET_MACROS) {
        wanted.macros.iter().for_each(|(stage, names)| macro_list(&mut data, *stage, names));
    }
    packet(out, b'O', &[&data]);
}

fn macro_list(data: &mut Vec<u8>, stage: MacroStage, names: &str) {
    data.extend_from_slice(&(stage as u32).to_be_bytes());
    data.extend_from_slice(string(names));
    data.push(0);
}

fn packet(out: &mut Vec<u8>, command: u8, parts: &[&[u8]]) {
    let length = parts.iter().map(|part| part.len()).sum::<usize>() + 1;
    // Replies are made from our own bounded texts; a length beyond four bytes can't be reached.
    out.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    out.push(command);
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::milter::{Actions, Offer, Steps};

    fn bytes(reply: Reply<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        reply.encode(&mut out);
        out
    }

    #[test]
    fn replies_are_framed() {
        let plain = [
            (Reply::Continue, b'c'),
            (Reply::Accept, b'a'),
            (Reply::Reject, b'r'),
            (Reply::Tempfail, b't'),
            (Reply::Discard, b'd'),
            (Reply::Skip, b's'),
            (Reply::Progress, b'p'),
            (Reply::Shutdown, b'4'),
        ];
        for (reply, command) in plain {
            assert_eq!(bytes(reply), [0, 0, 0, 1, command]);
        }
        assert_eq!(bytes(Reply::AddHeader("X-A", " b")), b"\0\0\0\x08hX-A\0 b\0");
        assert_eq!(bytes(Reply::InsertHeader(1, "X", "b")), b"\0\0\0\x09i\0\0\0\x01X\0b\0");
        assert_eq!(bytes(Reply::ChangeHeader(2, "X", "")), b"\0\0\0\x08m\0\0\0\x02X\0\0");
        assert_eq!(bytes(Reply::Quarantine("why\0h")), b"\0\0\0\x05qwhy\0");
    }

    #[test]
    fn the_macro_list_rides_behind_the_negotiation_when_it_was_offered() {
        static WANTED: Wanted = Wanted {
            actions: Actions::SET_MACROS,
            steps: Steps::SKIP,
            steps_without_skip: Steps(0),
            macros: &[(MacroStage::Mail, "i {auth_authen}"), (MacroStage::EndOfMessage, "i")],
        };
        let offer = Offer { version: 6, actions: Actions(0x1ff), steps: Steps(0x1f_ffff) };
        let head = b"O\0\0\0\x06\0\0\x01\0\0\0\x04\0";
        let list = b"\0\0\0\x02i {auth_authen}\0\0\0\0\x05i\0";
        let agreed = WANTED.agree(offer).unwrap();
        assert_eq!(bytes(Reply::Negotiated(&agreed, &WANTED))[4..], [&head[..], list].concat());
        let agreed = WANTED.agree(Offer { actions: Actions(0x3f), ..offer }).unwrap();
        assert_eq!(bytes(Reply::Negotiated(&agreed, &WANTED)), b"\0\0\0\x0dO\0\0\0\x06\0\0\0\0\0\0\x04\0");
    }
}
