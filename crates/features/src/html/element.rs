//! A start tag with the attributes that matter here.

use crate::bytes;
use crate::html::tag::Name;

/// An attribute's value is kept up to here, in bytes.
const MAX_VALUE: usize = 2048;

/// The attributes that matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attribute {
    Style,
    Class,
    Id,
    /// `href`, `action`, `formaction`.
    Target,
    Source,
    /// `bgcolor`.
    Paper,
    /// `background`: an image.
    PaperImage,
    /// `color`.
    Ink,
    Hidden,
    Kind,
    HttpEquiv,
    /// `onclick` and the like.
    Handler,
    Other,
}

impl Attribute {
    /// The attribute of a lower-case name.
    pub(crate) fn of(name: &[u8]) -> Self {
        match name {
            b"style" => Self::Style,
            b"class" => Self::Class,
            b"id" => Self::Id,
            b"href" | b"action" | b"formaction" | b"xlink:href" => Self::Target,
            b"src" => Self::Source,
            b"bgcolor" => Self::Paper,
            b"background" => Self::PaperImage,
            b"color" => Self::Ink,
            b"hidden" => Self::Hidden,
            b"type" => Self::Kind,
            b"http-equiv" => Self::HttpEquiv,
            [b'o', b'n', first, ..] if first.is_ascii_alphabetic() => Self::Handler,
            _ => Self::Other,
        }
    }
}

/// A start tag.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) tag: Name,
    pub(crate) style: String,
    pub(crate) class: String,
    pub(crate) id: String,
    pub(crate) target: String,
    pub(crate) source: String,
    pub(crate) paper: String,
    pub(crate) ink: String,
    pub(crate) kind: String,
    pub(crate) http_equiv: String,
    pub(crate) has_paper_image: bool,
    pub(crate) is_hidden: bool,
    /// How many `on…` attributes.
    pub(crate) handlers: usize,
}

impl Element {
    /// A tag without attributes yet, in the memory of another.
    pub(crate) fn begin(&mut self, name: &[u8]) {
        self.tag = Name::new(name);
        let texts = [&mut self.style, &mut self.class, &mut self.id, &mut self.target, &mut self.source];
        let more = [&mut self.paper, &mut self.ink, &mut self.kind, &mut self.http_equiv];
        texts.into_iter().chain(more).for_each(String::clear);
        (self.has_paper_image, self.is_hidden, self.handlers) = Default::default();
    }

    /// Whether it is that element.
    pub(crate) fn is(&self, name: &[u8]) -> bool {
        self.tag.as_bytes() == name
    }

    /// Whether its `type` is that.
    pub(crate) fn kind_is(&self, kind: &str) -> bool {
        self.kind.trim().eq_ignore_ascii_case(kind)
    }

    /// Notes that an attribute is there.
    pub(crate) fn see(&mut self, attribute: Attribute) {
        match attribute {
            Attribute::Hidden => self.is_hidden = true,
            Attribute::Handler => self.handlers += 1,
            Attribute::PaperImage => self.has_paper_image = true,
            _ => {}
        }
    }

    /// Sets an attribute's value.
    pub(crate) fn set(&mut self, attribute: Attribute, value: &[u8]) {
        let place = match attribute {
            Attribute::Style => &mut self.style,
            Attribute::Class => &mut self.class,
            Attribute::Id => &mut self.id,
            Attribute::Target => &mut self.target,
            Attribute::Source => &mut self.source,
            Attribute::Paper => &mut self.paper,
            Attribute::Ink => &mut self.ink,
            Attribute::Kind => &mut self.kind,
            Attribute::HttpEquiv => &mut self.http_equiv,
            Attribute::PaperImage | Attribute::Hidden | Attribute::Handler | Attribute::Other => return,
        };
        place.clear();
        place.push_str(&bytes::lossy(bytes::head(value, MAX_VALUE)));
    }
}
