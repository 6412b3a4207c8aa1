//! What was seen in a message, before anyone gives points for it.
//!
//! Filled by the `features` crate in one pass, read by every scorer. Everything is bounded: what was cut is named in
//! [`Features::bounds_hit`]. Text is decoded to UTF-8; names of header fields and hosts are lower case.

use std::net::IpAddr;

use crate::address::{ClientAddr, DomainName, Mailbox};
use crate::circumstances::Circumstances;
use crate::envelope::Path;
use crate::names::{AccountName, MessageId};
use crate::session::Via;
use crate::time::Timestamp;

/// Everything the scorers know of one message.
#[derive(Debug, Clone, Default)]
pub struct Features {
    /// Who sends, and to whom.
    pub sender: SenderFacts,
    /// The header section of the message.
    pub headers: HeaderFacts,
    /// The MIME structure.
    pub structure: StructureFacts,
    /// The text a reader sees.
    pub text: TextFacts,
    /// The HTML, when there is any.
    pub html: Option<HtmlFacts>,
    /// The links of text and HTML, in order, each once.
    pub urls: Vec<UrlFact>,
    /// The attachments.
    pub attachments: Vec<AttachmentFact>,
    /// The size of the whole message in bytes.
    pub size: u64,
    /// Which bounds cut something off; a message may not hide behind them.
    pub bounds_hit: Vec<Bound>,
    /// What is known beyond the message's bytes.
    pub circumstances: Circumstances,
}

/// The envelope and the session, as far as scoring may look.
#[derive(Debug, Clone, Default)]
pub struct SenderFacts {
    /// The door.
    pub via: Option<Via>,
    /// The login.
    pub login: Option<AccountName>,
    /// Whether the configuration lets this login write what From says; `None` where it says nothing of the login.
    pub from_allowed: Option<bool>,
    /// The submitting host.
    pub client: Option<ClientAddr>,
    /// EHLO name.
    pub helo: String,
    /// MAIL FROM; `None` when unknown (`scan` of a file).
    pub mail_from: Option<Path>,
    /// Number of recipients in the envelope.
    pub recipients: u32,
    /// The first recipients, at most 50.
    pub first_recipients: Vec<Path>,
    /// When the message was handed in.
    pub at: Timestamp,
}

/// The header section.
#[derive(Debug, Clone, Default)]
pub struct HeaderFacts {
    /// Field names in order, lower case, at most 200.
    pub names: Vec<String>,
    /// Mailboxes of the first From field.
    pub from: Vec<Mailbox>,
    /// The Sender field.
    pub sender: Option<Mailbox>,
    /// Mailboxes of Reply-To.
    pub reply_to: Vec<Mailbox>,
    /// Mailboxes of To, at most 100 kept.
    pub to: Vec<Mailbox>,
    /// Mailboxes of Cc, at most 100 kept.
    pub cc: Vec<Mailbox>,
    /// Subject, decoded (RFC 2047); `None` when the field is missing.
    pub subject: Option<String>,
    /// Subject as written, unfolded, before decoding.
    pub subject_raw: Option<String>,
    /// The Date field.
    pub date: DateFact,
    /// Message-ID.
    pub message_id: Option<MessageId>,
    /// In-Reply-To or References is there.
    pub is_reply: bool,
    /// X-Mailer or User-Agent.
    pub mailer: Option<String>,
    /// X-Priority, Importance or X-MSMail-Priority says high.
    pub high_priority: bool,
    /// Auto-Submitted other than `no`, or Precedence of bulk, junk or list.
    pub automatic: bool,
    /// List-Id, List-Post or List-Unsubscribe is there.
    pub list: bool,
    /// X-PHP-Originating-Script or X-PHP-Script: the program on a web server that wrote the message.
    pub web_script: Option<String>,
    /// Content-Type as written, of the whole message.
    pub content_type: Option<String>,
    /// Fields that somebody asked for (lower-case name, value on one line), decoded, at most 50 of 2,000 bytes.
    pub kept: Vec<(String, String)>,
    /// What is wrong.
    pub defects: Vec<HeaderDefect>,
}

impl HeaderFacts {
    /// How many fields have that (lower-case) name.
    pub fn count(&self, name: &str) -> usize {
        self.names.iter().filter(|field| *field == name).count()
    }

    /// Whether a field of that (lower-case) name is there.
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|field| field == name)
    }
}

/// The Date field (RFC 5322 3.6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DateFact {
    /// No such field.
    #[default]
    Missing,
    /// A field that is no date.
    Invalid,
    /// A date, with the zone's offset from UTC in minutes.
    At(Timestamp, i32),
}

