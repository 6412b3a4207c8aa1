//! Small questions that several signals ask.

use model::Mailbox;
use model::circumstances::{Asked, Listed, Listing, Opinion, Word};
use model::features::AttachmentFact;

use crate::{Reading, Seen};

/// Extensions Windows or a browser runs as a program.
const PROGRAMS: &[&str] = &[
    "exe",
    "scr",
    "com",
    "pif",
    "cpl",
    "msi",
    "msix",
    "appx",
    "dll",
    "jar",
    "apk",
    "xll",
    "wll",
    "ocx",
    "sys",
    "msp",
    "gadget",
    "application",
];
/// Extensions that are run as a script.
const SCRIPTS: &[&str] = &[
    "js", "jse", "vbs", "vbe", "wsf", "wsh", "wsc", "hta", "bat", "cmd", "ps1", "psm1", "reg", "sct", "chm", "jnlp",
    "mshta", "scpt",
];
/// Extensions of documents, behind which another one hides.
const DOCUMENTS: &[&str] = &[
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "txt", "jpg", "jpeg", "png", "gif", "rtf", "csv", "mp3", "mp4",
    "htm", "html", "zip",
];

/// More of a scanner's own rules than this are not quoted.
const QUOTED: usize = 4;

/// What a scanner's score deserves: half of the points at its threshold, all at twice that, none below half of it.
pub(super) fn rated_by(scanner: &str, message: &Reading<'_>) -> Option<Seen> {
    let opinion = message.features.circumstances.opinions.iter().find(|opinion| opinion.scanner == scanner)?;
    let Word::Rated { score, threshold } = opinion.word else { return None };
    let (score, threshold) = (usize::try_from(score).ok()?, usize::try_from(threshold).ok()?);
    (score >= threshold / 2)
        .then(|| Seen::of(quoted(opinion, score, threshold)).partly(score, threshold.saturating_mul(2)))
}

fn quoted(opinion: &Opinion, score: usize, threshold: usize) -> String {
    let symbols: Vec<_> = opinion.symbols.iter().take(QUOTED).map(String::as_str).collect();
    let points = |hundredths: usize| format!("{}.{}", hundredths / 100, hundredths % 100 / 10);
    let rules = if symbols.is_empty() { String::new() } else { format!(": {}", symbols.join(", ")) };
    format!("{} of {}{rules}", points(score), points(threshold))
}

/// The lower-case extension of a file name, spaces before and after it left out.
pub(super) fn extension(name: &str) -> Option<String> {
    let (_, extension) = name.trim().trim_end_matches('.').rsplit_once('.')?;
    Some(extension.trim().to_ascii_lowercase())
}

pub(super) fn is_program(name: &str) -> bool {
    extension(name).is_some_and(|extension| PROGRAMS.contains(&extension.as_str()))
}

pub(super) fn is_script(name: &str) -> bool {
    extension(name).is_some_and(|extension| SCRIPTS.contains(&extension.as_str()))
}

/// `invoice.pdf.exe`: a document's extension before one that runs or unpacks.
pub(super) fn hides_extension(name: &str) -> bool {
    let Some((stem, _)) = name.trim().rsplit_once('.') else { return false };
    let inner = extension(stem).is_some_and(|extension| DOCUMENTS.contains(&extension.as_str()));
    inner && (is_program(name) || is_script(name) || is_carrier(name))
}

/// An extension that unpacks to something that runs.
fn is_carrier(name: &str) -> bool {
    let carriers =
        ["lnk", "url", "iso", "img", "vhd", "html", "htm", "shtml", "svg", "z", "rar", "7z", "ace", "zip", "gz"];
    let archive_of_archive = name.to_ascii_lowercase().ends_with(".zip.zip");
    extension(name).is_some_and(|extension| carriers.contains(&extension.as_str())) && !archive_of_archive
}

/// An attachment's name, or its type when it has none.
pub(super) fn called(attachment: &AttachmentFact) -> String {
    attachment.name.clone().unwrap_or_else(|| attachment.declared.clone())
}

/// Whether one domain is the other or lies within it, or both share their last two labels.
pub(super) fn related(one: &str, other: &str) -> bool {
    let within = |name: &str, domain: &str| name.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    one == other || within(one, other) || within(other, one) || one.rsplit('.').take(2).eq(other.rsplit('.').take(2))
}

/// The first address-like word of a text: its domain and the word.
pub(super) fn address_in(text: &str) -> Option<(String, &str)> {
    let trim = |c: char| !c.is_ascii_alphanumeric();
    let words =
        text.split(|c: char| c.is_whitespace() || "<>()[]\"',;:".contains(c)).map(|word| word.trim_matches(trim));
    words
        .filter_map(|word| Some((model::DomainName::new(word.split_once('@')?.1)?.as_str().to_owned(), word)))
        .find(|(domain, _)| domain.contains('.'))
}

/// Two mailboxes with the same address, in whatever case.
pub(super) fn same_address(one: &Mailbox, other: &Mailbox) -> bool {
    !one.address.is_empty() && one.address.eq_ignore_ascii_case(&other.address)
}

/// How many letters a text has, and how many of them are capitals. Scripts without capitals do not count. Where most
/// letters are small ASCII ones, only those of ASCII are counted.
pub(super) fn capitals(text: &str) -> (usize, usize) {
    if text.is_ascii() {
        return (count(text, |byte| byte.is_ascii_alphabetic()), count(text, |byte| byte.is_ascii_uppercase()));
    }
    let small = count(text, |byte| byte.is_ascii_lowercase());
    let (large, wide) = (count(text, |byte| byte.is_ascii_uppercase()), count(text, |byte| *byte >= 0xc0));
    if small > large + wide {
        // Whatever the others are, most letters are small: they need no look at one by one.
        return (small + large, large);
    }
    text.chars().fold((0, 0), |(letters, capitals), c| {
        (letters + usize::from(c.is_lowercase() || c.is_uppercase()), capitals + usize::from(c.is_uppercase()))
    })
}

/// Counted in bytes, nearly as many as a byte can count, so that the compiler takes sixteen at a time.
fn count(text: &str, kind: impl Fn(&u8) -> bool) -> usize {
    let counted = |run: &[u8]| run.iter().map(|byte| u8::from(kind(byte))).fold(0, u8::wrapping_add);
    text.as_bytes().chunks(240).map(|run| usize::from(counted(run))).sum()
}

/// The weightiest entry that lists hold of one of these kinds; it stands for all: lists copy each other.
pub(super) fn listings(message: &Reading<'_>, kinds: &[Asked], listed: Listed) -> Option<Seen> {
    let found = message.features.circumstances.dns.listings.iter();
    let matching = found.filter(|listing| listing.listed == listed && kinds.contains(&listing.asked));
    let Listing { entry, zone, says, percent, .. } = matching.max_by_key(|listing| listing.percent)?;
    Some(Seen::of(format!("{entry} ({says}; {zone})")).partly(usize::from(*percent), 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_extension_is_told_from_an_ordinary_name() {
        for name in ["invoice.pdf.exe", "Photo.JPG.scr ", "scan.pdf.html", "order.doc.zip"] {
            assert!(hides_extension(name), "{name}");
        }
        for name in ["invoice.pdf", "v1.2.zip", "archive.tar.gz", "report.2024.docx", "backup.txt.old"] {
            assert!(!hides_extension(name), "{name}");
        }
    }

    #[test]
    fn addresses_are_found_in_names() {
        assert_eq!(address_in("Support (help@bank.example)").map(|found| found.0).as_deref(), Some("bank.example"));
        assert_eq!(address_in("me@home, Bob"), None);
    }
}
