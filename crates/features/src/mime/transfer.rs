//! Transfer encodings (RFC 2045 6), decoded leniently: a stray character never hides the rest.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

use crate::bytes;

/// How a body is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Encoding {
    /// 7bit, 8bit, binary, none, or one that nobody decodes any more.
    #[default]
    Identity,
    /// Base64.
    Base64,
    /// Quoted-printable.
    QuotedPrintable,
}

impl Encoding {
    /// The encoding of a lower-case word, comments and what else follows left out; `None` when there is no such.
    pub(crate) fn of(word: &str) -> Option<Self> {
        let word =
            without_comments_before(word).split([' ', '\t', '(', ';']).next().unwrap_or_default().trim_matches('"');
        match word {
            "base64" => Some(Self::Base64),
            "quoted-printable" => Some(Self::QuotedPrintable),
            "" | "7bit" | "8bit" | "binary" | "uuencode" | "x-uuencode" | "uue" | "x-uue" => Some(Self::Identity),
            _ => None,
        }
    }
}

/// RFC 2045 5.1 allows comments wherever white space may stand.
fn without_comments_before(mut word: &str) -> &str {
    while let Some((_, rest)) = word.trim_start().strip_prefix('(').and_then(|comment| comment.split_once(')')) {
        word = rest;
    }
    word.trim_start()
}

/// A decoded body, perhaps only its first bytes.
#[derive(Debug)]
pub(crate) struct Decoded<'m> {
    /// The bytes.
    pub(crate) bytes: Cow<'m, [u8]>,
    /// Nothing stood in the encoded body that does not belong there.
    pub(crate) clean: bool,
    /// There is more than was asked for.
    pub(crate) cut: bool,
}

/// Decodes at most about `max` bytes.
pub(crate) fn decode(encoding: Encoding, body: &[u8], max: usize) -> Decoded<'_> {
    match encoding {
        Encoding::Identity => {
            Decoded { bytes: Cow::Borrowed(bytes::head(body, max)), clean: true, cut: body.len() > max }
        }
        Encoding::Base64 => base64(body, max),
        Encoding::QuotedPrintable => quoted_printable(body, max),
    }
}

/// About how many bytes a body has once decoded, without decoding it; line ends count one byte.
pub(crate) fn decoded_size(encoding: Encoding, body: &[u8]) -> usize {
    let returns = memchr_iter(b'\r', body).count();
    match encoding {
        Encoding::Base64 => {
            let line_ends = memchr_iter(b'\n', body).count().saturating_add(returns);
            let padding = body.trim_ascii_end().iter().rev().take_while(|byte| **byte == b'=').count().min(2);
            (body.len().saturating_sub(line_ends).saturating_mul(3) / 4).saturating_sub(padding)
        }
        Encoding::QuotedPrintable => {
            let escapes = memchr_iter(b'=', body).count().saturating_mul(2);
            body.len().saturating_sub(returns).saturating_sub(escapes)
        }
        Encoding::Identity => body.len().saturating_sub(returns),
    }
}

const PAD: u8 = 64;
const SPACE: u8 = 65;
const ALIEN: u8 = 66;

/// What each byte means in base64 (RFC 4648 4): its six bits, or one of the above.
const SIXBITS: [u8; 256] = sixbits();

#[allow(
    clippy::indexing_slicing,
    reason = "evaluated when the program is built; an index out of bounds would not compile"
)]
const fn sixbits() -> [u8; 256] {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [ALIEN; 256];
    let mut value = 0u8;
    while value < 64 {
        table[alphabet[value as usize] as usize] = value;
        value += 1;
    }
    table[b'=' as usize] = PAD;
    table[b' ' as usize] = SPACE;
    table[b'\t' as usize] = SPACE;
    table[b'\r' as usize] = SPACE;
    table[b'\n' as usize] = SPACE;
    table
}

/// In [`GROUP`]: the byte is not of the alphabet.
const NO_BITS: u32 = 1 << 31;

/// The bits of each of the four characters of a group, where they belong.
static GROUP: [[u32; 256]; 4] = [group(18), group(12), group(6), group(0)];

