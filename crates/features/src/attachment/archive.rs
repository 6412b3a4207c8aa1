//! What an archive tells without being unpacked: the names in it, and whether it is encrypted.

use model::features::FileKind;

use crate::attachment::{Glimpse, rar, tar, zip};
use crate::bytes;

/// More names are not kept.
pub(super) const MAX_NAMES: usize = 50;
/// A name is cut here, in bytes.
const MAX_NAME: usize = 255;
/// The coder of encrypted 7z files (7-Zip's Methods.txt: 7zAES).
const SEVEN_ZIP_AES: &[u8] = b"\x06\xf1\x07\x01";

/// What an archive holds.
#[derive(Debug, Default)]
pub(super) struct Archive {
    pub(super) names: Vec<String>,
    pub(super) encrypted: bool,
}

impl Archive {
    /// Keeps a name, each once.
    pub(super) fn add(&mut self, name: &[u8]) {
        let name = String::from_utf8_lossy(bytes::head(name, MAX_NAME)).into_owned();
        if self.names.len() < MAX_NAMES && !name.is_empty() && !self.names.contains(&name) {
            self.names.push(name);
        }
    }
}

/// The entries of an archive; nothing for other files. 7z packs its directory, so of it only the lock is known.
pub(super) fn list(glimpse: &Glimpse<'_>, kind: FileKind) -> Archive {
    match kind {
        FileKind::Zip => zip::list(glimpse),
        FileKind::Rar => rar::list(glimpse.first),
        FileKind::SevenZip => Archive { encrypted: glimpse.contains(SEVEN_ZIP_AES), ..Archive::default() },
        FileKind::OtherArchive => tar::list(glimpse.first),
        _ => Archive::default(),
    }
}