/// Breaches of RFC 5322 and RFC 2047 in the header section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderDefect {
    /// A field that may stand once stands several times (3.6); its lower-case name.
    Repeated(String),
    /// Bytes above 127 in a header of a message that is not SMTPUTF8 (2.2); the field's name.
    RawEightBit(String),
    /// A line without a colon, or white space before it.
    Malformed(String),
    /// An encoded word whose charset or encoding can't be read (RFC 2047); the field's name.
    BadEncodedWord(String),
    /// A line of more than 998 bytes (2.1.1); the field's name.
    LongLine(String),
    /// A NUL byte; the field's name.
    Nul(String),
    /// An encoded word hides plain ASCII that needed no encoding; the field's name.
    NeedlessEncoding(String),
}

/// The MIME structure (RFC 2045, 2046).
#[derive(Debug, Clone, Default)]
pub struct StructureFacts {
    /// The parts in order, containers included, at most 200.
    pub parts: Vec<PartFact>,
    /// How deep parts nest; 0 for a simple message.
    pub depth: usize,
    /// MIME-Version is there.
    pub mime_version: bool,
    /// What is wrong.
    pub defects: Vec<MimeDefect>,
}

impl StructureFacts {
    /// How many leaf parts have that type, such as `text/html`.
    pub fn count(&self, content_type: &str) -> usize {
        self.parts.iter().filter(|part| part.content_type == content_type).count()
    }
}

/// One MIME part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartFact {
    /// Lower-case `type/subtype`; `text/plain` when none is given.
    pub content_type: String,
    /// Lower-case charset, when given.
    pub charset: Option<String>,
    /// Lower-case transfer encoding, when given.
    pub encoding: Option<String>,
    /// Content-Disposition is `attachment`.
    pub is_attachment: bool,
    /// The file name, decoded.
    pub name: Option<String>,
    /// Content-ID is there: shown inside the HTML.
    pub inline_id: bool,
    /// Decoded size in bytes.
    pub size: usize,
    /// How deep the part nests.
    pub depth: usize,
}

/// Breaches of MIME.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MimeDefect {
    /// A multipart whose boundary parameter is missing or never occurs.
    NoBoundary,
    /// A multipart that is never closed (and was not cut by a bound).
    Unclosed,
    /// A transfer encoding that does not exist; as written.
    UnknownEncoding(String),
    /// Base64 or quoted-printable with bytes that do not belong there.
    BadEncoding,
    /// A charset nobody knows; as written.
    UnknownCharset(String),
    /// Several parts of one name, such as two boundary parameters.
    RepeatedParameter(String),
    /// text/* declared us-ascii or 7bit but holding 8-bit bytes.
    UndeclaredEightBit,
    /// Text declared UTF-8 that is none.
    InvalidUtf8,
    /// A multipart with the boundary of one around it, so that readers differ about what ends where.
    SharedBoundary,
    /// Nested messages or parts beyond the bound.
    TooDeep,
}

/// The text a reader sees.
#[derive(Debug, Clone, Default)]
pub struct TextFacts {
    /// Plain text parts, decoded, bounded to 64 KiB.
    pub plain: String,
    /// The HTML's visible text, white space folded, bounded to 64 KiB.
    pub html: String,
    /// Characters of no width (U+200B..200F, 2060, FEFF, 00AD) outside of emoji sequences, in subject and texts.
    pub invisible_chars: usize,
    /// Words that mix Latin with Cyrillic or Greek letters, as they read, at most 10.
    pub mixed_words: Vec<String>,
    /// Characters of the mathematical, full-width and enclosed alphabets used as letters.
    pub styled_letters: usize,
    /// Letters in all.
    pub letters: usize,
    /// Bidirectional override characters (U+202A..202E, 2066..2069).
    pub bidi_overrides: usize,
}

impl TextFacts {
    /// What a reader reads: the HTML's text where there is one, else the plain text.
    pub fn shown(&self) -> &str {
        if self.html.trim().is_empty() { &self.plain } else { &self.html }
    }
}

