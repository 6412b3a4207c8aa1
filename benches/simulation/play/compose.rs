//! Letters as mail programs, shops and list servers write them.

use model::Timestamp;

use super::words::Letter;

/// The fields that every message has.
pub(crate) struct Head<'a> {
    /// The author's name, may be empty.
    pub(crate) name: &'a str,
    /// The author's address.
    pub(crate) from: &'a str,
    /// The recipient that To shows.
    pub(crate) to: &'a str,
    /// Further fields, each with CRLF.
    pub(crate) more: &'a str,
    /// When.
    pub(crate) at: Timestamp,
    /// Anything that makes the Message-ID the only one of its kind.
    pub(crate) id: u64,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Plain text.
    Plain,
    /// Plain text and HTML, as webmail and Outlook write.
    Both,
    /// With a PDF beside the text.
    WithPdf,
    /// To a meeting, with an entry for the calendar.
    Invitation,
    /// A shop's or a newsletter's HTML with picture, table and button.
    Shop,
}

/// The whole message.
pub(crate) fn compose(head: &Head<'_>, letter: &Letter, style: Style) -> Vec<u8> {
    let plain = letter.paragraphs.join("\r\n\r\n");
    let text = part("text/plain; charset=utf-8", &format!("{plain}\r\n"));
    let body = match style {
        Style::Plain => text,
        Style::Both => multipart("alternative", head.id, &[text, html(&simple(letter))]),
        Style::Shop => multipart("alternative", head.id, &[text, html(&shop(letter, head.from))]),
        Style::WithPdf => multipart("mixed", head.id, &[text, PDF.to_owned()]),
        Style::Invitation => multipart("alternative", head.id, &[text, html(&simple(letter)), calendar(head, letter)]),
    };
    format!("{}MIME-Version: 1.0\r\n{body}", fields(head, &letter.subject)).into_bytes()
}

/// From, To, Subject, Date, Message-ID and more.
pub(crate) fn fields(head: &Head<'_>, subject: &str) -> String {
    let Head { name, from, to, more, at, id } = head;
    let host = from.rsplit('@').next().unwrap_or("host.example");
    let author = if name.is_empty() { (*from).to_owned() } else { format!("{name} <{from}>") };
    let (subject, date) = (encoded(subject), date(*at));
    format!(
        "From: {author}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {date}\r\nMessage-ID: <{id:x}.{}@{host}>\r\n{more}",
        at.0
    )
}

/// RFC 2047 where it is needed.
fn encoded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let quoted = |byte: u8| match byte {
        b' ' => "_".to_owned(),
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => char::from(byte).to_string(),
        _ => format!("={byte:02X}"),
    };
    format!("=?utf-8?Q?{}?=", text.bytes().map(quoted).collect::<String>())
}

/// RFC 5322 3.3, in UTC.
pub(crate) fn date(at: Timestamp) -> String {
    let time = jiff::Timestamp::from_second(at.as_secs()).unwrap_or_default();
    time.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

fn part(kind: &str, text: &str) -> String {
    format!("Content-Type: {kind}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}")
}

fn html(text: &str) -> String {
    part("text/html; charset=utf-8", text)
}

fn multipart(kind: &str, id: u64, parts: &[String]) -> String {
    let boundary = format!("------------{id:016x}{:08x}", id >> 32);
    let parts: String = parts.iter().map(|part| format!("--{boundary}\r\n{part}\r\n")).collect();
    format!("Content-Type: multipart/{kind}; boundary=\"{boundary}\"\r\n\r\n{parts}--{boundary}--\r\n")
}

fn simple(letter: &Letter) -> String {
    let paragraphs: String = letter.paragraphs.iter().map(|text| format!("<p>{text}</p>\r\n")).collect();
    format!("<html><body><div style=\"font-family:Arial;font-size:12pt\">{paragraphs}</div></body></html>\r\n")
}

fn shop(letter: &Letter, from: &str) -> String {
    let host = from.rsplit('@').next().unwrap_or("shop.example");
    let paragraphs: String = letter.paragraphs.iter().map(|text| format!("<p>{text}</p>\r\n")).collect();
    format!(
        "<html><head><style>.b{{background:#0b6e4f}}</style></head><body bgcolor=\"#f4f4f4\">\r\n\
         <div style=\"display:none\">{}</div>\r\n<table width=\"600\" align=\"center\" bgcolor=\"#ffffff\"><tr><td>\r\n\
         <img src=\"https://www.{host}/logo.png\" width=\"160\" height=\"40\" alt=\"\">\r\n{paragraphs}\
         <p><a class=\"b\" href=\"https://www.{host}/account\" style=\"color:#ffffff\">www.{host}</a></p>\r\n\
         <p style=\"font-size:11px;color:#666666\"><a href=\"https://www.{host}/imprint\">Imprint</a></p>\r\n\
         </td></tr></table></body></html>\r\n",
        letter.subject
    )
}

/// RFC 5545, with the link to the conference.
fn calendar(head: &Head<'_>, letter: &Letter) -> String {
    let Head { from, to, id, at, .. } = head;
    let time = jiff::Timestamp::from_second(at.as_secs() + 86_400).unwrap_or_default().strftime("%Y%m%dT%H%M%SZ");
    let event = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Office//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:{id:x}\r\n\
         DTSTAMP:{time}\r\nDTSTART:{time}\r\nORGANIZER:mailto:{from}\r\nATTENDEE:mailto:{to}\r\nSUMMARY:{}\r\n\
         LOCATION:https://meet.conference.example/{id:x}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        letter.subject
    );
    part("text/calendar; charset=utf-8; method=REQUEST", &event)
}

/// The smallest thing that a reader takes for a PDF.
const PDF: &str = "Content-Type: application/pdf; name=\"document.pdf\"\r\nContent-Disposition: attachment; \
    filename=\"document.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQKMSAwIG9iago8PC9UeXBlL0NhdGFsb2c+PgplbmRvYmoKJSVFT0YK\r\n";
