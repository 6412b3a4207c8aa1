//! Slices of raw mail: lines, prefixes, bounded text. A line ends in LF, with or without CR before it.

use std::borrow::Cow;

use memchr::memchr;

/// The lines of `bytes`, each with its line end.
pub(crate) fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n')
}

/// The line without its line end.
pub(crate) fn chomp(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// At most the first `max` bytes.
pub(crate) fn head(bytes: &[u8], max: usize) -> &[u8] {
    bytes.get(..max).unwrap_or(bytes)
}

/// What lies from `start` on; nothing when that is beyond the end.
pub(crate) fn from(bytes: &[u8], start: usize) -> &[u8] {
    bytes.get(start..).unwrap_or_default()
}

/// What lies between two offsets; nothing when they cross.
pub(crate) fn between(bytes: &[u8], start: usize, end: usize) -> &[u8] {
    bytes.get(start..end).unwrap_or_default()
}

/// Whether `bytes` starts with `prefix`, ASCII case ignored.
pub(crate) fn starts_with_ignoring_case(bytes: &[u8], prefix: &[u8]) -> bool {
    bytes.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Whether `needle` occurs in `bytes`.
pub(crate) fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(bytes, needle).is_some()
}

/// Text with CR LF and lone CR turned into LF, so that a file and the wire read alike.
pub(crate) fn with_lf(text: String) -> String {
    if memchr(b'\r', text.as_bytes()).is_none() {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut start = 0;
    for at in memchr::memchr_iter(b'\r', text.as_bytes()) {
        out.push_str(text.get(start..at).unwrap_or_default());
        out.push('\n');
        start = at.saturating_add(1);
        start += usize::from(text.as_bytes().get(start) == Some(&b'\n'));
    }
    out.push_str(text.get(start..).unwrap_or_default());
    out
}

/// The bytes as text, what is no UTF-8 replaced. Valid text, which is nearly all, is checked many bytes at a time.
pub(crate) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// Appends text as long as `max` bytes are not exceeded; tells whether something was cut.
pub(crate) fn push_bounded(out: &mut String, text: &str, max: usize) -> bool {
    let kept = model::names::bounded(text, max.saturating_sub(out.len()));
    out.push_str(kept);
    kept.len() < text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_become_lf() {
        for (text, lf) in [("a\r\nb\rc\n\r\n", "a\nb\nc\n\n"), ("\r\ré\r", "\n\né\n"), ("x\n", "x\n"), ("", "")] {
            assert_eq!(with_lf(text.to_owned()), lf);
        }
    }

    #[test]
    fn text_is_cut_at_a_character() {
        let mut out = String::from("a");
        assert!(push_bounded(&mut out, "éé", 4));
        assert_eq!(out, "aé");
    }
}
