//! The alert as it goes over the wire: a text for everybody, the same as HTML, and the header fields of an automatic letter.

use customers::Address;
use customers::ticket::Ticket;
use limits::{AlertJob, LetterKind};
use mail_builder::MessageBuilder;
use mail_builder::headers::HeaderType;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::date::Date;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::{BodyPart, MimePart};
use model::{Block, Evidence, Timestamp};

use crate::facts::{Facts, notice};
use crate::post::Post;
use crate::templates::Words;

pub(crate) use crate::facts::MAX_SAMPLES;

/// What one alert tells.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// The block.
    pub block: &'a Block,
    /// The flagged messages, oldest first; at most 20 are listed.
    pub evidence: &'a [Evidence],
    /// What it tells, and the Message-ID it carries in every try.
    pub job: &'a AlertJob,
    /// The block's ticket, where there is one.
    pub ticket: Option<&'a Ticket>,
    /// When it is written: the Date header.
    pub at: Timestamp,
}

/// An alert ready to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The reverse path. Not the null one: what bounces has to reach somebody, the letter's record where bounces are taken. A
    /// loop can't come of it, since we answer no automatic mail.
    pub from: Address,
    /// The recipients of the envelope; operators are not named in the headers beside a customer.
    pub to: Vec<Address>,
    /// The subject, decoded.
    pub subject: String,
    /// The text, with LF.
    pub text: String,
    /// The HTML.
    pub html: String,
    /// Headers and body as they are sent, with CRLF.
    pub raw: Vec<u8>,
    /// What an operator's template did that it must not: the built-in one stood in.
    pub mistake: Option<String>,
}

/// Writes the letter, in the language of whoever owns what is blocked.
pub fn render(letter: &Letter<'_>, post: &Post) -> Mail {
    let owner = post.owner(letter.block);
    let facts = Facts::of(letter, &owner, post);
    let (mut words, mistake) = post.words(notice(letter), owner.language, &facts);
    words.subject.insert_str(0, post.subject_prefix);
    let concerned = post.concerned(letter.block);
    let to =
        if is_between_us(letter) && !concerned.is_empty() { concerned.clone() } else { post.recipients(letter.block) };
    let shown = if concerned.is_empty() { &to } else { &concerned };
    let raw = compose(letter, post, shown, &words);
    let Words { subject, text, html } = words;
    Mail { from: post.reverse_path(letter.job), to, subject, text, html, raw, mistake }
}

/// What a customer and the support desk write to each other; operators are told when a block begins, and when it is theirs to
/// decide.
fn is_between_us(letter: &Letter<'_>) -> bool {
    !matches!(letter.job.kind, LetterKind::Blocked | LetterKind::Received | LetterKind::ReportReceived(_))
}

fn compose(letter: &Letter<'_>, post: &Post, shown: &[Address], words: &Words) -> Vec<u8> {
    let shown: Vec<_> = shown.iter().map(Address::as_str).collect();
    let mut builder = MessageBuilder::new()
        .date(Date::new(letter.at.as_secs()))
        .from(post.from.as_str())
        .to(shown)
        .subject(words.subject.as_str())
        .message_id(bare(&letter.job.message_id))
        // RFC 3834 5.2: no vacation reply to this.
        .header("Auto-Submitted", literal("auto-generated"))
        .header("X-Auto-Response-Suppress", literal("All"))
        .body(body(words, letter.block.reference.as_str()));
    if let Some(first) = letter.job.thread() {
        builder = builder.in_reply_to(bare(&first)).references(bare(&first));
    }
    if let Some(address) = letter.ticket.and_then(|ticket| post.reply_address(ticket.id)) {
        builder = builder.reply_to(address.as_str().to_owned());
    }
    // Writing to a vector doesn't fail.
    builder.write_to_vec().unwrap_or_default()
}

/// A Message-ID without its brackets. It is ours, but its node name is the operator's free text.
fn bare(message_id: &str) -> String {
    message_id.trim_matches(['<', '>']).replace(|c: char| !c.is_ascii_graphic() || c == '<' || c == '>', "-")
}

fn literal(text: &'static str) -> HeaderType<'static> {
    Raw::new(text).into()
}

/// The boundary is made of the block's reference, so that every try sends the same bytes.
fn body<'w>(words: &'w Words, reference: &str) -> MimePart<'w> {
    let kind = ContentType::new("multipart/alternative").attribute("boundary", format!("=_{reference}_="));
    let parts = vec![part("text/plain", &words.text), part("text/html", &words.html)];
    MimePart::new(kind, BodyPart::Multipart(parts))
}

/// ASCII goes as it is, so that lines stay whole for those who search raw mail; other text, or longer lines than
/// RFC 5322 2.1.1 allows, is encoded.
fn part<'w>(kind: &'static str, text: &'w str) -> MimePart<'w> {
    let kind = ContentType::new(kind).attribute("charset", "utf-8");
    if text.is_ascii() && text.lines().all(|line| line.len() <= 998) {
        let crlf = text.replace('\n', "\r\n");
        return MimePart::new(kind, BodyPart::Text(crlf.into())).transfer_encoding("7bit");
    }
    MimePart::new(kind, BodyPart::Text(text.into()))
}
