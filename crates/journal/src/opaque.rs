//! Recipients as numbers that tell nothing: SipHash-2-4 under a secret key, cut to 48 bits.

use std::fs::{File, OpenOptions};
use std::hash::Hasher;
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use siphasher::sip::SipHasher24;

/// The key of a journal's hashes.
#[derive(Clone)]
pub struct Opaque(SipHasher24);

impl Opaque {
    /// Hashes under that key.
    pub fn new(key: u128) -> Self {
        Self(SipHasher24::new_with_key(&key.to_le_bytes()))
    }

    /// The key in `directory`, so that a recipient is the same number after a restart; made when there is none.
    pub(crate) fn of(directory: &Path, fresh: u128) -> io::Result<Self> {
        let path = directory.join("key");
        match File::open(&path) {
            Ok(file) => Self::read(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
                write!(file, "{fresh:032x}")?;
                file.sync_all()?;
                Ok(Self::new(fresh))
            }
            Err(error) => Err(error),
        }
    }

    fn read(file: File) -> io::Result<Self> {
        let mut text = String::new();
        file.take(64).read_to_string(&mut text)?;
        let damaged =
            || io::Error::new(io::ErrorKind::InvalidData, "the file \"key\" is not a key of 32 hexadecimal digits");
        u128::from_str_radix(text.trim(), 16).map(Self::new).map_err(|_| damaged())
    }

    /// The number of an address. Local parts may differ in case (RFC 5321 2.4), but hardly any recipient does.
    pub fn address(&self, address: &str) -> u64 {
        self.number(address.to_ascii_lowercase().as_bytes())
    }

    /// The number of a text: only its letters count, so that a serial number or another gap makes no difference.
    /// `None` when there is too little of it to tell texts apart.
    pub(crate) fn text(&self, text: &str) -> Option<u64> {
        const FEW: usize = 40;
        let mut hasher = self.0;
        let mut letters = 0;
        for letter in text.chars().filter(|c| c.is_alphabetic()) {
            hasher.write(letter.encode_utf8(&mut [0; 4]).as_bytes());
            letters += 1;
        }
        (letters >= FEW).then(|| hasher.finish() >> 16)
    }

    fn number(&self, bytes: &[u8]) -> u64 {
        let mut hasher = self.0;
        hasher.write(bytes);
        hasher.finish() >> 16
    }
}

impl std::fmt::Debug for Opaque {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opaque(a secret key)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_depend_on_the_key_and_not_on_case() {
        let (one, two) = (Opaque::new(1), Opaque::new(2));
        assert_eq!(one.address("Bob@Example.com"), one.address("bob@example.com"));
        assert_ne!(one.address("bob@example.com"), two.address("bob@example.com"));
    }

    #[test]
    fn a_text_is_the_same_whatever_its_serial_number() {
        let key = Opaque::new(1);
        let text =
            |number: u32| format!("Your parcel {number} is waiting at our counter, come and fetch it by Friday.");
        assert_eq!(key.text(&text(1)), key.text(&text(4711)));
        assert_eq!(key.text("short"), None);
    }
}
