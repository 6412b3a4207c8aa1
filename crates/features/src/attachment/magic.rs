//! Files by their first bytes; by name where bytes can't tell.

use model::features::FileKind;

use crate::bytes;

/// First bytes that tell what a file is.
const MAGIC: &[(&[u8], FileKind)] = &[
    (b"MZ", FileKind::WindowsProgram),
    (b"\x7fELF", FileKind::UnixProgram),
    (b"\xfe\xed\xfa\xce", FileKind::UnixProgram),
    (b"\xfe\xed\xfa\xcf", FileKind::UnixProgram),
    (b"\xce\xfa\xed\xfe", FileKind::UnixProgram),
    (b"\xcf\xfa\xed\xfe", FileKind::UnixProgram),
    (b"#!", FileKind::Script),
    (b"PK\x03\x04", FileKind::Zip),
    (b"PK\x05\x06", FileKind::Zip),
    (b"Rar!\x1a\x07", FileKind::Rar),
    (b"7z\xbc\xaf\x27\x1c", FileKind::SevenZip),
    (b"\x1f\x8b", FileKind::OtherArchive),
    (b"\xfd7zXZ\0", FileKind::OtherArchive),
    (b"BZh", FileKind::OtherArchive),
    (b"MSCF", FileKind::OtherArchive),
    (b"\x60\xea", FileKind::OtherArchive),
    (b"\x28\xb5\x2f\xfd", FileKind::OtherArchive),
    (b"vhdxfile", FileKind::DiscImage),
    (b"conectix", FileKind::DiscImage),
    (b"%PDF-", FileKind::Pdf),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind::Ole),
    (b"{\\rt", FileKind::Rtf),
    (&ONE_NOTE, FileKind::OneNote),
    (b"\x89PNG", FileKind::Image),
    (b"\xff\xd8\xff", FileKind::Image),
    (b"GIF8", FileKind::Image),
    (b"BM", FileKind::Image),
    (b"II*\0", FileKind::Image),
    (b"MM\0*", FileKind::Image),
    (b"\0\0\x01\0", FileKind::Image),
    (b"\x4c\0\0\0\x01\x14\x02\0", FileKind::Shortcut),
    (b"[InternetShortcut]", FileKind::Shortcut),
];

/// The GUID a OneNote section begins with (MS-ONESTORE 2.3.1).
pub(super) const ONE_NOTE: [u8; 16] = *b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3";

/// Beginnings of HTML and SVG, after white space, case ignored.
const HTML: &[&[u8]] = &[b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<form"];

/// Name endings that tell what a file does when opened, whatever is in it.
const ENDINGS: &[(&[&str], FileKind)] = &[
    (&["js", "jse", "vbs", "vbe", "wsf", "wsh", "hta", "ps1", "bat", "cmd", "sct"], FileKind::Script),
    (&["lnk", "url", "desktop", "webloc"], FileKind::Shortcut),
    (&["iso", "img", "vhd", "vhdx", "udf"], FileKind::DiscImage),
];

/// Name endings that count where the bytes say no more than "text".
const TEXT_ENDINGS: &[(&[&str], FileKind)] = &[
    (&["html", "htm", "xhtml", "shtml", "svg", "mht", "mhtml"], FileKind::Html),
    (&["sh", "py", "pl", "rb"], FileKind::Script),
];

/// Where ISO 9660 has its mark (ECMA-119 8).
const ISO_MARK: usize = 0x8001;

/// What a file is, by its beginning and its lower-case name.
pub(crate) fn kind(content: &[u8], name: &str) -> FileKind {
    let by_bytes = by_bytes(content);
    let by_name = by_ending(name, ENDINGS);
    match by_bytes {
        FileKind::Text => by_name.or_else(|| by_ending(name, TEXT_ENDINGS)).unwrap_or(FileKind::Text),
        FileKind::Other if is_utf_16(content) => by_name.or_else(|| by_ending(name, TEXT_ENDINGS)).unwrap_or(by_bytes),
        FileKind::Other => by_name.unwrap_or(FileKind::Other),
        known => known,
    }
}

fn by_bytes(content: &[u8]) -> FileKind {
    if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| content.starts_with(magic)) {
        return *kind;
    }
    if content.get(4..12).is_some_and(|brand| matches!(brand, b"ftypheic" | b"ftypavif" | b"ftypmif1"))
        || is_webp(content)
    {
        return FileKind::Image;
    }
    if bytes::from(content, ISO_MARK).starts_with(b"CD001") {
        return FileKind::DiscImage;
    }
    if bytes::from(content, 257).starts_with(b"ustar") || bytes::from(content, 7).starts_with(b"**ACE**") {
        return FileKind::OtherArchive;
    }
    by_text(content)
}

fn is_webp(content: &[u8]) -> bool {
    content.starts_with(b"RIFF") && bytes::from(content, 8).starts_with(b"WEBP")
}

fn by_text(content: &[u8]) -> FileKind {
    let sample = bytes::head(content, 1024);
    let text = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample).trim_ascii_start();
    if HTML.iter().any(|start| bytes::starts_with_ignoring_case(text, start)) {
        return FileKind::Html;
    }
    if text.starts_with(b"<?xml") && (bytes::contains(text, b"<svg") || bytes::contains(text, b"<html")) {
        return FileKind::Html;
    }
    // A reader of PDF takes the mark anywhere in the first 1024 bytes.
    if bytes::contains(sample, b"%PDF-") {
        return FileKind::Pdf;
    }
    let odd = sample.iter().filter(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace()).count();
    if odd == 0 && !sample.is_empty() { FileKind::Text } else { FileKind::Other }
}

fn is_utf_16(content: &[u8]) -> bool {
    content.starts_with(b"\xff\xfe") || content.starts_with(b"\xfe\xff")
}

fn by_ending(name: &str, table: &[(&[&str], FileKind)]) -> Option<FileKind> {
    let ending = name.trim_end_matches(['.', ' ']).rsplit_once('.')?.1;
    table.iter().find(|(endings, _)| endings.contains(&ending)).map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_tell_before_names() {
        assert_eq!(kind(b"MZ\x90\0", "holiday.jpg"), FileKind::WindowsProgram);
        assert_eq!(kind(b"\xff\xd8\xff\xe0", "a.js"), FileKind::Image);
        assert_eq!(kind(b" \r\n<!DOCTYPE HTML><p>", "a.txt"), FileKind::Html);
        assert_eq!(kind(b"hello", "note.txt"), FileKind::Text);
        assert_eq!(kind(b"\0\x02\x03", "x.bin"), FileKind::Other);
    }

    #[test]
    fn names_tell_where_bytes_do_not() {
        assert_eq!(kind(b"var x = 1", "invoice.pdf.js"), FileKind::Script);
        assert_eq!(kind(b"<p>form</p>", "page.htm"), FileKind::Html);
        assert_eq!(kind(b"\xff\xfe<\0p\0>\0", "page.html"), FileKind::Html);
        assert_eq!(kind(b"\0\0\0\0", "backup.iso. "), FileKind::DiscImage);
    }
}
