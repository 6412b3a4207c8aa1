//! Lost updates are refused: an answer has an `ETag`, and whoever changes what he has seen names it in `If-Match` (RFC 9110 13.1.1).

use std::convert::Infallible;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use super::Native;

/// An answer with what tells it from another state of the same.
pub(super) type Versioned<T> = (HeaderMap, Json<T>);

/// What `If-Match` names; `None`: the caller has not looked.
pub(super) struct Seen(Option<String>);

impl<S: Sync> FromRequestParts<S> for Seen {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let named = parts.headers.get(header::IF_MATCH).map(|value| value.to_str().unwrap_or_default().to_owned());
        Ok(Self(named))
    }
}

impl Seen {
    /// The version that the caller has seen: the current one if it is among those that he names, else the empty one, which nothing
    /// has. A weak one, or one without its quotes, is none.
    pub(super) fn version(&self, current: &str) -> Option<String> {
        let named = self.0.as_deref()?;
        let is_current = named.split(',').map(str::trim).any(|one| one == "*" || one == quoted(current));
        Some(if is_current { current.to_owned() } else { String::new() })
    }
}

fn quoted(version: &str) -> String {
    format!("\"{version}\"")
}

impl Native {
    /// The version of a customer of the store; others can't be changed here and have none.
    pub(super) fn version_of(&self, service: &str) -> Option<String> {
        self.customers.stored(service).ok().map(|record| record.version())
    }

    /// The fields of an answer about him.
    pub(super) fn tagged(&self, service: &str) -> HeaderMap {
        let tag = self.version_of(service).and_then(|version| HeaderValue::from_str(&quoted(&version)).ok());
        let tag: Option<(HeaderName, HeaderValue)> = tag.map(|tag| (header::ETAG, tag));
        tag.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_current_version_matches() {
        let seen = |named: &str| Seen(Some(named.to_owned())).version("a1");
        for named in ["\"a1\"", "*", "\"b2\", \"a1\""] {
            assert_eq!(seen(named).as_deref(), Some("a1"), "{named}");
        }
        for named in ["\"b2\"", "W/\"a1\"", "a1", ""] {
            assert_ne!(seen(named).as_deref(), Some("a1"), "{named}");
        }
        assert_eq!(Seen(None).version("a1"), None);
    }
}
