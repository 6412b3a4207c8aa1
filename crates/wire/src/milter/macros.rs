//! The macros of a connection, by the step they belong to.
//!
//! A step's macros live until the step comes again; those of a message end with it. Limits: a step keeps at most
//! [`MAX_MACROS`] macros and [`MAX_BLOCK`] bytes, what comes beyond is dropped.

use super::Kind;
use super::field::Fields;

/// The most bytes kept for one step, names and values with their NULs.
pub const MAX_BLOCK: usize = 16 * 1024;
/// The most macros kept for one step; Sendmail sends at most 50.
pub const MAX_MACROS: usize = 64;
/// Room that a step may keep between messages, so that ordinary ones don't allocate each time.
const KEPT: usize = 512;

/// The steps a list of macros can be asked for, with the numbers of the negotiation (`SMFIM_*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MacroStage {
    /// The client connects.
    Connect = 0,
    /// HELO.
    Helo = 1,
    /// MAIL FROM.
    Mail = 2,
    /// RCPT TO.
    Recipient = 3,
    /// DATA.
    Data = 4,
    /// The end of the message.
    EndOfMessage = 5,
    /// The end of the header section; comes before [`Self::EndOfMessage`], though its number is higher.
    EndOfHeaders = 6,
}

impl MacroStage {
    const COUNT: usize = 7;

    /// The stage of a command; header fields, body and unknown commands have none.
    pub const fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Connect => Some(Self::Connect),
            Kind::Helo => Some(Self::Helo),
            Kind::Mail => Some(Self::Mail),
            Kind::Recipient => Some(Self::Recipient),
            Kind::Data => Some(Self::Data),
            Kind::EndOfHeaders => Some(Self::EndOfHeaders),
            Kind::EndOfBody => Some(Self::EndOfMessage),
            _ => None,
        }
    }

    const fn of_byte(command: u8) -> Option<Self> {
        match command {
            b'C' => Some(Self::Connect),
            b'H' => Some(Self::Helo),
            b'M' => Some(Self::Mail),
            b'R' => Some(Self::Recipient),
            b'T' => Some(Self::Data),
            b'N' => Some(Self::EndOfHeaders),
            b'E' => Some(Self::EndOfMessage),
            _ => None,
        }
    }

    /// Its place in the order of a session.
    const fn place(self) -> usize {
        match self {
            Self::EndOfHeaders => 5,
            Self::EndOfMessage => 6,
            other => other as usize,
        }
    }
}

/// The data of a `D` packet: the step it belongs to, then names and values in turn. The list may be empty.
#[derive(Debug, Clone, Copy)]
pub struct MacroBlock<'a> {
    /// The step; `None` for one whose macros nobody asks for.
    pub stage: Option<MacroStage>,
    pairs: Fields<'a>,
}

impl<'a> MacroBlock<'a> {
    pub(super) fn parse(mut fields: Fields<'a>) -> Option<Self> {
        let stage = MacroStage::of_byte(fields.byte()?);
        let block = Self { stage, pairs: fields };
        pairs(&mut fields).for_each(drop);
        fields.is_empty().then_some(block)
    }
}

/// Names and values, for as long as both are whole.
fn pairs<'a, 'f>(fields: &'f mut Fields<'a>) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a, 'f> {
    std::iter::from_fn(|| Some((fields.string()?, fields.string()?)))
}

/// What the MTA has told so far.
#[derive(Debug, Default)]
pub struct Macros([Kept; MacroStage::COUNT]);

/// One step's macros as they came, and whether the step itself has come since.
#[derive(Debug, Default)]
struct Kept {
    bytes: Vec<u8>,
    entered: bool,
}

impl Macros {
    /// The value of a macro, from the latest step that has it. `name` is written without braces; the MTA may send
    /// `i` as `i` or `{i}`. A macro that is sent empty counts as not sent.
    pub fn value(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().rev().find_map(|kept| kept.value(name))
    }

    /// Like [`Self::value`], of one step only.
    pub fn value_at(&self, stage: MacroStage, name: &str) -> Option<&[u8]> {
        self.0.get(stage.place()).and_then(|kept| kept.value(name))
    }

    /// Whether the step brought any macro at all.
    pub fn any_at(&self, stage: MacroStage) -> bool {
        self.0.get(stage.place()).is_some_and(|kept| !kept.bytes.is_empty())
    }

    /// Keeps the macros of a step that is about to come, instead of those it had.
    pub(super) fn store(&mut self, block: MacroBlock<'_>) {
        let Some(kept) = block.stage.and_then(|stage| self.0.get_mut(stage.place())) else { return };
        kept.clear();
        let mut fields = block.pairs;
        pairs(&mut fields).take(MAX_MACROS).for_each(|(name, value)| kept.push(name, value));
    }

