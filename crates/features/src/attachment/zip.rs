//! The names inside a ZIP, from its local headers and its central directory (APPNOTE 4.3.7, 4.3.12), and whether an
//! entry is encrypted.
//!
//! Security: headers are found by their marks, no length or offset of the file is trusted, nothing is inflated.

use memchr::memmem;
use model::features::FileKind;

use crate::attachment::Glimpse;
use crate::bytes;

/// More names are not kept.
const MAX_NAMES: usize = 50;
/// More marks are not looked at.
const MAX_MARKS: usize = 2000;
/// A name is cut here, in bytes.
const MAX_NAME: usize = 255;

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

/// What a ZIP holds.
#[derive(Debug, Default)]
pub(super) struct Archive {
    pub(super) names: Vec<String>,
    pub(super) encrypted: bool,
}

/// The entries of a ZIP; nothing for other files.
pub(super) fn list(glimpse: &Glimpse<'_>, kind: FileKind) -> Archive {
    let mut archive = Archive::default();
    if kind == FileKind::Zip {
        for content in [glimpse.first, glimpse.last] {
            HEADERS.iter().for_each(|header| archive.scan(content, header));
        }
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

impl Archive {
    fn scan(&mut self, content: &[u8], header: &Header) {
        for at in memmem::find_iter(content, header.mark).take(MAX_MARKS) {
            self.add(bytes::from(content, at.saturating_add(header.mark.len())), header);
        }
    }

    fn add(&mut self, rest: &[u8], header: &Header) -> Option<()> {
        let length = usize::from(short(rest, header.name_length)?);
        let name = bytes::from(rest, header.name).get(..length).filter(|name| !name.is_empty())?;
        self.encrypted |= short(rest, header.flags)? & 1 == 1;
        let name = String::from_utf8_lossy(bytes::head(name, MAX_NAME)).into_owned();
        if self.names.len() < MAX_NAMES && !self.names.contains(&name) {
            self.names.push(name);
        }
        Some(())
    }
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
        assert_eq!(list(&glimpse, FileKind::Zip).names.len(), MAX_NAMES);
        let lying = [HEADERS[0].mark, &[0xff; 30]].concat();
        assert!(list(&Glimpse { first: &lying, last: b"" }, FileKind::Zip).names.is_empty());
    }
}
