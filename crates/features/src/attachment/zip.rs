//! The names inside a ZIP, from its local headers and its central directory (APPNOTE 4.3.7, 4.3.12), and whether an
//! entry is encrypted.
//!
//! Security: headers are found by their marks, no length or offset of the file is trusted, nothing is inflated.

use memchr::memmem;
use model::features::FileKind;

use crate::attachment::glimpse::Glimpse;
use crate::attachment::listing::Archive;
use crate::bytes;

/// More marks are not looked at.
const MAX_MARKS: usize = 2000;

/// A kind of header: its mark, and where flags, length of the name and name stand, counted behind the mark.
struct Header {
    mark: &'static [u8],
    flags: usize,
    name_length: usize,
    name: usize,
}

const HEADERS: [Header; 2] = [
    Header { mark: b"PK\x03\x04", flags: 2, name_length: 22, name: 26 },
    Header { mark: b"PK\x01\x02", flags: 4, name_length: 24, name: 42 },
];

/// The entries of a ZIP.
pub(super) fn list(glimpse: &Glimpse<'_>) -> Archive {
    let mut archive = Archive::default();
    for content in [glimpse.first, glimpse.last] {
        HEADERS.iter().for_each(|header| scan(&mut archive, content, header));
    }
    archive
}

/// An Office file is a ZIP with certain names.
pub(super) fn refine(kind: FileKind, names: &[String]) -> FileKind {
    let office = |name: &String| {
        matches!(name.as_str(), "[Content_Types].xml" | "mimetype")
            || name.starts_with("word/")
            || name.starts_with("xl/")
    };
    if kind == FileKind::Zip && names.iter().any(office) { FileKind::OfficeXml } else { kind }
}

fn scan(archive: &mut Archive, content: &[u8], header: &Header) {
    for at in memmem::find_iter(content, header.mark).take(MAX_MARKS) {
        add(archive, bytes::from(content, at.saturating_add(header.mark.len())), header);
    }
}

fn add(archive: &mut Archive, rest: &[u8], header: &Header) -> Option<()> {
    let length = usize::from(short(rest, header.name_length)?);
    let name = bytes::from(rest, header.name).get(..length).filter(|name| !name.is_empty())?;
    archive.encrypted |= short(rest, header.flags)? & 1 == 1;
    archive.add(name);
    Some(())
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    crate::bytes::from(bytes, at).first_chunk().map(|pair| u16::from_le_bytes(*pair))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Local headers for these names, encrypted or not.
    pub(in crate::attachment) fn archive(entries: &[(&str, bool)]) -> Vec<u8> {
        entries.iter().flat_map(|(name, encrypted)| header(&HEADERS[0], name, *encrypted)).collect()
    }

    /// A central directory with one name.
    pub(in crate::attachment) fn directory(name: &str) -> Vec<u8> {
        header(&HEADERS[1], name, false)
    }

    fn header(kind: &Header, name: &str, encrypted: bool) -> Vec<u8> {
        let mut fixed = vec![0; kind.name];
        fixed[kind.flags] = u8::from(encrypted);
        fixed[kind.name_length] = u8::try_from(name.len()).unwrap();
        [kind.mark, &fixed, name.as_bytes()].concat()
    }

    #[test]
    fn names_are_bounded_and_lengths_are_not_trusted() {
        let many: Vec<String> = (0..100).map(|n| format!("file{n}")).collect();
        let entries: Vec<_> = many.iter().map(|name| (name.as_str(), false)).collect();
        let content = archive(&entries);
        let glimpse = Glimpse { first: &content, last: b"" };
        assert_eq!(list(&glimpse).names.len(), crate::attachment::listing::MAX_NAMES);
        let lying = [HEADERS[0].mark, &[0xff; 30]].concat();
        assert!(list(&Glimpse { first: &lying, last: b"" }).names.is_empty());
    }
}
