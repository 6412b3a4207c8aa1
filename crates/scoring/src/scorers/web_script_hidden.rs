//! PHP says which script on a web server wrote the message (`mail.add_x_header`): one that runs as evaluated text, or lies
//! among uploads and caches, was put there by an intruder.

use crate::{Reading, Seen};

/// Folders into which a web site's visitors write.
const FOLDERS: &[&str] = &["/uploads/", "/cache/", "/tmp/", "/temp/", "/images/", "/.well-known/", "/css/", "/fonts/"];

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let script = message.features.headers.web_script.as_deref()?;
    if script.contains("eval()'d code") {
        return Some(Seen::of(script));
    }
    let place = script.split_whitespace().next()?.to_ascii_lowercase();
    FOLDERS.iter().any(|folder| place.contains(folder)).then(|| Seen::of(script).partly(1, 2))
}
