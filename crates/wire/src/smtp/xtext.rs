//! xtext (RFC 3461 4): any text as one word, used by XCLIENT and XFORWARD.

/// Encodes; what is not printable, and `+` and `=`, becomes `+XX`.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'!'..=b'~' if byte != b'+' && byte != b'=' => out.push(char::from(byte)),
            _ => out.push_str(&format!("+{byte:02X}")),
        }
    }
    out
}

/// Decodes; `None` when it isn't xtext or no UTF-8.
pub fn decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => digit(bytes.next()?)? << 4 | digit(bytes.next()?)?,
            _ => byte,
        });
    }
    String::from_utf8(out).ok()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_xtext_is_none() {
        for text in ["+", "+4", "+4G", "+FF"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_text_comes_back_as_it_was(text in ".{0,40}") {
            let encoded = encode(&text);
            proptest::prop_assert!(encoded.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'='));
            proptest::prop_assert_eq!(decode(&encoded), Some(text));
        }
    }
}
