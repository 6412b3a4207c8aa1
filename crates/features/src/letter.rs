//! Mail to us, read for what a person wrote in it, or for what a mail system reports of mail of ours (RFC 3464).
//!
//! Security: anybody may write it. The parts are walked with the bounds of the other mail; texts, reports and their fields are
//! cut, and control characters leave.

use model::features::PartFact;
use model::names::bounded;

use crate::bounds::Bounds;
use crate::header::scan::{self, Field, Section};
use crate::header::{self, MAX_BYTES};
use crate::html::Reducer;
use crate::mime::transfer::{self, Encoding};
use crate::mime::walk::{Leaf, Walk, walk};
use crate::url::Collector;
use crate::{bytes, parser};

/// A text is read up to here, in bytes.
const MAX_TEXT: usize = 64 * 1024;
/// A report is read up to here, in bytes.
const MAX_REPORT: usize = 64 * 1024;
/// Recipients of one report.
const MAX_RECIPIENTS: usize = 20;
/// Fields of a header section that are looked at, and bytes of each.
const MAX_FIELDS: usize = 200;
const MAX_VALUE: usize = 320;
/// An encoded subject, in bytes.
const MAX_SUBJECT: usize = 4096;
/// Files of one mail, and bytes of a name.
const MAX_ATTACHED: usize = 10;
const MAX_NAME: usize = 120;

/// A mail that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letter {
    /// The header's names and values, each value on one line, at most 200 of at most 320 bytes; the subject decoded (RFC 2047).
    pub fields: Vec<(String, String)>,
    /// What is written in it, quotes included; plain text where there is any.
    pub text: String,
    /// The files that came with it, at most ten.
    pub attached: Vec<AttachedFile>,
    /// What a mail system reports, one entry for each recipient; empty for any other mail.
    pub reports: Vec<DeliveryReport>,
}

/// A file that came with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedFile {
    /// Its name, harmless to show, at most 120 bytes; of one without, its type.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
}

/// What became of a mail for one recipient (RFC 3464 2.3); each field at most 320 bytes, empty when it was not told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryReport {
    /// The address.
    pub recipient: String,
    /// `failed`, `delayed`, `delivered`, `relayed` or `expanded`; lower case.
    pub action: String,
    /// The status code, such as `5.1.1` (RFC 3463).
    pub status: String,
    /// What the other server said.
    pub diagnostic: String,
}

/// Reads a mail.
pub fn letter(raw: &[u8]) -> Letter {
    let section = Section::split(raw);
    let walk = walk(&section, false, &mut Bounds::default());
    let fields = scan::fields(bytes::head(section.head, MAX_BYTES)).take(MAX_FIELDS);
    let fields = fields.map(|field| (field.lower_name(), value(&field)));
    Letter { fields: fields.collect(), text: text(&walk), attached: attached(&walk), reports: reports(&walk) }
}

fn value(field: &Field<'_>) -> String {
    let decoded = field.is("subject").then(|| parser::unstructured(bytes::head(field.value, MAX_SUBJECT)));
    decoded
        .map_or_else(|| header::unfolded(field.value, MAX_VALUE), |text| header::unfolded(text.as_bytes(), MAX_VALUE))
}

/// The files that hang on it: whatever isn't the text that is read. Pictures in the text count: people paste their screen there.
fn attached(walk: &Walk<'_>) -> Vec<AttachedFile> {
    let leaves = walk.leaves.iter().filter(|leaf| !leaf.nested);
    let files = leaves.filter_map(|leaf| {
        let part = walk.facts.parts.get(leaf.part)?;
        let is_read = !part.is_attachment && (part.content_type.starts_with("text/") || is_report(&part.content_type));
        (!is_read).then(|| AttachedFile { name: name(part), size: size(leaf) })
    });
    files.take(MAX_ATTACHED).collect()
}

fn is_report(content_type: &str) -> bool {
    content_type.starts_with("message/") || content_type.starts_with("multipart/")
}

/// A name as it may be shown; a part without one goes by its type.
fn name(part: &PartFact) -> String {
    let name = part.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    bounded(&model::shown::honest(name.unwrap_or(&part.content_type)), MAX_NAME).to_owned()
}

