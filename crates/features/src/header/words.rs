//! Encoded words (RFC 2047 2): whether they can be read, and whether they were needed.

use memchr::memmem;

use crate::{bytes, parser};

/// What a field's encoded words are like.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Words {
    /// There are none, or they are as they should be.
    NoneOrFine,
    /// One has a charset or an encoding nobody knows.
    Unreadable,
    /// All that they hide is plain ASCII.
    Needless,
}

/// Looks at the encoded words of a field's value.
pub(crate) fn judge(value: &[u8]) -> Words {
    let value = bytes::head(value, parser::MAX_VALUE);
    let mut count = 0usize;
    for (charset, encoding) in heads(value) {
        count = count.saturating_add(1);
        if !is_readable(charset, encoding) {
            return Words::Unreadable;
        }
    }
    if count > 0 && is_plain(&parser::unstructured(value)) { Words::Needless } else { Words::NoneOrFine }
}

/// Charset and encoding of each `=?charset?encoding?…`; other uses of `=?` are left out.
fn heads(value: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    memmem::find_iter(value, b"=?").filter_map(|at| {
        let mut fields = bytes::head(bytes::from(value, at.saturating_add(2)), 80).splitn(3, |byte| *byte == b'?');
        let (charset, encoding) = (fields.next()?, fields.next()?);
        fields.next()?;
        let token = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_graphic);
        (token(charset) && encoding.len() == 1 && token(encoding)).then_some((charset, encoding))
    })
}

fn is_readable(charset: &[u8], encoding: &[u8]) -> bool {
    // A language may follow the charset (RFC 2231 5).
    let charset = charset.split(|byte| *byte == b'*').next().unwrap_or_default();
    let known = std::str::from_utf8(charset).is_ok_and(parser::charset_is_known);
    known && matches!(encoding, b"q" | b"Q" | b"b" | b"B")
}

fn is_plain(decoded: &str) -> bool {
    !decoded.is_empty()
        && decoded.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
        && !decoded.contains("=?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_tag_and_a_formula_are_no_fault() {
        assert_eq!(judge(b" =?utf-8*de?q?=C3=BC?=\n"), Words::NoneOrFine);
        assert_eq!(judge(b" what is 2=?\n"), Words::NoneOrFine);
        assert_eq!(judge(b" =?utf-8?x?abc?=\n"), Words::Unreadable);
    }
}
