//! The content of a message on its way in: where it ends, and whether its line ends are clean (RFC 5321 4.5.2, 2.3.8).
//!
//! Security: CRLF.CRLF ends DATA, the CRLF of the DATA command counting as the first; LF.LF, LF.CRLF, CRLF.LF, CR.CR,
//! CRLF.CRCRLF and the rest of that family never do. A bare CR, a bare LF or a NUL is a [`Defect`]: some other server takes
//! it for a line end (or drops it) and finds a second message in the first. Refused or normalised, the true end is
//! waited for, so that what follows a false one is never run as commands.

/// What happens to content whose line ends aren't clean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnds {
    /// The message is to be refused.
    Refuse,
    /// A bare CR or LF becomes CRLF, a NUL is dropped.
    Normalise,
}

/// What is wrong with content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Defect {
    /// CR without LF.
    #[error("a CR without LF")]
    BareCr,
    /// LF without CR.
    #[error("an LF without CR")]
    BareLf,
    /// A NUL.
    #[error("a NUL character")]
    Nul,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    LineStart,
    Text,
    Cr,
    /// A dot at the start of a line.
    Dot,
    /// A dot at the start of a line, and a CR.
    DotCr,
    End,
}

/// Reads content as it comes, in pieces of any size.
#[derive(Debug)]
pub struct ContentReader {
    state: State,
    dotted: bool,
    line_ends: LineEnds,
    defect: Option<Defect>,
}

impl ContentReader {
    /// For DATA: dots are unstuffed and CRLF.CRLF ends.
    pub fn dotted(line_ends: LineEnds) -> Self {
        Self { state: State::LineStart, dotted: true, line_ends, defect: None }
    }

    /// For BDAT: the end is counted elsewhere, dots are nothing special, line ends are watched across chunks.
    pub fn counted(line_ends: LineEnds) -> Self {
        Self { state: State::Text, dotted: false, line_ends, defect: None }
    }

    /// Whether CRLF.CRLF has come.
    pub fn has_ended(&self) -> bool {
        self.state == State::End
    }

    /// What makes the content unacceptable; never set when line ends are normalised.
    pub fn defect(&self) -> Option<Defect> {
        self.defect
    }

    /// Reads a piece, adds the content in it to `out`, and tells how many bytes it took: all, or those up to the end.
    pub fn read(&mut self, input: &[u8], out: &mut Vec<u8>) -> usize {
        out.reserve(input.len());
        let mut rest = input;
        while !rest.is_empty() && !self.has_ended() {
            rest = match self.state {
                State::Text => self.text(rest, out),
                _ => self.step(rest, out),
            };
        }
        input.len() - rest.len()
    }