    /// The step comes: what later steps had belongs to the past, and so do its own macros when none came with it.
    pub(super) fn enter(&mut self, stage: MacroStage) {
        let mut steps = self.0.iter_mut().skip(stage.place());
        if let Some(kept) = steps.next() {
            if kept.entered {
                kept.clear();
            }
            kept.entered = true;
        }
        steps.for_each(Kept::clear);
    }

    /// The message is over.
    pub(super) fn end_message(&mut self) {
        self.forget_from(MacroStage::Mail);
    }

    /// The client has gone.
    pub(super) fn end_client(&mut self) {
        self.forget_from(MacroStage::Connect);
    }

    fn forget_from(&mut self, stage: MacroStage) {
        self.0.iter_mut().skip(stage.place()).for_each(Kept::clear);
    }
}

impl Kept {
    fn value(&self, name: &str) -> Option<&[u8]> {
        let mut fields = Fields(&self.bytes);
        let found = pairs(&mut fields).find(|(sent, _)| unbraced(sent) == name.as_bytes());
        found.map(|(_, value)| value).filter(|value| !value.is_empty())
    }

    fn push(&mut self, name: &[u8], value: &[u8]) {
        if self.bytes.len() + name.len() + value.len() + 2 > MAX_BLOCK {
            return;
        }
        for string in [name, value] {
            self.bytes.extend_from_slice(string);
            self.bytes.push(0);
        }
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(KEPT);
        self.entered = false;
    }
}

fn unbraced(name: &[u8]) -> &[u8] {
    name.strip_prefix(b"{").and_then(|inner| inner.strip_suffix(b"}")).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(macros: &mut Macros, data: &[u8]) {
        macros.store(MacroBlock::parse(Fields(data)).unwrap());
    }

    #[test]
    fn names_come_with_and_without_braces_and_empty_is_not_sent() {
        let mut macros = Macros::default();
        store(&mut macros, b"Mi\0Q1\0{auth_authen}\0bob\0{mail_addr}\0\0");
        assert_eq!(macros.value("i"), Some(&b"Q1"[..]));
        assert_eq!(macros.value("auth_authen"), Some(&b"bob"[..]));
        assert_eq!(macros.value("mail_addr"), None);
        assert!(macros.any_at(MacroStage::Mail) && !macros.any_at(MacroStage::Connect));
        store(&mut macros, b"E{i}\0Q2\0");
        assert_eq!(macros.value("i"), Some(&b"Q2"[..]));
        assert_eq!(macros.value_at(MacroStage::Mail, "i"), Some(&b"Q1"[..]));
    }

    #[test]
    fn macros_end_with_their_step_and_with_their_message() {
        let mut macros = Macros::default();
        store(&mut macros, b"Cj\0mx.example\0");
        macros.enter(MacroStage::Connect);
        store(&mut macros, b"M{auth_authen}\0bob\0");
        macros.enter(MacroStage::Mail);
        assert_eq!(macros.value("auth_authen"), Some(&b"bob"[..]));
        macros.enter(MacroStage::Mail);
        assert_eq!(macros.value("auth_authen"), None, "a second MAIL without macros has no login");
        store(&mut macros, b"Ei\0Q1\0");
        macros.end_message();
        assert_eq!(macros.value("i"), None);
        assert_eq!(macros.value("j"), Some(&b"mx.example"[..]));
        macros.end_client();
        assert_eq!(macros.value("j"), None);
    }

    #[test]
    fn a_new_mail_ends_what_the_last_message_told() {
        let mut macros = Macros::default();
        macros.enter(MacroStage::Mail);
        store(&mut macros, b"Ei\0Q1\0");
        macros.enter(MacroStage::EndOfMessage);
        store(&mut macros, b"M{mail_addr}\0a@a.example\0");
        macros.enter(MacroStage::Mail);
        assert_eq!(macros.value("i"), None);
        assert_eq!(macros.value("mail_addr"), Some(&b"a@a.example"[..]));
    }

    #[test]
    fn count_and_size_are_bounded() {
        let mut macros = Macros::default();
        let many: Vec<u8> = (0..100).flat_map(|n| format!("n{n}\0v\0").into_bytes()).collect();
        store(&mut macros, &[b"M", &many[..]].concat());
        assert_eq!(macros.value("n63"), Some(&b"v"[..]));
        assert_eq!(macros.value("n64"), None);
        store(&mut macros, &[b"Mbig\0", &[b'x'; MAX_BLOCK][..], b"\0small\0v\0"].concat());
        assert_eq!(macros.value("big"), None);
        assert_eq!(macros.value("small"), Some(&b"v"[..]));
        macros.end_message();
        assert!(macros.0.iter().all(|kept| kept.bytes.capacity() <= KEPT));
    }
}