#[allow(
    clippy::indexing_slicing,
    reason = "evaluated when the program is built; an index out of bounds would not compile"
)]
const fn group(shift: u32) -> [u32; 256] {
    let mut table = [NO_BITS; 256];
    let mut byte = 0;
    while byte < 256 {
        if SIXBITS[byte] < PAD {
            table[byte] = (SIXBITS[byte] as u32) << shift;
        }
        byte += 1;
    }
    table
}

fn bits_of(table: &[u32; 256], byte: u8) -> u32 {
    table.get(usize::from(byte)).copied().unwrap_or(NO_BITS)
}

fn sixbit(byte: u8) -> u8 {
    SIXBITS.get(usize::from(byte)).copied().unwrap_or(ALIEN)
}

fn base64(body: &[u8], max: usize) -> Decoded<'static> {
    let mut decoder = Base64 { out: Vec::with_capacity(max.min(body.len())), bits: 0, count: 0, clean: true };
    let mut rest = body;
    while !rest.is_empty() && decoder.out.len() < max {
        rest = decoder.step(rest, max);
    }
    let cut = !rest.trim_ascii().is_empty();
    decoder.flush();
    Decoded { bytes: Cow::Owned(decoder.out), clean: decoder.clean, cut }
}

/// Groups of four characters that are decoded in one go: a little more than a line (RFC 2045 6.8) has.
const GROUPS: usize = 24;

struct Base64 {
    out: Vec<u8>,
    bits: u32,
    count: u8,
    clean: bool,
}

impl Base64 {
    /// Takes whole groups of four characters as long as there are such, else one character.
    fn step<'m>(&mut self, rest: &'m [u8], max: usize) -> &'m [u8] {
        let taken = if self.count == 0 { self.groups(rest, max) } else { 0 };
        if taken > 0 {
            return bytes::from(rest, taken);
        }
        let Some((byte, after)) = rest.split_first() else { return rest };
        self.push(sixbit(*byte));
        after
    }

    /// Decodes the groups at the beginning that hold nothing but the alphabet; how many characters that were.
    fn groups(&mut self, rest: &[u8], max: usize) -> usize {
        let wanted = max.saturating_sub(self.out.len()).div_ceil(3).min(GROUPS);
        let begin = self.out.len();
        self.out.resize(begin + wanted.min(rest.len() / 4) * 3, 0);
        let room = self.out.get_mut(begin..).unwrap_or_default();
        let mut groups = 0;
        for ([a, b, c, d], place) in rest.as_chunks().0.iter().zip(room.as_chunks_mut().0) {
            let bits = GROUP.iter().zip([a, b, c, d]).fold(0, |bits, (table, byte)| bits | bits_of(table, *byte));
            if bits & NO_BITS != 0 {
                break;
            }
            let [_, first, second, third] = bits.to_be_bytes();
            *place = [first, second, third];
            groups += 1;
        }
        self.out.truncate(begin + groups * 3);
        groups * 4
    }

    fn push(&mut self, value: u8) {
        match value {
            SPACE => {}
            // What follows the padding is another piece: some senders join encoded lines.
            PAD => self.flush(),
            ALIEN => self.clean = false,
            bits => {
                self.bits = self.bits << 6 | u32::from(bits);
                self.count += 1;
                if self.count == 4 {
                    let [_, a, b, c] = self.bits.to_be_bytes();
                    self.out.extend_from_slice(&[a, b, c]);
                    (self.bits, self.count) = (0, 0);
                }
            }
        }
    }

    /// Writes the whole bytes of an unfinished group.
    fn flush(&mut self) {
        let [_, a, b, _] = (self.bits << (6 * (4 - u32::from(self.count).min(4)))).to_be_bytes();
        match self.count {
            3 => self.out.extend_from_slice(&[a, b]),
            2 => self.out.push(a),
            _ => {}
        }
        (self.bits, self.count) = (0, 0);
    }
}

