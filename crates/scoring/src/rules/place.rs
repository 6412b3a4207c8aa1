//! Where a condition looks, and what stands there in a message.

use std::borrow::Cow;

use model::features::{FileKind, UrlHost, UrlSource};
use model::{Features, Mailbox};

/// Where a condition looks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    Subject,
    From,
    Body,
    Url,
    UrlHost,
    UrlPath,
    AttachmentName,
    AttachmentType,
    AttachmentKind,
    MailFrom,
    Recipient,
    Login,
    Client,
    /// A header field, lower case.
    Header(String),
}

/// The words for places; a header field is `header:NAME`.
const WORDS: &[(&str, Place)] = &[
    ("subject", Place::Subject),
    ("from", Place::From),
    ("body", Place::Body),
    ("url", Place::Url),
    ("url.host", Place::UrlHost),
    ("url.path", Place::UrlPath),
    ("attachment.name", Place::AttachmentName),
    ("attachment.type", Place::AttachmentType),
    ("attachment.kind", Place::AttachmentKind),
    ("mail_from", Place::MailFrom),
    ("recipient", Place::Recipient),
    ("login", Place::Login),
    ("client", Place::Client),
];

impl Place {
    /// The place of that word.
    pub(crate) fn of(word: &str) -> Option<Self> {
        if let Some(name) = word.strip_prefix("header:") {
            let is_name =
                !name.is_empty() && name.len() <= 80 && name.bytes().all(|b| b.is_ascii_graphic() && b != b':');
            return is_name.then(|| Self::Header(name.to_ascii_lowercase()));
        }
        WORDS.iter().find(|(known, _)| *known == word).map(|(_, place)| place.clone())
    }

    /// The word for the place.
    pub(crate) fn word(&self) -> Cow<'static, str> {
        match self {
            Self::Header(name) => Cow::Owned(format!("header:{name}")),
            known => Cow::Borrowed(WORDS.iter().find(|(_, place)| place == known).map_or("", |(word, _)| word)),
        }
    }

    /// Every word, for a mistake's message.
    pub(crate) fn words() -> String {
        let words: Vec<&str> = WORDS.iter().map(|(word, _)| *word).chain(["header:NAME"]).collect();
        words.join(", ")
    }

    /// Calls `see` with each text that stands there.
    pub(crate) fn each<'m>(&self, message: &'m Features, mut see: impl FnMut(Cow<'m, str>)) {
        let sender = &message.sender;
        match self {
            Self::Subject => message.headers.subject.iter().for_each(|text| see(Cow::Borrowed(text))),
            Self::From => message.headers.from.iter().for_each(|from| see(Cow::Owned(mailbox(from)))),
            Self::Body => {
                [&message.text.plain, &message.text.html].into_iter().for_each(|text| see(Cow::Borrowed(text)))
            }
            Self::Url => links(message).for_each(|url| see(Cow::Borrowed(&url.url))),
            Self::UrlHost => links(message).for_each(|url| see(host(&url.host))),
            Self::UrlPath => links(message).for_each(|url| see(Cow::Borrowed(&url.path))),
            Self::AttachmentName => {
                let files = message.attachments.iter();
                files
                    .flat_map(|file| file.name.iter().chain(&file.inner_names))
                    .for_each(|name| see(Cow::Borrowed(name)));
            }
            Self::AttachmentType => message.attachments.iter().for_each(|file| see(Cow::Borrowed(&file.declared))),
            Self::AttachmentKind => {
                message.attachments.iter().for_each(|file| see(Cow::Borrowed(kind_word(file.kind))))
            }
            Self::MailFrom => sender.mail_from.iter().for_each(|path| see(Cow::Borrowed(path.as_str()))),
            Self::Recipient => sender.first_recipients.iter().for_each(|path| see(Cow::Borrowed(path.as_str()))),
            Self::Login => sender.login.iter().for_each(|login| see(Cow::Borrowed(login.as_str()))),
            Self::Client => sender.client.iter().for_each(|client| see(Cow::Owned(client.ip().to_string()))),
            Self::Header(name) => {
                let fields = message.headers.kept.iter().filter(|(kept, _)| kept == name);
                fields.for_each(|(_, value)| see(Cow::Borrowed(value)));
            }
        }
    }
}

fn links(message: &Features) -> impl Iterator<Item = &model::features::UrlFact> {
    message.urls.iter().filter(|url| url.source != UrlSource::Image)
}

fn mailbox(from: &Mailbox) -> String {
    format!("{} <{}>", from.name, from.address)
}

fn host(host: &UrlHost) -> Cow<'_, str> {
    match host {
        UrlHost::Name(name) => Cow::Borrowed(name.as_str()),
        UrlHost::Address(address) => Cow::Owned(address.to_string()),
    }
}

/// The word for what a file is by its content.
fn kind_word(kind: FileKind) -> &'static str {
    match kind {
        FileKind::WindowsProgram => "windows_program",
        FileKind::UnixProgram => "unix_program",
        FileKind::Script => "script",
        FileKind::Zip => "zip",
        FileKind::Rar => "rar",
        FileKind::SevenZip => "7z",
        FileKind::OtherArchive => "archive",
        FileKind::DiscImage => "disc_image",
        FileKind::Pdf => "pdf",
        FileKind::OfficeXml => "office_xml",
        FileKind::Ole => "ole",
        FileKind::Rtf => "rtf",
        FileKind::OneNote => "onenote",
        FileKind::Html => "html",
        FileKind::Image => "image",
        FileKind::Shortcut => "shortcut",
        FileKind::Text => "text",
        FileKind::Other => "other",
    }
}
