//! The names inside a RAR file and its lock, from the block headers at its beginning (RAR 4 technote.txt, RAR 5 format).
//!
//! Security: a block is skipped by the lengths it gives, only forward, and no more than [`MAX_BLOCKS`] times.

use crate::attachment::listing::Archive;
use crate::bytes;

/// More blocks are not looked at.
const MAX_BLOCKS: usize = 200;

/// The entries, as far as their headers stand in these bytes.
pub(super) fn list(content: &[u8]) -> Archive {
    let mut archive = Archive::default();
    if let Some(mut rest) = content.strip_prefix(b"Rar!\x1a\x07\x01\x00") {
        for _ in 0..MAX_BLOCKS {
            let Some(next) = block_5(rest, &mut archive) else { break };
            rest = next;
        }
    } else if let Some(mut rest) = content.strip_prefix(b"Rar!\x1a\x07\x00") {
        for _ in 0..MAX_BLOCKS {
            let Some(next) = block_4(rest, &mut archive) else { break };
            rest = next;
        }
    }
    archive
}

/// Reads a block of RAR 4; what follows it.
fn block_4<'m>(block: &'m [u8], archive: &mut Archive) -> Option<&'m [u8]> {
    let flags = u16_at(block, 3)?;
    let mut length = usize::from(u16_at(block, 5)?);
    match *block.get(2)? {
        // The archive's own header: 0x80 says that the others are encrypted.
        0x73 => archive.encrypted |= flags & 0x80 != 0,
        0x74 => {
            archive.encrypted |= flags & 0x04 != 0;
            let start = if flags & 0x100 == 0 { 32 } else { 40 };
            let name = bytes::from(block, start).get(..usize::from(u16_at(block, 26)?))?;
            // A Unicode name follows behind a zero.
            archive.add(name.split(|byte| *byte == 0).next().unwrap_or_default());
            length = length.saturating_add(usize::try_from(u32_at(block, 7)?).ok()?);
        }
        _ if flags & 0x8000 != 0 => length = length.saturating_add(usize::try_from(u32_at(block, 7)?).ok()?),
        _ => {}
    }
    (length >= 7).then(|| bytes::from(block, length)).filter(|rest| !rest.is_empty())
}

/// Reads a block of RAR 5; what follows it.
fn block_5<'m>(block: &'m [u8], archive: &mut Archive) -> Option<&'m [u8]> {
    let mut fields = Fields(block.get(4..)?);
    let length = fields.size()?;
    let after_length = fields.0;
    let (kind, flags) = (fields.size()?, fields.size()?);
    let extra = if flags & 1 != 0 { fields.size()? } else { 0 };
    let data = if flags & 2 != 0 { fields.size()? } else { 0 };
    match kind {
        2 => {
            let header = bytes::head(after_length, length);
            archive.encrypted |= is_locked(bytes::from(header, header.len().saturating_sub(extra)));
            archive.add(fields.file_name()?);
        }
        // All that follows is encrypted.
        4 => {
            archive.encrypted = true;
            return None;
        }
        _ => {}
    }
    let next = length.saturating_add(data);
    (next > 0).then(|| bytes::from(after_length, next)).filter(|rest| !rest.is_empty())
}

/// Whether the extra area begins with the record of an encrypted file.
fn is_locked(extra: &[u8]) -> bool {
    let mut fields = Fields(extra);
    fields.size().is_some() && fields.size() == Some(1)
}

/// Fields of RAR 5, one after the other.
struct Fields<'m>(&'m [u8]);

impl<'m> Fields<'m> {
    /// A number of seven bits a byte, least first; the high bit says that more follow.
    fn size(&mut self) -> Option<usize> {
        let mut number = 0usize;
        for shift in (0..usize::BITS).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= usize::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn file_name(&mut self) -> Option<&'m [u8]> {
        let flags = self.size()?;
        self.size()?;
        self.size()?;
        let fixed = if flags & 2 != 0 { 4 } else { 0 } + if flags & 4 != 0 { 4 } else { 0 };
        self.0 = self.0.get(fixed..)?;
        self.size()?;
        self.size()?;
        let length = self.size()?;
        self.0.get(..length)
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes::from(bytes, at).first_chunk().map(|pair| u16::from_le_bytes(*pair))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes::from(bytes, at).first_chunk().map(|four| u32::from_le_bytes(*four))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A file of RAR 4 with one entry.
    pub(in crate::attachment) fn rar_4(name: &str, locked: bool) -> Vec<u8> {
        let mut file = b"Rar!\x1a\x07\x00".to_vec();
        file.extend([0, 0, 0x73, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0]);
        let size = u8::try_from(32 + name.len()).unwrap();
        file.extend([0, 0, 0x74, if locked { 4 } else { 0 }, 0x80, size, 0, 3, 0, 0, 0]);
        file.extend([0; 15]);
        file.extend([u8::try_from(name.len()).unwrap(), 0, 0, 0, 0, 0]);
        file.extend(name.bytes());
        file.extend(b"xyz");
        file
    }

    /// A file of RAR 5 with one entry.
    fn rar_5(name: &str, locked: bool) -> Vec<u8> {
        let extra: &[u8] = if locked { &[2, 1, 0] } else { &[] };
        let mut header = vec![2, if locked { 3 } else { 2 }];
        header.extend(locked.then_some(3));
        header.extend([3, 0, 9, 0, 0, 0, u8::try_from(name.len()).unwrap()]);
        header.extend(name.bytes());
        header.extend(extra);
        let mut file = b"Rar!\x1a\x07\x01\x00".to_vec();
        file.extend([0, 0, 0, 0, 3, 1, 0, 0]);
        file.extend([0, 0, 0, 0, u8::try_from(header.len()).unwrap()]);
        file.extend(header);
        file.extend(b"xyz");
        file
    }

    #[test]
    fn names_and_locks_are_read_in_both_versions() {
        for locked in [false, true] {
            for file in [rar_4("invoice.js", locked), rar_5("invoice.js", locked)] {
                let archive = list(&file);
                assert_eq!((archive.names, archive.encrypted), (vec!["invoice.js".to_owned()], locked), "{file:x?}");
            }
        }
        assert!(list(b"Rar!\x1a\x07\x01\x00\0\0\0\0\x05\x04\0\0\0\0").encrypted);
    }

    #[test]
    fn lengths_are_not_trusted() {
        for start in [&b"Rar!\x1a\x07\x01\x00"[..], b"Rar!\x1a\x07\x00"] {
            for byte in [0, 1, 0x74, 0x7f, 0x80, 0xff] {
                list(&[start, &vec![byte; 5000]].concat());
            }
        }
    }
}
