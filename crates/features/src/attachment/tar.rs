//! The names inside a tar file (POSIX ustar), and the name a gzip file keeps of what it packs (RFC 1952 2.3).
//!
//! Security: entries are skipped by the lengths they give, only forward, and no more than [`MAX_ENTRIES`] times.

use crate::attachment::listing::Archive;
use crate::bytes;

/// More entries are not looked at.
const MAX_ENTRIES: usize = 200;
/// Headers and content come in blocks of so many bytes.
const BLOCK: usize = 512;

/// The entries, as far as their headers stand in these bytes; nothing for other archives.
pub(super) fn list(content: &[u8]) -> Archive {
    let mut archive = Archive::default();
    if content.starts_with(b"\x1f\x8b") {
        archive.add(gzip_name(content).unwrap_or_default());
        return archive;
    }
    let mut rest = content;
    for _ in 0..MAX_ENTRIES {
        if !bytes::from(rest, 257).starts_with(b"ustar") {
            break;
        }
        archive.add(until_zero(bytes::head(rest, 100)));
        let blocks = size(bytes::between(rest, 124, 136)).div_ceil(BLOCK).saturating_add(1);
        rest = bytes::from(rest, blocks.saturating_mul(BLOCK));
    }
    archive
}

/// The FNAME field, behind an extra field if there is one.
fn gzip_name(content: &[u8]) -> Option<&[u8]> {
    let flags = *content.get(3)?;
    let mut start = 10usize;
    if flags & 4 != 0 {
        let length = bytes::from(content, start).first_chunk().map(|pair| u16::from_le_bytes(*pair))?;
        start = start.saturating_add(2).saturating_add(usize::from(length));
    }
    (flags & 8 != 0).then(|| until_zero(bytes::head(bytes::from(content, start), 1000)))
}

fn until_zero(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// An octal number; what is none counts as nothing.
fn size(field: &[u8]) -> usize {
    let digits = field.iter().skip_while(|byte| **byte == b' ').take_while(|byte| (b'0'..=b'7').contains(*byte));
    digits.fold(0usize, |size, digit| size.saturating_mul(8).saturating_add(usize::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, content: &str) -> Vec<u8> {
        let mut header = vec![0; BLOCK];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        header[257..262].copy_from_slice(b"ustar");
        header.extend(content.bytes());
        header.resize(header.len().next_multiple_of(BLOCK), 0);
        header
    }

    #[test]
    fn names_are_read() {
        let tar = [entry("a.txt", &"x".repeat(600)), entry("b.exe", "")].concat();
        assert_eq!(list(&tar).names, ["a.txt", "b.exe"]);
        assert_eq!(list(b"\x1f\x8b\x08\x08\0\0\0\0\0\x03invoice.js\0xyz").names, ["invoice.js"]);
        assert_eq!(list(b"\x1f\x8b\x08\x0c\0\0\0\0\0\x03\x02\0ababy\0").names, ["aby"]);
        assert!(list(b"\x1f\x8b\x08").names.is_empty());
    }
}
