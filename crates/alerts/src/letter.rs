//! The alert as a person reads it, in plain text, and as it goes over the wire.
//!
//! Message-IDs, logins and reasons come from mail of a thief: each is cleaned and bounded before it is filled in, and no
//! line is longer than the 998 bytes of RFC 5322 2.1.1.

use mail_builder::MessageBuilder;
use mail_builder::headers::HeaderType;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::date::Date;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::{BodyPart, MimePart};
use model::time::spoken;
use model::{Block, Evidence, SubjectKey, Timestamp};

use crate::address::Address;
use crate::post::Post;
use crate::text::{clean, fill, wrap};

const TEMPLATE: &str = include_str!("../templates/en/blocked.txt");

/// No more messages than this are listed; the rest stands behind the link.
pub(crate) const MAX_SAMPLES: usize = 20;
/// A Message-ID may have 998 bytes; with what stands beside it on the line it must not.
const MAX_MESSAGE_ID: usize = 850;
/// Anything else that is filled in, in bytes.
const MAX_VALUE: usize = 320;

/// What one alert tells.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// The block.
    pub block: &'a Block,
    /// The flagged messages, oldest first; at most 20 are listed.
    pub evidence: &'a [Evidence],
    /// The Message-ID it carries in every try, with angle brackets.
    pub message_id: &'a str,
    /// When it is written: the Date header.
    pub at: Timestamp,
}

/// An alert ready to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The reverse path. Not the null one: what bounces has to reach somebody. A loop can't come of it, since we answer
    /// no mail.
    pub from: Address,
    /// The recipients of the envelope; operators are not named in the headers beside a customer.
    pub to: Vec<Address>,
    /// The subject, decoded.
    pub subject: String,
    /// The text, with LF.
    pub text: String,
    /// Headers and body as they are sent, with CRLF.
    pub raw: Vec<u8>,
}

/// Writes the letter.
pub fn render(letter: &Letter<'_>, post: &Post) -> Mail {
    let subject = fill(&post.subject, |name| (name == "subject").then(|| subject_name(letter.block)));
    let subject = clean(&subject, MAX_VALUE);
    let text = text(letter, post);
    let to = post.recipients(letter.block);
    let shown = post.customer(letter.block).map_or_else(|| to.clone(), |customer| vec![customer]);
    let raw = compose(letter, post, &shown, &subject, &text);
    Mail { from: post.from.clone(), to, subject, text, raw }
}

fn text(letter: &Letter<'_>, post: &Post) -> String {
    let lines = TEMPLATE.lines().map(|line| match line {
        "{samples}" => samples(letter.evidence),
        // A link that is broken into two lines is no link.
        "{link}" => clean(&post.link_to(&letter.block.reference), MAX_VALUE),
        _ => wrap(&fill(line, |name| value(name, letter.block, post))),
    });
    lines.flat_map(|line| [line, "\n".into()]).collect()
}

fn value(name: &str, block: &Block, post: &Post) -> Option<String> {
    let value = match name {
        "subject" => subject_name(block),
        "kind" => kind(block).into(),
        "name" => block.subject.name(),
        "since" => minute(block.since),
        "until" => until(block),
        "reason" => block.reason.sentence.clone(),
        "counted" => counted(block),
        "reference" => block.reference.to_string(),
        "receiving" => receiving(block).into(),
        "node" => post.node.clone(),
        _ => return None,
    };
    Some(clean(&value, MAX_VALUE))
}

/// `Destination IP: 192.0.2.7 - Message-ID: <id@shop.example> - Spam score: 410`, one a line.
fn samples(evidence: &[Evidence]) -> String {
    let lines: Vec<_> = evidence.iter().take(MAX_SAMPLES).map(sample).collect();
    if lines.is_empty() { "(no message was kept)".into() } else { lines.join("\n") }
}

fn sample(evidence: &Evidence) -> String {
    let destination = evidence.destination_ip.map_or_else(|| "unknown".into(), |ip| ip.to_string());
    let message_id =
        evidence.message_id.as_ref().map_or_else(|| "none".into(), |id| clean(id.as_str(), MAX_MESSAGE_ID));
    format!("Destination IP: {destination} - Message-ID: {message_id} - Spam score: {}", evidence.score)
}

fn subject_name(block: &Block) -> String {
    match &block.subject {
        SubjectKey::Account(name) => name.to_string(),
        SubjectKey::Ip(network) => format!("the IP address {network}"),
        SubjectKey::Domain(name) => format!("the domain {name}"),
    }
}

fn kind(block: &Block) -> &'static str {
    match block.subject {
        SubjectKey::Account(_) => "Account",
        SubjectKey::Ip(_) => "IP address",
        SubjectKey::Domain(_) => "Domain",
    }
}

fn receiving(block: &Block) -> &'static str {
    match block.subject {
        SubjectKey::Account(_) => "The account can no longer send mail. It still receives.",
        SubjectKey::Ip(_) => "Mail from this address is refused. Mail to it still arrives.",
        SubjectKey::Domain(_) => "Mail from this domain is refused. Mail to it still arrives.",
    }
}

fn until(block: &Block) -> String {
    if block.automatic_release {
        return format!("{}, then sending works again by itself", minute(block.until()));
    }
    "it is released; see below how".into()
}

fn counted(block: &Block) -> String {
    let messages = if block.messages == 1 { "message" } else { "messages" };
    let window = spoken(block.reason.window);
    format!("{} {messages} within {window}, {} of them look like spam", block.messages, block.spam)
}

/// `2026-11-21 10:15 UTC`
fn minute(time: Timestamp) -> String {
    let shown = time.to_string();
    match (shown.get(..10), shown.get(11..16)) {
        (Some(date), Some(clock)) => format!("{date} {clock} UTC"),
        _ => shown,
    }
}

fn compose(letter: &Letter<'_>, post: &Post, shown: &[Address], subject: &str, text: &str) -> Vec<u8> {
    let shown: Vec<_> = shown.iter().map(Address::as_str).collect();
    // The job's Message-ID is ours, but its node name is the operator's free text.
    let message_id = letter
        .message_id
        .trim_matches(['<', '>'])
        .replace(|c: char| !c.is_ascii_graphic() || c == '<' || c == '>', "-");
    let builder = MessageBuilder::new()
        .date(Date::new(letter.at.as_secs()))
        .from(post.from.as_str())
        .to(shown)
        .subject(subject)
        .message_id(message_id)
        // RFC 3834 5.2: no vacation reply to this.
        .header("Auto-Submitted", literal("auto-generated"))
        .header("X-Auto-Response-Suppress", literal("All"))
        .body(body(text));
    // Writing to a vector doesn't fail.
    builder.write_to_vec().unwrap_or_default()
}

fn literal(text: &'static str) -> HeaderType<'static> {
    Raw::new(text).into()
}

/// ASCII goes as it is, so that lines stay whole for those who search raw mail; other text is encoded.
fn body(text: &str) -> MimePart<'_> {
    let kind = ContentType::new("text/plain").attribute("charset", "utf-8");
    if text.is_ascii() {
        let crlf = text.replace('\n', "\r\n");
        return MimePart::new(kind, BodyPart::Text(crlf.into())).transfer_encoding("7bit");
    }
    MimePart::new(kind, BodyPart::Text(text.into()))
}
