//! What a person has confirmed as spam or as ham, by fingerprint. Kept until a person forgets it.

use model::circumstances::Confirmation;
use model::{AccountName, Timestamp};

use crate::codec::{Reader, Writer};
use crate::print::{Print, Prints};

/// More are refused: whoever confirms by the thousand wants the classifier.
const MAX: usize = 2000;
/// So much of the text has to be the same for a message to be what was confirmed as ham, in percent. A thief may know the
/// text, and add to it.
const HAM_PERCENT: u32 = 80;

/// One confirmed message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmedPrint {
    /// Its name: twelve digits of the fingerprint's hash.
    pub id: String,
    /// What it is.
    pub word: Confirmation,
    /// When it was confirmed.
    pub at: Timestamp,
    /// Who confirmed it.
    pub by: String,
    /// Its fingerprints.
    pub prints: Prints,
}

/// Why a message was not confirmed. The sentence is for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfirmRefused {
    /// Nothing to compare with.
    NoPrint,
    /// Too many already.
    Full,
}

impl std::fmt::Display for ConfirmRefused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoPrint => f.write_str(
                "the message has no fingerprint: its text is shorter than 20 words, and it has neither links nor attachments",
            ),
            Self::Full => write!(f, "{MAX} messages are confirmed already: forget some"),
        }
    }
}

impl std::error::Error for ConfirmRefused {}

/// All of them. Looked through one by one: they are few.
#[derive(Debug, Default)]
pub(crate) struct Confirmed(Vec<ConfirmedPrint>);

impl Confirmed {
    /// What was said of a message's like; of several, that of the nearest, spam before ham.
    pub(crate) fn word_on(&self, prints: &Prints) -> Option<Confirmation> {
        let matching = self.0.iter().filter_map(|known| Some((nearness(&known.prints, known.word, prints)?, known)));
        let nearest = matching.max_by_key(|(near, known)| (*near, known.word == Confirmation::Spam));
        nearest.map(|(_, known)| known.word)
    }

    /// Adds one; what was said of the same message before is replaced.
    pub(crate) fn add(&mut self, confirmed: ConfirmedPrint) -> Result<(), ConfirmRefused> {
        self.0.retain(|known| known.id != confirmed.id);
        if self.0.len() >= MAX {
            return Err(ConfirmRefused::Full);
        }
        self.0.push(confirmed);
        Ok(())
    }

    /// Takes one out.
    pub(crate) fn remove(&mut self, id: &str) -> Option<ConfirmedPrint> {
        let place = self.0.iter().position(|known| known.id == id)?;
        Some(self.0.remove(place))
    }

    /// All of them, latest first.
    pub(crate) fn all(&self) -> Vec<ConfirmedPrint> {
        self.0.iter().rev().cloned().collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// How near a message is to a confirmed one, in percent. Text tells, else attachments, else links; ham must also link
/// nowhere else and attach nothing else.
fn nearness(theirs: &Prints, word: Confirmation, prints: &Prints) -> Option<u32> {
    let same_files = theirs.files == prints.files;
    let same_links = theirs.links == prints.links;
    let percent = match (&theirs.text, &prints.text) {
        (Some(one), Some(other)) => one.nearness(other).map(|_| one.percent(other)),
        (None, None) if theirs.files.is_some() && same_files => Some(100),
        (None, None) if theirs.files.is_none() && prints.files.is_none() && theirs.links.is_some() && same_links => {
            Some(100)
        }
        _ => None,
    }?;
    match word {
        Confirmation::Spam => Some(percent),
        Confirmation::Ham => (percent >= HAM_PERCENT && same_files && same_links).then_some(percent),
    }
}

impl ConfirmedPrint {
    /// What is to be remembered of a message.
    pub(crate) fn new(prints: Prints, word: Confirmation, by: &str, at: Timestamp) -> Result<Self, ConfirmRefused> {
        if prints.is_empty() {
            return Err(ConfirmRefused::NoPrint);
        }
        // The language is a sender's habit, not the message's.
        let prints = Prints { language: None, ..prints };
        let hash = xxhash_rust::xxh3::xxh3_64(&prints.to_bytes());
        let by = AccountName::new(by).map_or_else(|| "operator".into(), |name| name.to_string());
        Ok(Self { id: format!("{:012x}", hash >> 16), word, at, by, prints })
    }

    /// As it is written down.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.u8(match self.word {
            Confirmation::Spam => 0,
            Confirmation::Ham => 1,
        });
        out.i64(self.at.0);
        self.prints.write(&mut out);
        out.text(&self.by);
        out.into_bytes()
    }

    /// What was written down under that name.
    pub(crate) fn from_bytes(id: &str, bytes: &[u8]) -> Option<Self> {
        let mut from = Reader::new(bytes)?;
        let word = if from.u8()? == 0 { Confirmation::Spam } else { Confirmation::Ham };
        let at = Timestamp(from.i64()?);
        let prints = Prints::read(&mut from)?;
        Some(Self { id: id.into(), word, at, prints, by: from.text()? })
    }
}

impl Prints {
    /// Whether these are of a copy of that message as far as ham needs it: nearly the same text, the same links and files.
    pub fn is_copy_of(&self, known: &Self) -> bool {
        nearness(known, Confirmation::Ham, self).is_some()
    }

    /// As they are written down: 18 to 146 bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::new();
        self.write(&mut out);
        out.into_bytes()
    }

    /// What [`Self::to_bytes`] wrote; `None` when it is something else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Self::read(&mut Reader::new(bytes)?)
    }

    /// The same in hexadecimal, for the control socket.
    pub fn to_hex(&self) -> String {
        self.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What [`Self::to_hex`] wrote.
    pub fn from_hex(text: &str) -> Option<Self> {
        let pairs = text.as_bytes().chunks(2).take(1000);
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        Self::from_bytes(&pairs.map(byte).collect::<Option<Vec<_>>>()?)
    }

    fn write(&self, out: &mut Writer) {
        out.u8(u8::from(self.text.is_some()));
        if let Some(print) = &self.text {
            print.write(out);
        }
        // 0 stands for none: a hash is 0 once in 2^64 times.
        out.u64(self.links.unwrap_or_default());
        out.u64(self.files.unwrap_or_default());
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let text = if from.u8()? == 1 { Some(Print::read(from)?) } else { None };
        let some = |hash| (hash != 0).then_some(hash);
        Some(Self { text, links: some(from.u64()?), files: some(from.u64()?), language: None })
    }
}

impl Print {
    pub(crate) fn write(&self, out: &mut Writer) {
        self.head.iter().chain(&self.whole).for_each(|value| out.u16(*value));
    }

    pub(crate) fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self { head: from.array(Reader::u16)?, whole: from.array(Reader::u16)? })
    }
}
