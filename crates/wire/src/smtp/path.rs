//! The path of MAIL and RCPT (RFC 5321 4.1.2), kept as it was written.
//!
//! Security: parsing an address and printing it again loses quotes and source routes, and then the next hop delivers to
//! somebody else. The path is only delimited here, never rewritten.

/// The longest path that is taken, brackets included: 64 + 1 + 255 octets (RFC 5321 4.5.3.1) with room for source routes.
const MAX: usize = 1024;

/// Splits `<path> rest` behind `FROM:` or `TO:`; a path without brackets, as simple devices send it, gets them.
/// `None` when there is no path.
pub(crate) fn split(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    let (path, rest) = match text.starts_with('<') {
        true => {
            let (path, rest) = text.split_at(closing(text)?);
            (path.to_owned(), rest)
        }
        false => bare(text)?,
    };
    let separated = rest.is_empty() || rest.starts_with([' ', '\t']);
    (separated && path.len() <= MAX).then_some((path, rest))
}

/// The position behind the bracket that closes the path; brackets inside a quoted local part don't count.
fn closing(text: &str) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'>' if !quoted => return Some(at + 1),
            b'<' | b' ' | b'\t' if !quoted => return None,
            _ => {}
        }
    }
    None
}

fn bare(text: &str) -> Option<(String, &str)> {
    let end = text.find([' ', '\t']).unwrap_or(text.len());
    let (path, rest) = text.split_at(end);
    let plain = path.contains('@') && !path.contains(['<', '>', '"', '\\']);
    plain.then(|| (format!("<{path}>"), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_delimited_and_not_changed() {
        for (text, path, rest) in [
            ("<bob@example.com> SIZE=1", "<bob@example.com>", " SIZE=1"),
            (" <bob@example.com>", "<bob@example.com>", ""),
            ("<>", "<>", ""),
            ("<\"a> b\\\"\"@example.com> X", "<\"a> b\\\"\"@example.com>", " X"),
            ("<@relay.example:bob@example.com>", "<@relay.example:bob@example.com>", ""),
            ("bob@example.com BODY=7BIT", "<bob@example.com>", " BODY=7BIT"),
        ] {
            assert_eq!(split(text), Some((path.to_owned(), rest)), "{text}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["", "bob", "<bob@example.com", "<a><b>", "<a b>", "<a>SIZE=1", "a>@b", "<\"a@example.com>"] {
            assert_eq!(split(text), None, "{text}");
        }
        assert_eq!(split(&format!("<{}@example.com>", "a".repeat(MAX))), None);
    }
}
