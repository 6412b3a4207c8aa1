//! Whether what somebody hands in is the flagged message, the whole of it, and nothing else.

use std::time::Duration;

use customers::report::ReportRefused;
use limits::StoreError;
use model::features::DateFact;
use model::time::spoken;
use model::{BlockRef, Evidence, MessageId, SubjectKey, Timestamp};

use crate::desk::DeskError;
use crate::exemptions::ExemptionError;
use crate::fingerprints::FingerprintError;
use crate::lessons::LessonError;

/// Why a report was not taken, or not decided. The sentence is for whoever asked.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Nothing in it.
    #[error("the file is empty: save the flagged message with all of its header, and report that")]
    Empty,
    /// Too large.
    #[error("the message has {size} bytes; at most {max} are taken (reports.max_size)")]
    TooLarge {
        /// Its size.
        size: usize,
        /// The bound.
        max: usize,
    },
    /// A mailbox file.
    #[error("the file is an mbox with several messages: save the flagged message alone, and report that")]
    Mbox,
    /// A mail that carries the message.
    #[error("this mail carries another message as an attachment: save that one, with all of its header, and report it")]
    Wrapper,
    /// A mail without an attached message.
    #[error("no message is attached: forward the flagged message as an attachment, not inside the text")]
    NothingAttached,
    /// A mail with several.
    #[error("several messages are attached: report one flagged message at a time")]
    SeveralAttached,
    /// Header fields that every real message has.
    #[error("the header is not complete: {fields} missing; save the message with all of its header", fields = listed(.0))]
    Missing(Vec<&'static str>),
    /// Fields that differ from those that were seen.
    #[error("this is not the message as it was sent: {fields} not what the filter saw", fields = listed(.0))]
    Altered(Vec<&'static str>),
    /// It is somebody else's.
    #[error("this message led to a block of another sender, not of {0}")]
    OtherSubject(SubjectKey),
    /// There is no block at all.
    #[error("{0} has not been blocked within the last {kept}, so no message of it is held against it", kept = spoken(*.1))]
    NeverBlocked(SubjectKey, Duration),
    /// Its evidence is forgotten.
    #[error("the message is of {0}: flagged messages are remembered for {kept} after their block", kept = spoken(*.1))]
    Expired(Timestamp, Duration),
    /// It was no spam anyhow.
    #[error(
        "the message was not flagged: it scores {score} today, and {spam} is spam; no block of {subject} is because of it"
    )]
    BelowSpam {
        /// Whose.
        subject: SubjectKey,
        /// Its score.
        score: i32,
        /// The spam score.
        spam: i32,
    },
    /// Nobody knows why not.
    #[error(
        "the message is not among those that {0} was blocked for: take one that the letter or the block's page names"
    )]
    NotAmong(SubjectKey),
    /// It was reported before.
    #[error("the message was reported before: report {0}")]
    Before(u64),
    /// Too many wait.
    #[error("{0} reports wait for a decision already: come back when some are decided")]
    Full(u32),
    /// A defect of ours.
    #[error("the message can't be scored because of a defect; please tell the provider's support")]
    Unscored,
    /// No report has that number.
    #[error("there is no report {0}")]
    Unknown(u64),
    /// No block has that reference.
    #[error("there is no block {0}")]
    NoBlock(BlockRef),
    /// Its message is not kept any more.
    #[error("the message of report {0} is not kept any more")]
    Gone(u64),
    /// The report does not allow it.
    #[error(transparent)]
    Refused(ReportRefused),
    /// An exemption can't be meant.
    #[error(transparent)]
    Exemption(#[from] ExemptionError),
    /// The decision stands, but something of it is still to be done.
    #[error("the decision stands, but not all of it is done yet, and it is tried again: {0}")]
    Behind(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ReportError {
    /// What a customer may know: nothing of other senders.
    pub(super) fn for_strangers(self) -> Self {
        match self {
            Self::OtherSubject(subject) => Self::NotAmong(subject),
            other => other,
        }
    }
}

impl From<LessonError> for ReportError {
    fn from(error: LessonError) -> Self {
        Self::Behind(error.to_string())
    }
}

impl From<FingerprintError> for ReportError {
    fn from(error: FingerprintError) -> Self {
        Self::Behind(error.to_string())
    }
}

impl From<DeskError> for ReportError {
    fn from(error: DeskError) -> Self {
        Self::Behind(error.to_string())
    }
}

fn listed(fields: &[&str]) -> String {
    format!("{} {}", fields.join(", "), if fields.len() == 1 { "is" } else { "are" })
}

/// What a message says of itself.
pub(super) struct Named {
    pub(super) message_id: MessageId,
    /// Its Date, when that can be read.
    pub(super) date: Option<Timestamp>,
    /// Its author's address, lower case.
    pub(super) from: String,
    /// Whether a server has stamped it.
    pub(super) received: bool,
}

impl Named {
    /// Reads the header. A sender's own copy has no Received field; every other field must be there.
    pub(super) fn of(message: &[u8]) -> Result<Self, ReportError> {
        let lacks = |name: &&'static str| features::header_value(message, name).is_none_or(|value| value.is_empty());
        let missing: Vec<_> = ["From", "Date", "Message-ID"].into_iter().filter(lacks).collect();
        let message_id = features::message_id(message).filter(|_| missing.is_empty());
        let message_id = message_id.ok_or(ReportError::Missing(missing))?;
        let facts = features::header_facts(message);
        let date = match facts.date {
            DateFact::At(at, _) => Some(at),
            DateFact::Missing | DateFact::Invalid => None,
        };
        let from = facts.from.first().map(|mailbox| mailbox.address.to_lowercase()).unwrap_or_default();
        Ok(Self { message_id, date, from, received: features::header_count(message, "Received") > 0 })
    }
}

/// The one message of a file. A single message out of an mbox is taken without the line that only mboxes have.
pub(super) fn single(raw: &[u8], max: usize) -> Result<&[u8], ReportError> {
    if raw.trim_ascii().is_empty() {
        return Err(ReportError::Empty);
    }
    if raw.len() > max {
        return Err(ReportError::TooLarge { size: raw.len(), max });
    }
    if !raw.starts_with(b"From ") {
        return Ok(raw);
    }
    let mut lines = raw.split_inclusive(|byte| *byte == b'\n');
    let first = lines.next().map_or(0, <[u8]>::len);
    let mut after_empty = false;
    for line in lines {
        if after_empty && line.starts_with(b"From ") {
            return Err(ReportError::Mbox);
        }
        after_empty = line.trim_ascii().is_empty();
    }
    raw.get(first..).ok_or(ReportError::Empty)
}

/// The one message that a mail carries.
pub(super) fn attached(mail: &[u8], max: usize) -> Result<Vec<u8>, ReportError> {
    let mut found = features::attached_messages(mail, 2, max.saturating_add(1));
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => Err(ReportError::SeveralAttached),
        (None, _) => Err(ReportError::NothingAttached),
    }
}

/// Whether the header is that which was seen: a Message-ID is easily put on another message.
pub(super) fn unaltered(message: &[u8], evidence: &Evidence) -> Result<(), ReportError> {
    let theirs = features::evidence_headers(message);
    let cut = evidence.headers.len() >= Evidence::MAX_HEADERS;
    let last = evidence.headers.lines().next_back().filter(|_| cut);
    let altered: Vec<_> = ["From", "Subject", "Date"]
        .into_iter()
        .filter(|name| {
            let seen = field(&evidence.headers, name).filter(|line| Some(*line) != last);
            seen.is_some_and(|seen| field(&theirs, name).is_none_or(|given| !same(seen, given)))
        })
        .collect();
    if altered.is_empty() { Ok(()) } else { Err(ReportError::Altered(altered)) }
}

fn field<'h>(headers: &'h str, name: &str) -> Option<&'h str> {
    headers.lines().find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(':')))
}

