//! What is kept of a message behind its beginning.
//!
//! Security: whoever writes the message chooses what stands there. It is read line by line and leniently: any line that may
//! divide parts (RFC 2046 5.1) and has a header field behind it begins one, whether its boundary was declared or not. Memory is
//! bounded by the room, a line and a tail.

use std::mem::take;

use memchr::{memchr, memmem, memrchr};

/// A longer line is read in pieces of this size, in bytes.
pub(super) const MAX_LINE: usize = 4096;
/// A delimiter line longer than this is none.
const MAX_DELIMITER: usize = 400;
/// Kept of the beginning of each text, in bytes.
const TEXT: usize = 64 * 1024;
/// Kept of the end of each text, in bytes.
const TAIL: usize = 32 * 1024;
/// Kept of all else, in bytes: it tells what it is.
const OTHER: usize = 1024;
/// A field that tells a part's type is read so far, in bytes.
const MAX_FIELD: usize = 2048;

/// The body of a part.
#[derive(Debug, Clone, Copy)]
enum Body {
    /// Shown as text; so many bytes of its beginning are still kept.
    Text(usize),
    /// A file, or what stands around the parts of a multipart.
    Other(usize),
}

#[derive(Debug)]
enum Place {
    Header(Kind),
    Body(Body),
}

/// What a header section has told of its part so far.
#[derive(Debug, Default)]
struct Kind {
    /// The field that is being read, when it is one of those that matter; lower case.
    field: Vec<u8>,
    is_other: bool,
}

impl Kind {
    fn read(&mut self, line: &[u8]) {
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            self.settle();
            let matters = [&b"content-type:"[..], b"content-disposition:"]
                .iter()
                .any(|name| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)));
            if !matters {
                return;
            }
        } else if self.field.is_empty() {
            return;
        }
        let room = MAX_FIELD.saturating_sub(self.field.len());
        self.field.extend(line.iter().take(room).map(u8::to_ascii_lowercase));
    }

    /// The field is whole.
    fn settle(&mut self) {
        let field = take(&mut self.field);
        let Some(colon) = field.iter().position(|byte| *byte == b':') else { return };
        let (name, value) = field.split_at(colon);
        let value = value.get(1..).unwrap_or_default().trim_ascii_start();
        self.is_other |= match name {
            b"content-disposition" => value.starts_with(b"attachment"),
            // A multipart's own body is what stands in front of its first part.
            _ => value.contains(&b'/') && !value.starts_with(b"text/") && !value.starts_with(b"message/"),
        };
    }

    fn body(mut self) -> Body {
        self.settle();
        if self.is_other { Body::Other(OTHER) } else { Body::Text(TEXT) }
    }
}

/// Reads what lies behind the beginning, and chooses.
#[derive(Debug)]
pub(super) struct Rest {
    place: Place,
    /// The line that has begun, and whether its beginning was taken already.
    line: Vec<u8>,
    in_line: bool,
    /// A line that begins a part if a header section follows.
    held: Vec<u8>,
    /// The last bytes of the text that is being left out.
    tail: Vec<u8>,
    room: usize,
    has_lost_text: bool,
}

impl Rest {
    /// What comes behind those lines, of which `room` bytes are kept.
    pub(super) fn behind(beginning: &[u8], room: usize) -> Self {
        let mut rest = Self {
            place: Place::Header(Kind::default()),
            line: Vec::new(),
            in_line: false,
            held: Vec::new(),
            tail: Vec::new(),
            room: 0,
            has_lost_text: false,
        };
        rest.push(beginning, &mut Vec::new());
        rest.held.clear();
        rest.tail.clear();
        rest.place = match rest.place {
            Place::Body(Body::Text(_)) => Place::Body(Body::Text(TEXT)),
            Place::Body(Body::Other(_)) => Place::Body(Body::Other(0)),
            header @ Place::Header(_) => header,
        };
        (rest.room, rest.has_lost_text) = (room, false);
        rest
    }

    /// Whether nothing more will be kept.
    pub(super) fn is_full(&self) -> bool {
        self.room == 0
    }

    /// Whether text was left out for want of room.
    pub(super) fn has_lost_text(&self) -> bool {
        self.has_lost_text
    }

