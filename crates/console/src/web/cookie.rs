//! Cookies: the session, the seed of a form before a login, the chosen language.
//!
//! Over TLS a name begins with `__Host-`: no other host, path or plain connection can set such a cookie
//! (RFC 6265bis 4.1.3.2).

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// Longer values are none of ours.
const MAX_VALUE: usize = 256;

/// A cookie of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The session.
    Session,
    /// What forms are bound to before a login.
    Seed,
    /// The chosen language.
    Language,
}

impl Cookie {
    fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Self::Session, true) => "__Host-portreeve",
            (Self::Session, false) => "portreeve",
            (Self::Seed, true) => "__Host-portreeve-form",
            (Self::Seed, false) => "portreeve-form",
            (Self::Language, _) => "portreeve-language",
        }
    }

    /// What the browser sent.
    pub(crate) fn read(self, headers: &HeaderMap, https: bool) -> Option<String> {
        let fields = headers.get_all(COOKIE).iter().filter_map(|field| field.to_str().ok());
        let pairs = fields.flat_map(|field| field.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut found = pairs.filter(|(name, _)| *name == self.name(https)).map(|(_, value)| value);
        found.next().filter(|value| !value.is_empty() && value.len() <= MAX_VALUE).map(str::to_owned)
    }

    /// The field that sets it; `None` lasts as long as the browser runs.
    pub(crate) fn set(self, value: &str, https: bool, seconds: Option<u64>) -> String {
        let secure = if https { "; Secure" } else { "" };
        let age = seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
        format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}", self.name(https))
    }

    /// The field that takes it away.
    pub(crate) fn forget(self, https: bool) -> String {
        self.set("", https, Some(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_as_it_was_set() {
        for https in [true, false] {
            let field = Cookie::Session.set("abc", https, Some(60));
            assert_eq!(field.contains("; Secure"), https);
            assert!(field.contains("; HttpOnly; SameSite=Lax") && field.ends_with("; Max-Age=60"), "{field}");
            let mut headers = HeaderMap::new();
            let pair = field.split(';').next().unwrap();
            headers.append(COOKIE, format!("x=1; {pair}").parse().unwrap());
            assert_eq!(Cookie::Session.read(&headers, https).as_deref(), Some("abc"));
            assert_eq!(Cookie::Session.read(&headers, !https), None, "a cookie of a plain connection is none over TLS");
            assert_eq!(Cookie::Seed.read(&headers, https), None);
        }
    }
}
