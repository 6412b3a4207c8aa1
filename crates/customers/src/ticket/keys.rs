//! The file of the keys that sign reply addresses: in the state directory, its owner's alone, newest key first.
//!
//! A line is `until key`: the end in milliseconds since 1970, `-` for the key that signs, and 32 bytes in hexadecimal.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use model::Timestamp;

use super::ReplyKey;

/// Bytes of a key.
const LENGTH: usize = 32;
/// More keys than this are not read.
const MAX_KEYS: usize = 100;

const HEAD: &str = "# The keys that sign the addresses which letters are answered to. Secret.\n";

/// The file.
#[derive(Debug)]
pub struct KeyFile {
    path: PathBuf,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file can't be read or written.
    #[error("the keys of reply addresses, {path}: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A line is no key.
    #[error(
        "the keys of reply addresses, {path}: line {line} is no key; take the file away and new ones are made, but replies to \
         earlier letters are refused then"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// The system gives no randomness.
    #[error("the operating system gives no randomness for a key")]
    NoRandomness,
}

/// A key as it is written down.
struct Entry {
    until: Option<Timestamp>,
    secret: Vec<u8>,
}

impl KeyFile {
    /// The file's name in the state directory.
    pub const NAME: &'static str = "reply.keys";

    /// The file in that directory.
    pub fn in_directory(directory: &Path) -> Self {
        Self { path: directory.join(Self::NAME) }
    }

    /// The keys; makes the first one where there is none.
    ///
    /// # Errors
    /// When the file can't be read or made, or is damaged.
    pub fn open(&self) -> Result<Vec<ReplyKey>, KeyError> {
        let mut entries = self.entries()?;
        if entries.is_empty() {
            entries.push(Entry::fresh()?);
            self.write(&entries)?;
        }
        Ok(entries.iter().map(Entry::key).collect())
    }

    /// Puts a new key in front; the one that has signed so far is believed for `overlap` more, those whose time is over are
    /// taken out. On disk when it returns.
    ///
    /// # Errors
    /// When the file can't be read or written; then the keys stay as they were.
    pub fn rotate(&self, now: Timestamp, overlap: Duration) -> Result<Vec<ReplyKey>, KeyError> {
        let mut entries = self.entries()?;
        entries.iter_mut().for_each(|entry| entry.until = entry.until.or(Some(now.after(overlap))));
        entries.retain(|entry| entry.until.is_some_and(|until| now < until));
        entries.insert(0, Entry::fresh()?);
        entries.truncate(MAX_KEYS);
        self.write(&entries)?;
        Ok(entries.iter().map(Entry::key).collect())
    }

    fn entries(&self) -> Result<Vec<Entry>, KeyError> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.failed(error)),
        };
        let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let read = |(line, text)| Entry::parse(text).ok_or_else(|| KeyError::Damaged { path: self.path.clone(), line });
        lines.take(MAX_KEYS).map(read).collect()
    }

    /// Written, synced and renamed: a crash leaves the old keys or the new ones.
    fn write(&self, entries: &[Entry]) -> Result<(), KeyError> {
        let text: String = entries.iter().map(Entry::line).collect();
        self.replace(&format!("{HEAD}{text}")).map_err(|error| self.failed(error))
    }

    fn replace(&self, text: &str) -> io::Result<()> {
        let next = self.path.with_extension("keys.new");
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&next)?;
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&next, &self.path)?;
        self.path.parent().map_or(Ok(()), |directory| File::open(directory)?.sync_all())
    }

    fn failed(&self, error: io::Error) -> KeyError {
        KeyError::Io { path: self.path.clone(), error }
    }
}

impl Entry {
    fn fresh() -> Result<Self, KeyError> {
        let mut secret = vec![0; LENGTH];
        aws_lc_rs::rand::fill(&mut secret).map_err(|_| KeyError::NoRandomness)?;
        Ok(Self { until: None, secret })
    }

    fn key(&self) -> ReplyKey {
        ReplyKey::new(&self.secret, self.until)
    }

    fn line(&self) -> String {
        let until = self.until.map_or_else(|| "-".to_owned(), |until| until.0.to_string());
        let hex: String = self.secret.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{until} {hex}\n")
    }

    fn parse(line: &str) -> Option<Self> {
        let (until, hex) = line.trim_end().split_once(' ')?;
        let until = match until {
            "-" => None,
            millis => Some(Timestamp(millis.parse().ok()?)),
        };
        let is_hex = hex.len() == LENGTH * 2 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let secret: Option<Vec<u8>> = hex.as_bytes().chunks(2).map(byte).collect();
        is_hex.then_some(Self { until, secret: secret? })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Addressee, ReplyTokens};
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn token(keys: Vec<ReplyKey>) -> String {
        ReplyTokens::new(keys).sign(&Addressee::Ticket(7)).unwrap()
    }

    fn is_believed(file: &KeyFile, token: &str, now: i64) -> bool {
        ReplyTokens::new(file.open().unwrap()).read(token, Timestamp(now)).is_some()
    }

    #[test]
    fn a_replaced_key_is_believed_for_the_overlap() {
        let directory = tempfile::tempdir().unwrap();
        let file = KeyFile::in_directory(directory.path());
        let first = token(file.open().unwrap());
        assert_eq!(first, token(file.open().unwrap()), "made once");
        let second = token(file.rotate(Timestamp(0), HOUR).unwrap());
        assert_ne!(first, second);
        assert!(is_believed(&file, &first, 3_599_999) && !is_believed(&file, &first, 3_600_000));
        file.rotate(Timestamp(3_600_000), HOUR).unwrap();
        assert_eq!(file.open().unwrap().len(), 2, "the oldest is gone");
        assert!(is_believed(&file, &second, 3_700_000));
    }

    #[test]
    fn the_file_is_its_owners_alone() {
        let directory = tempfile::tempdir().unwrap();
        let file = KeyFile::in_directory(directory.path());
        file.open().unwrap();
        let mode = fs::metadata(directory.path().join(KeyFile::NAME)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_file_is_told_with_its_line() {
        let directory = tempfile::tempdir().unwrap();
        for wrong in ["- 00", "soon ab", "- \u{e9}\u{e9}", "-"] {
            fs::write(directory.path().join(KeyFile::NAME), format!("# keys\n{wrong}\n")).unwrap();
            let told = KeyFile::in_directory(directory.path()).open().err().map(|error| error.to_string());
            assert!(told.is_some_and(|told| told.contains("line 2 is no key")), "{wrong}");
        }
    }
}