/// What stands in the HTML parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HtmlFacts {
    /// Characters of text that are shown.
    pub visible_chars: usize,
    /// Characters of text hidden by CSS (display, visibility, size, colour on its background, position, opacity).
    pub hidden_chars: usize,
    /// Characters of hidden text before the first shown one, when they are at most 200: the line newsletters hide for the
    /// preview in a list of mails. They are not in `hidden_chars`.
    pub preheader_chars: usize,
    /// How often hidden text stands between two letters that are shown: words broken up for the filter.
    pub split_words: usize,
    /// Up to 200 characters of the hidden text.
    pub hidden_sample: String,
    /// `<a>` whose shown text names a host: the host shown, the host behind.
    pub misleading_links: Vec<(String, String)>,
    /// `<form>` elements.
    pub forms: usize,
    /// `<input type=password>` and the like.
    pub password_inputs: usize,
    /// `<script>` elements and `on…` attributes.
    pub scripts: usize,
    /// `<iframe>`, `<object>`, `<embed>`, `<applet>`.
    pub embeds: usize,
    /// `<meta http-equiv=refresh>`.
    pub refreshes: usize,
    /// `<base>` elements.
    pub bases: usize,
    /// `<img>` elements: from outside.
    pub remote_images: usize,
    /// `<img>` elements: `cid:` or `data:`.
    pub inline_images: usize,
    /// `<a href>` elements.
    pub links: usize,
    /// Bytes inside comments, conditional comments left out.
    pub comment_bytes: usize,
    /// Tags nobody knows (random names to break up words).
    pub unknown_tags: usize,
    /// `data:` or `javascript:` addresses in links.
    pub script_links: usize,
    /// Bytes of HTML.
    pub bytes: usize,
}

/// Where a link stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UrlSource {
    /// In plain text or in visible HTML text.
    Text,
    /// In `href`, `action` or the like.
    Link,
    /// In `src`.
    Image,
}

/// What the host of a link is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UrlHost {
    /// A name, lower case, in A-labels as written, no trailing dot.
    Name(DomainName),
    /// An address; decimal, octal and hexadecimal spellings are recognised.
    Address(IpAddr),
}

/// One link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlFact {
    /// The link, bounded to 2,000 characters.
    pub url: String,
    /// Lower-case scheme.
    pub scheme: String,
    /// The host.
    pub host: UrlHost,
    /// The registrable domain by the public suffix list.
    pub registrable: Option<DomainName>,
    /// `user@` or `user:password@` before the host.
    pub has_userinfo: bool,
    /// A port, when written.
    pub port: Option<u16>,
    /// The path and query.
    pub path: String,
    /// Where it stood.
    pub source: UrlSource,
    /// How a numeric host was written, when in an unusual way (decimal, octal, hexadecimal).
    pub disguised_address: bool,
}

/// What a file is by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// Windows program (MZ).
    WindowsProgram,
    /// ELF or Mach-O.
    UnixProgram,
    /// A script, by its `#!` line or its name.
    Script,
    /// ZIP that is not an Office file.
    Zip,
    /// RAR.
    Rar,
    /// 7z.
    SevenZip,
    /// gzip, xz, bzip2, tar, cab, ace, arj.
    OtherArchive,
    /// Disc image (ISO 9660, VHD, IMG by name).
    DiscImage,
    /// PDF.
    Pdf,
    /// Office Open XML or OpenDocument.
    OfficeXml,
    /// OLE2 (old Office, MSI, MSG).
    Ole,
    /// RTF.
    Rtf,
    /// A OneNote section.
    OneNote,
    /// HTML or SVG or XHTML.
    Html,
    /// An image.
    Image,
    /// Windows shortcut (.lnk) or internet shortcut.
    Shortcut,
    /// Text.
    Text,
    /// Something else.
    Other,
}

/// An attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentFact {
    /// File name, decoded, without path.
    pub name: Option<String>,
    /// Lower-case declared type.
    pub declared: String,
    /// By content.
    pub kind: FileKind,
    /// Decoded size in bytes, as far as it was kept.
    pub size: usize,
    /// A hash of its first 64 KiB, decoded.
    pub digest: u64,
    /// A ZIP, RAR or 7z file whose content is encrypted, or an encrypted Office or PDF file.
    pub encrypted: bool,
    /// Names inside a ZIP, RAR or tar, at most 50.
    pub inner_names: Vec<String>,
    /// Macros inside an Office file.
    pub macros: bool,
    /// What runs when it is opened: script in an SVG, JavaScript or a launched program in a PDF; words for a person.
    pub active: Option<&'static str>,
    /// What a web page does when it is opened.
    pub page: PageFacts,
}

/// What an attached web page does when it is opened, as far as its first 64 KiB tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PageFacts {
    /// It has a field for a password.
    pub asks_password: bool,
    /// A script decodes what is shown, or writes it.
    pub builds_itself: bool,
    /// It leads on to another page by itself (`<meta http-equiv=refresh>`).
    pub leads_on: bool,
}

/// A bound that cut something off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bound {
    /// The message was larger than what is analysed.
    Size,
    /// More header fields or header bytes than are read.
    Headers,
    /// More text behind the beginning of a large message than is kept of it.
    Behind,
    /// More MIME parts than are read, or deeper.
    Parts,
    /// More links than are kept.
    Urls,
    /// More text than is kept.
    Text,
}
