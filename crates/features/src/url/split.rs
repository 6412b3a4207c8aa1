//! Takes a link apart as browsers do (WHATWG URL 4.4), so that what hides a host from a filter hides it from the reader
//! too: tabs and line ends vanish, a backslash is a slash, one slash too many is none.

use std::borrow::Cow;

use model::names::bounded;

/// A link's pieces, as written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parts {
    /// Lower-case scheme.
    pub(crate) scheme: String,
    /// `user@` stands before the host.
    pub(crate) has_userinfo: bool,
    /// The host, not yet read.
    pub(crate) host: String,
    /// The port, when written.
    pub(crate) port: Option<u16>,
    /// Path, query and fragment.
    pub(crate) path: String,
}

/// Schemes that lead to a host.
const SCHEMES: &[&str] = &["http", "https", "ftp"];
/// A path is cut here, in bytes.
const MAX_PATH: usize = 2000;

/// Takes a link apart; `None` when it leads to no host.
pub(crate) fn split(written: &str) -> Option<Parts> {
    let vanishes = |c: char| matches!(c, '\t' | '\n' | '\r');
    let clean = if written.bytes().any(|byte| vanishes(byte.into())) {
        Cow::Owned(written.replace(vanishes, ""))
    } else {
        Cow::Borrowed(written)
    };
    let (scheme, rest) = scheme(clean.trim())?;
    let rest = rest.trim_start_matches(['/', '\\']);
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    let (userinfo, host_port) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (host, port) = host_and_port(host_port);
    Some(Parts {
        scheme,
        has_userinfo: !userinfo.is_empty(),
        host: host.to_owned(),
        port,
        path: bounded(path, MAX_PATH).to_owned(),
    })
}

/// The scheme and what follows it; `//host` inherits one and is taken for https.
fn scheme(link: &str) -> Option<(String, &str)> {
    if link.starts_with("//") || link.starts_with("\\\\") {
        return Some(("https".into(), link));
    }
    let (scheme, rest) = link.split_once(':')?;
    let scheme = bounded(scheme, 10).to_ascii_lowercase();
    SCHEMES.contains(&scheme.as_str()).then_some((scheme, rest))
}

fn host_and_port(text: &str) -> (&str, Option<u16>) {
    let after_literal = text.rfind(']').map_or(0, |at| at.saturating_add(1));
    match text.get(after_literal..).and_then(|tail| tail.rfind(':')) {
        Some(at) => {
            let colon = after_literal.saturating_add(at);
            (
                text.get(..colon).unwrap_or_default(),
                text.get(colon.saturating_add(1)..).and_then(|port| port.parse().ok()),
            )
        }
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(link: &str) -> Option<(String, Option<u16>, bool)> {
        split(link).map(|parts| (parts.host, parts.port, parts.has_userinfo))
    }

    #[test]
    fn disguises_fall() {
        let plain = |name: &str| Some((name.to_owned(), None, false));
        assert_eq!(host("HTTPS:\\\\evil.example\\x"), plain("evil.example"));
        assert_eq!(host("ht\ntp://ev\til.example"), plain("evil.example"));
        assert_eq!(host("//evil.example/x"), plain("evil.example"));
        assert_eq!(host("http:///evil.example"), plain("evil.example"));
        assert_eq!(host("http://bank.example@evil.example:8080/"), Some(("evil.example".into(), Some(8080), true)));
        assert_eq!(host("http://[2001:db8::1]:81/x"), Some(("[2001:db8::1]".into(), Some(81), false)));
    }

    #[test]
    fn what_leads_to_no_host_is_no_link() {
        for link in ["mailto:bob@example.com", "#top", "cid:1@example.com", "javascript:alert(1)", "page.html"] {
            assert_eq!(host(link), None, "{link}");
        }
    }
}
