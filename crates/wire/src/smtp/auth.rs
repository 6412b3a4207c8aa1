//! Who logs in, read from a SASL exchange that is passed through (RFC 4616 PLAIN, and LOGIN).
//!
//! Security: the password is decoded with the name and dropped at once; nothing of an exchange is logged or kept.

/// The longest login that is read, in bytes.
const MAX: usize = 320;

/// The login in a PLAIN response (`authzid NUL authcid NUL password`, in base64); the one that owns the password.
pub fn plain(response: &[u8]) -> Option<String> {
    let decoded = base64(response)?;
    let mut fields = decoded.split(|byte| *byte == 0);
    let login = fields.nth(1)?;
    let has_password = fields.next().is_some() && fields.next().is_none();
    if has_password { text(login) } else { None }
}

/// The login in the first response of LOGIN.
pub fn login(response: &[u8]) -> Option<String> {
    text(&base64(response)?)
}

fn text(login: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(login).ok()?;
    let fits = !text.is_empty() && text.len() <= MAX && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

/// RFC 4648 4 with or without padding; `None` when it is something else.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let digits = text.trim_ascii_end();
    let digits = digits.strip_suffix(b"==").or_else(|| digits.strip_suffix(b"=")).unwrap_or(digits);
    let mut out = Vec::with_capacity(digits.len() / 4 * 3 + 3);
    for group in digits.chunks(4) {
        let mut bits = 0u32;
        for digit in group {
            bits = bits << 6 | value(*digit)?;
        }
        let bytes = match group.len() {
            4 => 3,
            3 => 2,
            2 => 1,
            _ => return None,
        };
        bits <<= 6 * (4 - group.len());
        out.extend(bits.to_be_bytes().iter().skip(1).take(bytes));
    }
    Some(out)
}

fn value(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(value.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_and_login_tell_who_it_is() {
        // \0bob@example.com\0secret, and admin\0bob@example.com\0secret
        assert_eq!(plain(b"AGJvYkBleGFtcGxlLmNvbQBzZWNyZXQ=").as_deref(), Some("bob@example.com"));
        assert_eq!(plain(b"YWRtaW4AYm9iQGV4YW1wbGUuY29tAHNlY3JldA==").as_deref(), Some("bob@example.com"));
        assert_eq!(login(b"Ym9iQGV4YW1wbGUuY29t").as_deref(), Some("bob@example.com"));
    }

    #[test]
    fn what_is_no_response_is_nobody() {
        for response in [&b""[..], b"=", b"*", b"AA", b"AAA=", b"AAAA", b"!!!!", b"A", b"AGJvYg=="] {
            assert_eq!(plain(response), None, "{response:?}");
        }
        assert_eq!(login(b""), None);
        assert_eq!(login(b"/w=="), None);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(response in proptest::collection::vec(proptest::num::u8::ANY, 0..100)) {
            let _ = (plain(&response), login(&response));
        }
    }
}