/// Mail programs fold lines anew.
fn same(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn evidence(headers: &str) -> Evidence {
        Evidence {
            at: Timestamp::default(),
            message_id: None,
            queue_id: None,
            score: 0,
            hits: Vec::new(),
            client: None,
            recipients: 1,
            destination_domain: None,
            destination_ip: None,
            headers: headers.into(),
        }
    }

    #[test]
    fn folding_changes_no_header_and_another_word_does() {
        let seen = evidence("From: a@shop.example\nSubject: a long subject\nMessage-ID: <1@shop.example>");
        let message = |subject: &str| {
            format!("From: a@shop.example\r\nSubject: {subject}\r\nMessage-ID: <1@shop.example>\r\n\r\nx")
        };
        assert!(unaltered(message("a long\r\n subject").as_bytes(), &seen).is_ok());
        let altered = unaltered(message("another subject").as_bytes(), &seen).unwrap_err();
        assert!(matches!(altered, ReportError::Altered(fields) if fields == ["Subject"]));
        let gone = unaltered(b"From: a@shop.example\r\n\r\nx", &seen).unwrap_err();
        assert!(matches!(gone, ReportError::Altered(fields) if fields == ["Subject"]));
    }

    #[test]
    fn one_message_out_of_an_mbox_is_taken_without_its_first_line() {
        assert_eq!(
            single(b"From a@b Mon\nSubject: x\n\nHello,\nFrom here on\n", 99).unwrap(),
            b"Subject: x\n\nHello,\nFrom here on\n".as_slice()
        );
    }

    proptest! {
        /// Whatever is handed in is taken or refused with a sentence.
        #[test]
        fn hostile_bytes_are_only_refused(
            raw in proptest::collection::vec(any::<u8>(), 0..400), head in "(From |From: |Date: |Message-ID: |Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n|\r\n){0,6}"
        ) {
            let raw = [head.as_bytes(), &raw].concat();
            if let Ok(message) = single(&raw, 300) {
                prop_assert!(message.len() <= 300);
                let _ = Named::of(message);
                let _ = unaltered(message, &evidence("From: x\nSubject: y"));
            }
            if let Ok(attached) = attached(&raw, 300) {
                prop_assert!(attached.len() <= 301);
            }
        }
    }
}
