//! Sorts the parts with content into text, HTML and attachments, and reads each.
//!
//! Text of a message inside the message counts only when the outer one shows none: a forwarded or bounced message is
//! not what its forwarder wrote, but wrapping must not hide it.

use model::features::{AttachmentFact, Bound, HtmlFacts, MimeDefect, PartFact, TextFacts, UrlFact, UrlSource};

use crate::bounds::Bounds;
use crate::html::Reducer;
use crate::invitation::Invitation;
use crate::limits::MAX_TEXT;
use crate::mime::note;
use crate::mime::transfer::{self, Decoded};
use crate::mime::walk::{Leaf, Walk};
use crate::url::Collector;
use crate::{attachment, bytes, parser, text};

/// HTML is read up to here, all parts together, in bytes.
const MAX_HTML: usize = 512 * 1024;

/// What the parts hold.
pub(crate) struct Content {
    /// The text.
    pub(crate) text: TextFacts,
    /// The HTML, when there is any.
    pub(crate) html: Option<HtmlFacts>,
    /// The links.
    pub(crate) urls: Vec<UrlFact>,
    /// The attachments.
    pub(crate) attachments: Vec<AttachmentFact>,
}

/// Reads the parts; their sizes and what is wrong with them are added to the walk's facts.
pub(crate) fn read(walk: &mut Walk<'_>, subject: Option<&str>, bounds: &mut Bounds) -> Content {
    let mut reader = Reader {
        bounds,
        text: TextFacts::default(),
        html: Reducer::default(),
        urls: Collector::default(),
        invitation: Invitation::default(),
    };
    let attachments = attachments(walk);
    reader.read_texts(walk, false);
    if reader.shows_nothing() {
        reader.read_texts(walk, true);
    }
    reader.read_invitations(walk);
    reader.finish(subject, attachments)
}

/// What a part is to its reader.
#[derive(Debug, PartialEq, Eq)]
enum Role {
    Plain,
    Html,
    /// Written by a mail system for another one.
    Report,
    Attachment,
}

fn role(part: &PartFact) -> Role {
    match part.content_type.as_str() {
        "message/delivery-status" | "message/disposition-notification" | "text/rfc822-headers" => Role::Report,
        _ if part.is_attachment => Role::Attachment,
        "text/html" | "application/xhtml+xml" => Role::Html,
        // Read by itself, as an invitation; cards and files of programs are not shown as text.
        "text/calendar" | "text/vcard" | "text/x-vcard" | "text/directory" | "text/css" | "text/csv" => {
            Role::Attachment
        }
        // A subtype that a reader does not know is shown as plain text (RFC 2046 4.1.4).
        other if other.starts_with("text/") => Role::Plain,
        _ => Role::Attachment,
    }
}

fn attachments(walk: &mut Walk<'_>) -> Vec<AttachmentFact> {
    let mut found = Vec::new();
    for leaf in &walk.leaves {
        let Some(part) = walk.facts.parts.get_mut(leaf.part) else { continue };
        part.size = transfer::decoded_size(leaf.encoding, leaf.body);
        if role(part) == Role::Attachment {
            let (fact, clean) = attachment::inspect(part, leaf.encoding, leaf.body);
            found.push(fact);
            if !clean {
                note(&mut walk.facts.defects, MimeDefect::BadEncoding);
            }
        }
    }
    found
}

struct Reader<'b> {
    bounds: &'b mut Bounds,
    text: TextFacts,
    html: Reducer,
    urls: Collector,
    invitation: Invitation,
}

impl Reader<'_> {
    fn read_texts(&mut self, walk: &mut Walk<'_>, nested: bool) {
        for leaf in walk.leaves.iter().filter(|leaf| leaf.nested == nested) {
            let Some(part) = walk.facts.parts.get(leaf.part) else { continue };
            match role(part) {
                Role::Plain => self.read_plain(leaf, part, &mut walk.facts.defects),
                Role::Html => self.read_html(leaf, part, &mut walk.facts.defects),
                Role::Report | Role::Attachment => {}
            }
        }
    }

    fn read_plain(&mut self, leaf: &Leaf<'_>, part: &PartFact, defects: &mut Vec<MimeDefect>) {
        let room = MAX_TEXT.saturating_sub(self.text.plain.len());
        let text = self.decode(leaf, part, room, defects);
        if !self.text.plain.is_empty() && !self.text.plain.ends_with('\n') {
            self.text.plain.push('\n');
        }
        let cut = bytes::push_bounded(&mut self.text.plain, &text, MAX_TEXT);
        self.bounds.hit_if(cut, Bound::Text);
    }

    fn read_html(&mut self, leaf: &Leaf<'_>, part: &PartFact, defects: &mut Vec<MimeDefect>) {
        let room = MAX_HTML.saturating_sub(self.html.facts.bytes);
        let html = self.decode(leaf, part, room, defects);
        self.html.read(&html, &mut self.urls);
    }

    /// Mail programs show an invitation by itself; it is as good as the text.
    fn read_invitations(&mut self, walk: &mut Walk<'_>) {
        for leaf in &walk.leaves {
            let Some(part) = walk.facts.parts.get(leaf.part).filter(|part| part.content_type == "text/calendar") else {
                continue;
            };
            let text = self.decode(leaf, part, self.invitation.room(), &mut walk.facts.defects);
            self.invitation.read(&text);
        }
    }

    /// The part's text in UTF-8 with LF at the line ends; `room` bounds the bytes that are decoded.
    fn decode(&mut self, leaf: &Leaf<'_>, part: &PartFact, room: usize, defects: &mut Vec<MimeDefect>) -> String {
        let Decoded { bytes: decoded, clean, cut } = transfer::decode(leaf.encoding, leaf.body, room);
        self.bounds.hit_if(cut, Bound::Text);
        if !clean {
            note(defects, MimeDefect::BadEncoding);
        }
        if is_undeclared(part) && !decoded.is_ascii() {
            note(defects, MimeDefect::UndeclaredEightBit);
        }
        let read = parser::decode_charset(decoded, part.charset.as_deref());
        if read.is_broken_utf8 {
            note(defects, MimeDefect::InvalidUtf8);
        }
        bytes::with_lf(read.text)
    }

    fn shows_nothing(&self) -> bool {
        self.text.plain.trim().is_empty() && self.html.facts.bytes == 0
    }

    fn finish(mut self, subject: Option<&str>, attachments: Vec<AttachmentFact>) -> Content {
        let (html, visible, cut) = self.html.finish();
        self.bounds.hit_if(cut, Bound::Text);
        self.text.html = visible;
        self.invitation.add_what_is_new(&mut self.text);
        self.urls.add_text(&self.text.plain, UrlSource::Text);
        self.urls.add_text(self.invitation.whole(), UrlSource::Text);
        self.urls.add_text(&self.text.html, UrlSource::Text);
        text::count(subject, &mut self.text);
        let (urls, cut) = self.urls.finish();
        self.bounds.hit_if(cut, Bound::Urls);
        Content { text: self.text, html, urls, attachments }
    }
}

/// Whether the part promises to be ASCII: by its charset, by having none, or by `7bit` (RFC 2045 2.7, 5.2).
fn is_undeclared(part: &PartFact) -> bool {
    let ascii = part.charset.as_deref().is_none_or(|charset| charset == "us-ascii");
    ascii || part.encoding.as_deref() == Some("7bit")
}