    /// The counted end of BDAT: a CR that still waits for its LF waits in vain.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if self.state == State::Cr {
            self.bare(Defect::BareCr, out);
        }
        self.state = State::End;
    }

    /// Up to the next byte that may matter; that one too.
    fn text<'i>(&mut self, input: &'i [u8], out: &mut Vec<u8>) -> &'i [u8] {
        let end = memchr::memchr3(b'\r', b'\n', 0, input).unwrap_or(input.len());
        let (plain, rest) = input.split_at_checked(end).unwrap_or((input, &[]));
        out.extend_from_slice(plain);
        let Some((byte, rest)) = rest.split_first() else { return rest };
        match byte {
            b'\r' => self.state = State::Cr,
            b'\n' => self.bare(Defect::BareLf, out),
            _ => self.bare(Defect::Nul, out),
        }
        rest
    }

    /// One byte, in a state where its place matters. A byte that belongs to the text is left to [`Self::text`].
    fn step<'i>(&mut self, input: &'i [u8], out: &mut Vec<u8>) -> &'i [u8] {
        let Some((byte, rest)) = input.split_first() else { return input };
        match (self.state, byte) {
            (State::LineStart, b'.') => self.state = State::Dot,
            (State::Dot, b'\r') => self.state = State::DotCr,
            (State::DotCr, b'\n') => self.state = State::End,
            (State::Cr, b'\n') => {
                out.extend_from_slice(b"\r\n");
                self.state = if self.dotted { State::LineStart } else { State::Text };
            }
            (State::Cr | State::DotCr, _) => {
                self.bare(Defect::BareCr, out);
                return input;
            }
            // The dot of a stuffed line is dropped (RFC 5321 4.5.2).
            _ => {
                self.state = State::Text;
                return input;
            }
        }
        rest
    }

    /// A line end that is none. What follows is in mid-line: no dot there is stuffed, none ends the message.
    fn bare(&mut self, defect: Defect, out: &mut Vec<u8>) {
        self.state = State::Text;
        match self.line_ends {
            LineEnds::Refuse => self.defect = self.defect.or(Some(defect)),
            LineEnds::Normalise if defect == Defect::Nul => {}
            LineEnds::Normalise => out.extend_from_slice(b"\r\n"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::smtp::stuffing::Stuffing;

    fn read(input: &[u8], line_ends: LineEnds) -> (ContentReader, Vec<u8>, usize) {
        let mut reader = ContentReader::dotted(line_ends);
        let mut out = Vec::new();
        let taken = reader.read(input, &mut out);
        (reader, out, taken)
    }

    #[test]
    fn only_crlf_dot_crlf_ends() {
        for (input, content) in [
            (&b"a\r\n.\r\n"[..], &b"a\r\n"[..]),
            (b".\r\n", b""),
            (b"..\r\n.\r\n", b".\r\n"),
            (b".a\r\n.\r\n", b"a\r\n"),
            (b"a\r\n..b\r\n.\r\n", b"a\r\n.b\r\n"),
        ] {
            let (reader, out, taken) = read(&[input, b"QUIT\r\n"].concat(), LineEnds::Refuse);
            assert!(reader.has_ended() && reader.defect().is_none(), "{input:?}");
            assert_eq!((out.as_slice(), taken), (content, input.len()));
        }
    }

    /// Every sequence some server has taken for the end: in neither mode does it end here, in neither does it leave.
    #[test]
    fn smuggling_sequences_never_end_and_never_leave() {
        let family: [&[u8]; 13] = [
            b"\n.\n",
            b"\n.\r",
            b"\r.\n",
            b"\r.\r",
            b"\n.\r\n",
            b"\r.\r\n",
            b"\r\n.\n",
            b"\r\n.\r",
            b"\r\n.\r\r\n",
            b"\r\r\n.\r\r\n",
            b"\r\n.\0\r\n",
            b"\r\n\0.\r\n",
            b"\r\n.\0\n",
        ];
        for sequence in family {
            let stream = [b"x", sequence, b"MAIL FROM:<eve@example.com>\r\n.\r\n"].concat();
            let (reader, _, taken) = read(&stream, LineEnds::Refuse);
            assert!(reader.defect().is_some(), "{sequence:?} passes");
            assert_eq!(taken, stream.len(), "{sequence:?} ends the message");
            let (reader, out, taken) = read(&stream, LineEnds::Normalise);
            assert!(reader.has_ended() && taken == stream.len(), "{sequence:?} ends the message when normalised");
            assert!(is_clean(&stuffed(&out)), "{sequence:?} leaves as {:?}", String::from_utf8_lossy(&out));
        }
    }

    /// Only CRLF ends lines, no NUL, and the first lone dot is the end.
    fn is_clean(wire: &[u8]) -> bool {
        let text = String::from_utf8_lossy(wire).into_owned();
        let lines: Vec<_> = text.split("\r\n").collect();
        let dots = lines.iter().filter(|line| **line == ".").count();
        !lines.concat().contains(['\r', '\n', '\0']) && dots == 1 && text.ends_with("\r\n.\r\n")
    }

    fn stuffed(content: &[u8]) -> Vec<u8> {
        let mut wire = Vec::new();
        let mut stuffing = Stuffing::default();
        stuffing.write(content, &mut wire);
        stuffing.end(&mut wire);
        wire
    }

    #[test]
    fn a_cr_at_the_end_of_the_last_chunk_is_bare() {
        let mut reader = ContentReader::counted(LineEnds::Refuse);
        let mut out = Vec::new();
        assert_eq!(reader.read(b"a\r\n.\r\nb\r", &mut out), 8);
        assert_eq!((reader.defect(), out.as_slice()), (None, &b"a\r\n.\r\nb"[..]));
        reader.finish(&mut out);
        assert_eq!(reader.defect(), Some(Defect::BareCr));
    }

    fn hostile() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'.'), Just(0u8), Just(b'a')], 0..40)
    }

    proptest! {
        /// What a correct client sends comes out byte for byte, however it is cut.
        #[test]
        fn stuffed_content_comes_out_as_it_was(
            lines in proptest::collection::vec("[.a]{0,4}", 0..12), cut in 1usize..9,
        ) {
            let content: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
            let mut reader = ContentReader::dotted(LineEnds::Refuse);
            let mut out = Vec::new();
            for piece in stuffed(content.as_bytes()).chunks(cut) {
                prop_assert_eq!(reader.read(piece, &mut out), piece.len());
            }
            prop_assert!(reader.has_ended() && reader.defect().is_none());
            prop_assert_eq!(out, content.into_bytes());
        }

        /// Whatever comes: the end is the first CRLF.CRLF, and normalised content is clean on its way out.
        #[test]
        fn the_end_is_where_rfc_5321_says(body in hostile()) {
            let stream = [b"\r\n", body.as_slice(), b"\r\n.\r\n"].concat();
            let end = memchr::memmem::find(&stream, b"\r\n.\r\n").unwrap() + 5 - 2;
            for mode in [LineEnds::Refuse, LineEnds::Normalise] {
                let (reader, out, taken) = read(&stream[2..], mode);
                prop_assert!(reader.has_ended());
                prop_assert_eq!(taken, end);
                if reader.defect().is_none() && !out.is_empty() {
                    prop_assert!(is_clean(&stuffed(&out)));
                }
            }
        }

        /// Cutting the stream elsewhere changes nothing.
        #[test]
        fn pieces_do_not_matter(body in hostile(), cut in 1usize..5) {
            for mode in [LineEnds::Refuse, LineEnds::Normalise] {
                let (whole, expected, _) = read(&body, mode);
                let mut reader = ContentReader::dotted(mode);
                let mut out = Vec::new();
                for piece in body.chunks(cut) {
                    reader.read(piece, &mut out);
                }
                prop_assert_eq!((reader.defect(), reader.has_ended()), (whole.defect(), whole.has_ended()));
                prop_assert_eq!(out, expected);
            }
        }
    }
}
