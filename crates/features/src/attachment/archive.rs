//! What an archive tells without being unpacked: the names in it, and whether it is encrypted.

use model::features::FileKind;

use crate::attachment::glimpse::Glimpse;
use crate::attachment::listing::Archive;
use crate::attachment::{rar, tar, zip};

/// The coder of encrypted 7z files (7-Zip's Methods.txt: 7zAES).
const SEVEN_ZIP_AES: &[u8] = b"\x06\xf1\x07\x01";

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
