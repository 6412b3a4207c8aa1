//! The alert as it goes over the wire: a text for everybody, the same as HTML, and the header fields of an automatic letter.

use customers::ticket::Ticket;
use customers::{Address, Language};
use limits::AlertJob;
use mail_builder::MessageBuilder;
use mail_builder::headers::HeaderType;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::date::Date;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::{BodyPart, MimePart};
use minijinja::Value;
use model::{Block, Evidence, Timestamp};

use crate::audience::Audience;
use crate::facts::{Facts, notice};
use crate::post::Post;
use crate::templates::{Notice, Words};

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
    whole(letter, &Audience::of(post, letter.block, &letter.job.kind), post)
}

/// Writes the letter for these readers, and the notice for those who must not have the way out.
pub(crate) fn render_for(letter: &Letter<'_>, audience: &Audience, post: &Post) -> Vec<Mail> {
    let notice = (!audience.noticed.is_empty()).then(|| notice_for(letter, &audience.noticed, post));
    let whole = (notice.is_none() || !audience.trusted().is_empty()).then(|| whole(letter, audience, post));
    whole.into_iter().chain(notice).collect()
}

/// The notice: no link, no address to answer to.
fn notice_for(letter: &Letter<'_>, to: &[Address], post: &Post) -> Mail {
    let owner = post.owner(letter.block);
    let facts = Facts { link: String::new(), ..Facts::of(letter, &owner, post) }.value();
    let (words, mistake) = post.words(Notice::AccountNotice, owner.language, &facts);
    let id = letter.job.message_id.replacen('@', ".notice@", 1);
    let body = body(&words, &format!("{}-notice", letter.block.reference));
    // Writing to a vector doesn't fail.
    let raw = head(post, to, &words, &id, letter.at).body(body).write_to_vec().unwrap_or_default();
    let Words { subject, text, html } = words;
    Mail { from: post.reverse_path(letter.job), to: to.to_vec(), subject, text, html, raw, mistake }
}

fn whole(letter: &Letter<'_>, audience: &Audience, post: &Post) -> Mail {
    let owner = post.owner(letter.block);
    let facts = Facts::of(letter, &owner, post).value();
    let (mut words, mistake) = post.words(notice(letter), owner.language, &facts);
    words.subject.insert_str(0, post.subject_prefix(letter.block.reason.monitored));
    let (to, concerned) = (audience.trusted(), audience.concerned());
    let shown = if concerned.is_empty() { &to } else { &concerned };
    let raw = compose(letter, post, shown, &words);
    let Words { subject, text, html } = words;
    Mail { from: post.reverse_path(letter.job), to, subject, text, html, raw, mistake }
}

/// Writes a letter about many things, to these readers. `message_id` begins and ends in angle brackets.
pub(crate) fn render_many(
    notice: Notice,
    language: Language,
    facts: &Value,
    to: &[Address],
    message_id: &str,
    at: Timestamp,
    post: &Post,
) -> Mail {
    let (mut words, mistake) = post.words(notice, language, facts);
    words.subject.insert_str(0, post.subject_prefix(false));
    let raw = head(post, to, &words, message_id, at).body(body(&words, notice.as_str()));
    let raw = raw.write_to_vec().unwrap_or_default();
    let Words { subject, text, html } = words;
    Mail { from: post.from.clone(), to: to.to_vec(), subject, text, html, raw, mistake }
}

fn compose(letter: &Letter<'_>, post: &Post, shown: &[Address], words: &Words) -> Vec<u8> {
    let mut builder =
        head(post, shown, words, &letter.job.message_id, letter.at).body(body(words, letter.block.reference.as_str()));
    if let Some(first) = letter.job.thread() {
        builder = builder.in_reply_to(bare(&first)).references(bare(&first));
    }
    let answered = match letter.ticket {
        Some(ticket) => post.reply_address(ticket.id),
        None => post.report_address(&letter.block.reference),
    };
    if let Some(address) = answered {
        builder = builder.reply_to(address.as_str().to_owned());
    }
    // Writing to a vector doesn't fail.
    builder.write_to_vec().unwrap_or_default()
}

pub(crate) fn head<'w>(
    post: &'w Post,
    shown: &'w [Address],
    words: &'w Words,
    message_id: &str,
    at: Timestamp,
) -> MessageBuilder<'w> {
    let shown: Vec<_> = shown.iter().map(Address::as_str).collect();
    MessageBuilder::new()
        .date(Date::new(at.as_secs()))
        .from(post.from.as_str())
        .to(shown)
        .subject(words.subject.as_str())
        .message_id(bare(message_id))
        // RFC 3834 5.2: no vacation reply to this.
        .header("Auto-Submitted", literal("auto-generated"))
        .header("X-Auto-Response-Suppress", literal("All"))
}

/// A Message-ID without its brackets. It is ours, but its node name is the operator's free text.
pub(crate) fn bare(message_id: &str) -> String {
    message_id.trim_matches(['<', '>']).replace(|c: char| !c.is_ascii_graphic() || c == '<' || c == '>', "-")
}

fn literal(text: &'static str) -> HeaderType<'static> {
    Raw::new(text).into()
}

/// The boundary is made of what the letter tells of, so that every try sends the same bytes.
pub(crate) fn body<'w>(words: &'w Words, reference: &str) -> MimePart<'w> {
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
