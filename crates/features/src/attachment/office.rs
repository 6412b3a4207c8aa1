//! Macros and encryption in Office and PDF files, by the names their formats use.

use model::features::FileKind;

use crate::attachment::glimpse::Glimpse;

/// Directory entries of an OLE2 file that holds a macro project (MS-OVBA 2.2.1, MS-XLS 2.1.2), in UTF-16.
const MACRO_STORAGES: [&[u8]; 2] = [b"_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T\0", b"M\0a\0c\0r\0o\0s\0\0\0"];
/// The stream of an encrypted Office Open XML file (MS-OFFCRYPTO 2.3.4.4), in UTF-16.
const ENCRYPTED_PACKAGE: &[u8] = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";

/// Whether an Office file holds macros.
pub(super) fn has_macros(glimpse: &Glimpse<'_>, kind: FileKind, inner_names: &[String]) -> bool {
    match kind {
        FileKind::Ole => MACRO_STORAGES.iter().any(|name| glimpse.contains(name)),
        FileKind::OfficeXml | FileKind::Zip => {
            inner_names.iter().any(|name| name.to_ascii_lowercase().ends_with("vbaproject.bin"))
        }
        _ => false,
    }
}

/// Whether a document asks for a password.
pub(super) fn is_encrypted(glimpse: &Glimpse<'_>, kind: FileKind) -> bool {
    match kind {
        FileKind::Ole => glimpse.contains(ENCRYPTED_PACKAGE),
        FileKind::Pdf => glimpse.contains(b"/Encrypt"),
        _ => false,
    }
}
