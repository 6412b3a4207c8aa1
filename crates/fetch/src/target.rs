//! Where requests go, parsed.

use hyper::Uri;
use hyper::http::uri::Scheme;

/// The parts of a URL that a request needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Whether TLS is spoken.
    pub secure: bool,
    /// A name, or an address without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The Host field.
    pub(crate) authority: String,
    /// Path and query.
    pub path: String,
}

impl Target {
    /// A URL of http or https, with a host, without user and fragment.
    ///
    /// # Errors
    /// A sentence, when it is none.
    pub fn parse(url: &str) -> Result<Self, String> {
        let wrong = || format!("expected \"https://host/path\" or \"http://host:port/path\", found \"{url}\"");
        if url.contains('#') {
            return Err(format!("a fragment is never sent: take it out of \"{url}\""));
        }
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let secure = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err(wrong()),
        };
        let authority = uri.authority().ok_or_else(wrong)?;
        if authority.as_str().contains('@') {
            return Err("a user and password in the URL would be in every log: take them out".into());
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = authority.port_u16().unwrap_or(if secure { 443 } else { 80 });
        if host.is_empty() || port == 0 {
            return Err(wrong());
        }
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok(Self { secure, host, port, authority: authority.to_string(), path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart() {
        let target = Target::parse("https://panel.example/hooks?x=1").unwrap();
        assert_eq!((target.secure, target.host.as_str(), target.port), (true, "panel.example", 443));
        assert_eq!((target.authority.as_str(), target.path.as_str()), ("panel.example", "/hooks?x=1"));
        let target = Target::parse("http://[2001:db8::1]:8080").unwrap();
        assert_eq!((target.secure, target.host.as_str(), target.port), (false, "2001:db8::1", 8080));
        assert_eq!((target.authority.as_str(), target.path.as_str()), ("[2001:db8::1]:8080", "/"));
    }

    #[test]
    fn what_is_no_receiver_is_refused() {
        for wrong in [
            "panel.example",
            "/hooks",
            "ftp://a.example/",
            "https://",
            "https://u:p@a.example/",
            "http://a/#b",
            "x y",
            "http://a:0/",
        ] {
            assert!(Target::parse(wrong).is_err(), "{wrong}");
        }
    }
}