/// Bytes as they are on a disk, roughly: in base64, three of four.
fn size(leaf: &Leaf<'_>) -> u64 {
    let encoded = u64::try_from(leaf.body.len()).unwrap_or(u64::MAX);
    if leaf.encoding == Encoding::Base64 { encoded / 4 * 3 } else { encoded }
}

impl Letter {
    /// The value of the first field of that name, lower case.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// The parts of that type that are neither attached nor part of a message inside.
fn parts<'w, 'm>(walk: &'w Walk<'m>, kind: &'w str) -> impl Iterator<Item = (&'w Leaf<'m>, Option<&'w str>)> {
    walk.leaves.iter().filter(|leaf| !leaf.nested).filter_map(move |leaf| {
        let part = walk.facts.parts.get(leaf.part)?;
        (part.content_type == kind && !part.is_attachment).then_some((leaf, part.charset.as_deref()))
    })
}

fn text(walk: &Walk<'_>) -> String {
    let mut text = String::new();
    for (leaf, charset) in parts(walk, "text/plain") {
        bytes::push_bounded(&mut text, &decoded(leaf, charset, MAX_TEXT), MAX_TEXT);
        bytes::push_bounded(&mut text, "\n", MAX_TEXT);
    }
    if !text.trim().is_empty() {
        return text;
    }
    let mut shown = Reducer::default();
    for (leaf, charset) in parts(walk, "text/html") {
        let html = decoded(leaf, charset, MAX_TEXT);
        shown.read(written(&html), &mut Collector::default());
    }
    shown.finish().1
}

/// How mail programs mark the letter that is answered, in HTML; in lower case.
const QUOTES: &[&str] = &[
    "<blockquote",
    "class=\"gmail_quote",
    "id=\"divrplyfwdmsg",
    "id=divrplyfwdmsg",
    "id=\"appendonsend",
    "class=\"moz-cite-prefix",
    "border-top:solid #e1e1e1",
    "border-top:solid #b5c4df",
];

/// HTML up to the letter it answers: there is no mark at each line of it, and its questions are not the writer's.
fn written(html: &str) -> &str {
    let lower = html.to_ascii_lowercase();
    let quote = QUOTES.iter().filter_map(|mark| lower.find(mark)).min();
    quote.and_then(|at| html.get(..at)).unwrap_or(html)
}

fn reports(walk: &Walk<'_>) -> Vec<DeliveryReport> {
    let kinds = ["message/delivery-status", "message/global-delivery-status"];
    let Some((leaf, _)) = kinds.iter().find_map(|kind| parts(walk, kind).next()) else { return Vec::new() };
    let report = decoded(leaf, None, MAX_REPORT);
    // The first group of fields is about the mail, each further one about a recipient.
    let mut rest = report.trim_start().as_bytes();
    let mut found = Vec::new();
    while !rest.is_empty() && found.len() < MAX_RECIPIENTS {
        let (group, _) = Section::split_until(rest, |_| false);
        found.extend(DeliveryReport::read(group.head));
        rest = group.body;
    }
    found
}

impl DeliveryReport {
    /// A group of fields; `None` when it names no recipient.
    fn read(group: &[u8]) -> Option<Self> {
        let (mut report, mut original) = (Self::default(), String::new());
        for field in scan::fields(group).take(MAX_FIELDS) {
            let value = header::unfolded(field.value, MAX_VALUE);
            match field.lower_name().as_str() {
                "final-recipient" => report.recipient = behind_type(&value),
                "original-recipient" => original = behind_type(&value),
                "action" => report.action = value.to_ascii_lowercase(),
                // RFC 3464 2.3.4 allows a comment behind the code.
                "status" => report.status = value.split_whitespace().next().unwrap_or_default().to_owned(),
                "diagnostic-code" => report.diagnostic = behind_type(&value),
                _ => {}
            }
        }
        // Whom it was sent to, not whom he had it forwarded to (RFC 3464 2.3.1).
        if !original.is_empty() {
            report.recipient = original;
        }
        (!report.recipient.is_empty()).then_some(report)
    }
}

/// `rfc822; bob@shop.example`
fn behind_type(value: &str) -> String {
    value.split_once(';').map_or(value, |(_, value)| value).trim().to_owned()
}

/// A part's text in UTF-8 with LF at the line ends and no other control characters.
fn decoded(leaf: &Leaf<'_>, charset: Option<&str>, room: usize) -> String {
    let part = transfer::decode(leaf.encoding, leaf.body, room);
    let text = bytes::with_lf(parser::decode_charset(part.bytes, charset).text);
    text.chars().filter(|c| !c.is_control() || *c == '\n' || *c == '\t').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_text_of_a_reply_is_read_in_its_charset() {
        let raw = b"From: bob@shop.example\r\nMessage-ID: <1@shop.example>\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n\
            --b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
            1. Nein, nat=FCrlich nicht\r\n> 2. Haben Sie ...?\r\nNein\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>1. Nein</p>\r\n--b--\r\n";
        let letter = letter(raw);
        assert_eq!(letter.text.trim(), "1. Nein, nat\u{fc}rlich nicht\n> 2. Haben Sie ...?\nNein");
        assert_eq!(letter.field("message-id"), Some("<1@shop.example>"));
        assert_eq!(letter.reports, []);
    }

    #[test]
    fn what_hangs_on_a_reply_is_named_harmlessly() {
        let part = |head: &str| {
            format!("--b\r\n{head}\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n", "QUFB".repeat(100))
        };
        let raw = [
            "Subject: =?utf-8?Q?R=C3=A9ponse?=\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n1. no\r\n".to_owned(),
            part("Content-Type: image/png; name=\"screen\u{202e}gnp.exe\""),
            part("Content-Type: text/plain\r\nContent-Disposition: attachment; filename=log.txt"),
            part("Content-Type: application/pdf"),
            part("Content-Type: application/x\r\nContent-Disposition: attachment; filename*=utf-8''a%0d%0ab").repeat(20),
            "--b--\r\n".to_owned(),
        ]
        .concat();
        let letter = letter(raw.as_bytes());
        assert_eq!((letter.text.trim(), letter.field("subject")), ("1. no", Some("Réponse")));
        let names: Vec<_> = letter.attached.iter().map(|file| (file.name.as_str(), file.size)).collect();
        assert_eq!(names[..3], [("screen\u{fffd}gnp.exe", 300), ("log.txt", 300), ("application/pdf", 300)]);
        assert_eq!((names[3].0.contains(['\r', '\n']), names.len()), (false, MAX_ATTACHED));
    }

    #[test]
    fn html_alone_is_read_up_to_the_letter_it_answers() {
        let raw = b"Content-Type: text/html\r\n\r\n<p>1. no</p><p>2. no</p><div class=\"gmail_quote\">1. Are you the sender?</div>";
        let text = letter(raw).text;
        assert!(text.contains("1. no") && text.contains("2. no") && !text.contains("sender"), "{text}");
    }

    #[test]
    fn a_report_tells_of_each_recipient() {
        let raw = b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nIt failed.\r\n\
            --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
            Final-Recipient: rfc822; bob@shop.example\r\nAction: Failed\r\nStatus: 5.1.1 (no such user)\r\n\
            Diagnostic-Code: smtp; 550 5.1.1\r\n  no such\x1b[31m user\r\n\r\nFinal-Recipient: rfc822;eve@shop.example\r\nAction: delayed\r\n\
            --b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: x\r\n--b--\r\n";
        let letter = letter(raw);
        assert_eq!(letter.reports.len(), 2, "{letter:?}");
        let bob = DeliveryReport {
            recipient: "bob@shop.example".into(),
            action: "failed".into(),
            status: "5.1.1".into(),
            diagnostic: "550 5.1.1  no such[31m user".into(),
        };
        assert_eq!(letter.reports[0], bob);
        assert_eq!((letter.reports[1].action.as_str(), letter.reports[1].status.as_str()), ("delayed", ""));
    }

    proptest::proptest! {
        #[test]
        fn no_mail_is_too_strange(raw in proptest::collection::vec(proptest::num::u8::ANY, 0..2000)) {
            let letter = letter(&raw);
            proptest::prop_assert!(letter.text.len() <= MAX_TEXT && letter.reports.len() <= MAX_RECIPIENTS);
        }
    }
}