    /// Takes what comes next; what is kept of it goes to `out`.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut rest = self.behind_what_is_left_out(bytes);
        while !rest.is_empty() {
            let end = memchr(b'\n', rest.get(..MAX_LINE).unwrap_or(rest)).map_or(rest.len().min(MAX_LINE), |at| at + 1);
            let (piece, behind) = rest.split_at(end);
            self.push_piece(piece, out);
            rest = self.behind_what_is_left_out(behind);
        }
    }

    /// A file is passed over up to the next line that may end it, without a look at each of its lines.
    fn behind_what_is_left_out<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        let is_left_out = matches!(self.place, Place::Body(Body::Other(0))) && self.held.is_empty();
        if !is_left_out || self.in_line || !self.line.is_empty() || bytes.starts_with(b"-") {
            return bytes;
        }
        let lines_end = memmem::find(bytes, b"\n-").or_else(|| memrchr(b'\n', bytes));
        lines_end.and_then(|at| bytes.get(at + 1..)).unwrap_or(bytes)
    }

    /// A line, or a piece of one.
    fn push_piece(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        if self.line.len() + piece.len() > MAX_LINE {
            self.take_line(out);
        }
        self.line.extend_from_slice(piece);
        if piece.ends_with(b"\n") {
            self.take_line(out);
            self.in_line = false;
        }
    }

    /// The message has ended.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        self.take_line(out);
        let held = take(&mut self.held);
        self.body_line(&held, out);
        self.end_text(out);
    }

    fn take_line(&mut self, out: &mut Vec<u8>) {
        let line = take(&mut self.line);
        if !line.is_empty() {
            let begins = !self.in_line;
            self.read(&line, begins, out);
            self.in_line = true;
        }
        self.line = line;
        self.line.clear();
    }

    fn read(&mut self, line: &[u8], begins: bool, out: &mut Vec<u8>) {
        let held = take(&mut self.held);
        if !held.is_empty() {
            self.settle(&held, line, out);
        }
        match &mut self.place {
            Place::Header(kind) if begins && line.trim_ascii().is_empty() => {
                self.place = Place::Body(take(kind).body());
                self.keep(line, out);
            }
            // Many readers take what is no field for the beginning of the text.
            Place::Header(kind) if begins && !is_field(line) && !line.starts_with(b" ") && !line.starts_with(b"\t") => {
                self.place = Place::Body(take(kind).body());
                self.body_line(line, out);
            }
            Place::Header(kind) => {
                if begins {
                    kind.read(line);
                }
                self.keep(line, out);
            }
            Place::Body(_) if begins && may_divide(line) => self.held = line.to_vec(),
            Place::Body(_) => self.body_line(line, out),
        }
    }

    /// A line may have divided parts: the one behind it decides.
    fn settle(&mut self, held: &[u8], line: &[u8], out: &mut Vec<u8>) {
        if line.trim_ascii().is_empty() || is_field(line) {
            self.end_text(out);
            self.keep(held, out);
            self.place = Place::Header(Kind::default());
        } else {
            self.body_line(held, out);
        }
    }

    fn body_line(&mut self, line: &[u8], out: &mut Vec<u8>) {
        match &mut self.place {
            // A closing delimiter ends the multipart for the reader of what is kept.
            Place::Body(Body::Other(_)) if may_close(line) => self.keep(line, out),
            Place::Body(Body::Text(left) | Body::Other(left)) if *left >= line.len() => {
                *left -= line.len();
                self.keep(line, out);
            }
            Place::Body(Body::Text(left)) => {
                *left = 0;
                self.tail.extend_from_slice(line);
                self.shorten_tail();
            }
            Place::Body(Body::Other(left)) => *left = 0,
            Place::Header(_) => self.keep(line, out),
        }
    }

    fn shorten_tail(&mut self) {
        if self.tail.len() < 2 * TAIL {
            return;
        }
        let from = self.tail.len() - TAIL;
        let line_end = self.tail.iter().skip(from).position(|byte| *byte == b'\n').map_or(from, |at| from + at + 1);
        self.tail.drain(..line_end);
    }

    fn end_text(&mut self, out: &mut Vec<u8>) {
        let tail = take(&mut self.tail);
        self.keep(&tail, out);
    }

    fn keep(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let kept = bytes.get(..self.room).unwrap_or(bytes);
        self.room -= kept.len();
        out.extend_from_slice(kept);
        self.has_lost_text |= kept.len() < bytes.len();
    }
}

/// Whether a line may be the delimiter of a multipart that goes on.
fn may_divide(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    line.starts_with(b"--") && line.len() <= MAX_DELIMITER && !line.iter().all(|byte| *byte == b'-')
}

fn may_close(line: &[u8]) -> bool {
    may_divide(line) && line.trim_ascii_end().ends_with(b"--")
}

/// Whether a line begins a header field (RFC 5322 2.2).
fn is_field(line: &[u8]) -> bool {
    let name = line.iter().take_while(|byte| byte.is_ascii_graphic() && **byte != b':').count();
    name > 0 && line.get(name) == Some(&b':')
}