fn quoted_printable(body: &[u8], max: usize) -> Decoded<'_> {
    let mut out = Vec::with_capacity(max.min(body.len()));
    let mut clean = true;
    let mut rest = body;
    while let Some(at) = next_escape(bytes::head(rest, max.saturating_sub(out.len()))) {
        out.extend_from_slice(bytes::head(rest, at));
        let escaped = bytes::from(rest, at.saturating_add(1));
        let (byte, length) = escape(escaped).unwrap_or_else(|| {
            clean = false;
            (Some(b'='), 0)
        });
        if let Some(byte) = byte {
            out.push(byte);
        }
        rest = bytes::from(escaped, length);
    }
    let room = max.saturating_sub(out.len());
    out.extend_from_slice(bytes::head(rest, room));
    Decoded { bytes: Cow::Owned(out), clean, cut: rest.len() > room }
}

/// Where the next `=` is. The bytes of a character beyond ASCII stand side by side, where a search would cost more than a look.
fn next_escape(rest: &[u8]) -> Option<usize> {
    if rest.first() == Some(&b'=') { Some(0) } else { memchr(b'=', rest) }
}

/// What stands behind `=`: a byte or a soft line break, and its length; `None` when it is neither.
fn escape(rest: &[u8]) -> Option<(Option<u8>, usize)> {
    if let Some([high, low]) = rest.first_chunk::<2>()
        && let (Some(high), Some(low)) = (hex(*high), hex(*low))
    {
        return Some((Some(high << 4 | low), 2));
    }
    // White space may have been added at the end of the line on the way (RFC 2045 6.7).
    let padding = rest.iter().take(80).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let line_end = bytes::from(rest, padding);
    match line_end {
        [] => Some((None, padding)),
        [b'\n', ..] => Some((None, padding.saturating_add(1))),
        [b'\r', b'\n', ..] => Some((None, padding.saturating_add(2))),
        _ => None,
    }
}

fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(encoding: Encoding, body: &[u8]) -> (Vec<u8>, bool) {
        let decoded = decode(encoding, body, 1000);
        (decoded.bytes.into_owned(), decoded.clean)
    }

    #[test]
    fn base64_survives_strangers_padding_and_missing_padding() {
        let (ok, odd) = (true, false);
        assert_eq!(decoded(Encoding::Base64, b"SGVs\r\nbG8=\r\n"), (b"Hello".to_vec(), ok));
        assert_eq!(decoded(Encoding::Base64, b"SG!Vs\nbG8"), (b"Hello".to_vec(), odd));
        assert_eq!(decoded(Encoding::Base64, b"SGVsbG8=SGVsbG8="), (b"HelloHello".to_vec(), ok));
        assert_eq!(decoded(Encoding::Base64, b"S"), (Vec::new(), ok));
    }

    #[test]
    fn quoted_printable_survives_what_is_no_escape() {
        assert_eq!(decoded(Encoding::QuotedPrintable, b"caf=C3=a9=\r\n!= \n."), ("café!.".into(), true));
        assert_eq!(decoded(Encoding::QuotedPrintable, b"a==41 =zz="), (b"a=A =zz".to_vec(), false));
    }

    #[test]
    fn decoding_stops_at_the_bound() {
        let body = b"SGVs".repeat(1000);
        let decoded = decode(Encoding::Base64, &body, 30);
        assert_eq!((decoded.bytes.len(), decoded.cut), (30, true));
        let decoded = decode(Encoding::QuotedPrintable, &body, 30);
        assert_eq!((decoded.bytes.len(), decoded.cut), (30, true));
    }

    #[test]
    fn sizes_are_told_without_decoding() {
        assert_eq!(decoded_size(Encoding::Base64, b"SGVs\r\nbG8=\r\n"), 5);
        assert_eq!(decoded_size(Encoding::QuotedPrintable, b"caf=C3=A9"), 5);
        assert_eq!(decoded_size(Encoding::Identity, b"a\r\nb"), 3);
    }

    #[test]
    fn comments_behind_an_encoding_do_not_hide_it() {
        assert_eq!(Encoding::of("base64 (really)"), Some(Encoding::Base64));
        assert_eq!(Encoding::of("(a) (b) base64 (c)"), Some(Encoding::Base64));
        assert_eq!(Encoding::of("base-64"), None);
    }
}
