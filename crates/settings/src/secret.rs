//! Files with secrets, which options name.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// No such file is larger than this, in bytes.
const MAX_FILE: u64 = 4096;

/// The text of a file with secrets.
///
/// # Errors
/// A sentence, when it can't be read, everybody on this host may read it, or it is larger than 4096 bytes. It never shows
/// what the file holds.
pub fn secret_text(path: &Path) -> Result<String, String> {
    let shown = path.display();
    let about = std::fs::metadata(path).map_err(|error| format!("{shown} can't be read: {error}"))?;
    if about.permissions().mode() & 0o007 != 0 {
        return Err(format!("everybody on this host may read {shown}: chmod 0600 it"));
    }
    if about.len() > MAX_FILE {
        return Err(format!("{shown} is larger than {MAX_FILE} bytes"));
    }
    std::fs::read_to_string(path).map_err(|error| format!("{shown} can't be read: {error}"))
}
