//! A link that carries the recipient's address behind `#`, plainly or in base64, where a phishing page reads it to fill in its
//! form. Servers do not see that part, so honest senders have no use for it.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let features = message.features;
    let mut links = features.urls.iter().filter(|url| url.scheme.starts_with("http"));
    links
        .find(|url| url.url.split_once('#').is_some_and(|(_, fragment)| names_recipient(fragment, features)))
        .map(|url| Seen::of(&url.url))
}

fn names_recipient(fragment: &str, features: &model::Features) -> bool {
    if fragment.len() < 6 {
        return false;
    }
    let plain = fragment.to_lowercase().replace("%40", "@");
    let to = features.headers.to.iter().map(|to| to.address.as_str());
    let envelope = features.sender.first_recipients.iter().map(|path| path.as_str());
    to.chain(envelope).filter(|address| address.len() > 5).any(|address| {
        plain.contains(&address.to_lowercase()) || fragment.contains(&base64(address.to_lowercase().as_bytes()))
    })
}

/// The whole groups of an address in base64 (RFC 4648 4): what follows them differs by what stands behind the address.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in bytes.chunks_exact(3) {
        let number = group.iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte));
        for shift in [18, 12, 6, 0] {
            let letter = LETTERS.get((number >> shift & 63) as usize).copied().unwrap_or(b'A');
            out.push(char::from(letter));
        }
    }
    out
}
