//! What the header section of a part says about its body (RFC 2045, 2183).

use model::features::{MimeDefect, PartFact};

use crate::bytes;
use crate::header::scan::{self, Field};
use crate::mime::note;
use crate::mime::transfer::Encoding;
use crate::parser::{self, MediaType};

/// Content-Type and Content-Disposition are read so far.
const MAX_VALUE: usize = 8 * 1024;
/// RFC 2046 5.1.1 allows 70; readers take more.
const MAX_BOUNDARY: usize = 250;
/// A file name is cut here, in bytes.
const MAX_NAME: usize = 500;
/// More fields of a part than this are not read.
const MAX_FIELDS: usize = 100;

/// A part's header section, understood.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entity {
    /// What is told about the part; size and depth are not known yet.
    pub(crate) fact: PartFact,
    /// How the body is encoded.
    pub(crate) encoding: Encoding,
    /// The boundary of a multipart.
    pub(crate) boundary: Option<Vec<u8>>,
}

impl Entity {
    /// Reads a header section; breaches are noted. `top` says that it is the message's own.
    pub(crate) fn read(head: &[u8], top: bool, defects: &mut Vec<MimeDefect>) -> Self {
        let mut entity = Self::default();
        let most = if top { 1000 } else { MAX_FIELDS };
        for field in scan::fields(head).take(most) {
            entity.take(&field, defects);
        }
        if entity.fact.content_type.is_empty() {
            "text/plain".clone_into(&mut entity.fact.content_type);
        }
        entity
    }

    /// Whether the body is made of parts.
    pub(crate) fn is_multipart(&self) -> bool {
        self.fact.content_type.starts_with("multipart/")
    }

    /// Whether the body is a message that can be read as it stands.
    pub(crate) fn is_message(&self) -> bool {
        let kind = self.fact.content_type.as_str();
        matches!(kind, "message/rfc822" | "message/global" | "message/news") && self.encoding == Encoding::Identity
    }

    fn take(&mut self, field: &Field<'_>, defects: &mut Vec<MimeDefect>) {
        let value = bytes::head(field.value, MAX_VALUE);
        // The first field of a name counts, as in the header of the message.
        if field.is("content-type") && self.fact.content_type.is_empty() {
            self.take_type(parser::media_type(value).unwrap_or_default(), defects);
        } else if field.is("content-transfer-encoding") && self.fact.encoding.is_none() {
            self.take_encoding(value, defects);
        } else if field.is("content-disposition") {
            self.take_disposition(&parser::media_type(value).unwrap_or_default());
        } else if field.is("content-id") {
            self.fact.inline_id = true;
        }
    }

    fn take_type(&mut self, kind: MediaType, defects: &mut Vec<MimeDefect>) {
        note_repetitions(&kind, defects);
        self.boundary = kind.parameter("boundary").and_then(boundary);
        self.fact.charset = kind.parameter("charset").map(|name| bounded(name.trim(), 60).to_ascii_lowercase());
        if let Some(charset) = self.fact.charset.as_deref().filter(|name| !parser::charset_is_known(name)) {
            note(defects, MimeDefect::UnknownCharset(charset.to_owned()));
        }
        if self.fact.name.is_none() {
            self.fact.name = kind.parameter("name").and_then(file_name);
        }
        // A type without subtype is read as plain text (RFC 2045 5.2).
        let essence = if kind.essence.contains('/') { kind.essence } else { "text/plain".into() };
        self.fact.content_type = bounded(&essence, 100).to_owned();
    }

    fn take_encoding(&mut self, value: &[u8], defects: &mut Vec<MimeDefect>) {
        let word = String::from_utf8_lossy(bytes::head(value.trim_ascii(), 60)).to_ascii_lowercase();
        self.encoding = Encoding::of(&word).unwrap_or_else(|| {
            note(defects, MimeDefect::UnknownEncoding(word.clone()));
            Encoding::Identity
        });
        self.fact.encoding = Some(word);
    }

    fn take_disposition(&mut self, disposition: &MediaType) {
        self.fact.is_attachment |= disposition.essence.starts_with("attachment");
        if let Some(name) = disposition.parameter("filename").and_then(file_name) {
            self.fact.name = Some(name);
        }
    }
}

fn note_repetitions(kind: &MediaType, defects: &mut Vec<MimeDefect>) {
    for name in ["boundary", "charset", "name"] {
        if kind.parameters.iter().filter(|(key, _)| key == name).count() > 1 {
            note(defects, MimeDefect::RepeatedParameter(name.into()));
        }
    }
}

fn boundary(value: &str) -> Option<Vec<u8>> {
    let value = value.trim_ascii_end();
    (!value.is_empty() && value.len() <= MAX_BOUNDARY).then(|| value.as_bytes().to_vec())
}

/// The name without a path, encoded words decoded though RFC 2231 forbids them here: most senders use them.
fn file_name(value: &str) -> Option<String> {
    let decoded = if value.contains("=?") { parser::unstructured(value.as_bytes()) } else { value.to_owned() };
    let name = decoded.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    (!name.is_empty()).then(|| bounded(name, MAX_NAME).to_owned())
}

fn bounded(text: &str, max: usize) -> &str {
    model::names::bounded(text, max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(head: &[u8]) -> (Entity, Vec<MimeDefect>) {
        let mut defects = Vec::new();
        (Entity::read(head, false, &mut defects), defects)
    }

    #[test]
    fn a_part_is_plain_text_unless_it_says_otherwise() {
        assert_eq!(read(b"").0.fact.content_type, "text/plain");
        assert_eq!(read(b"Content-Type: text\n").0.fact.content_type, "text/plain");
        assert_eq!(read(b"Content-Type: Text/HTML; charset=\"UTF-8\"\n").0.fact.charset.as_deref(), Some("utf-8"));
    }

    #[test]
    fn names_are_decoded_and_lose_their_path() {
        let (entity, _) = read(b"Content-Disposition: attachment;\n filename=\"=?utf-8?q?C:\\tmp\\caf=C3=A9.pdf?=\"\n");
        assert_eq!(entity.fact.name.as_deref(), Some("café.pdf"));
        assert!(entity.fact.is_attachment);
    }

    #[test]
    fn breaches_are_named() {
        let (entity, defects) =
            read(b"Content-Type: multipart/mixed; boundary=a; boundary=b\nContent-Transfer-Encoding: rot13\n");
        assert_eq!(entity.boundary.as_deref(), Some(&b"a"[..]));
        assert_eq!(
            defects,
            [MimeDefect::RepeatedParameter("boundary".into()), MimeDefect::UnknownEncoding("rot13".into())]
        );
    }
}
