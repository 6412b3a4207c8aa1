//! A link with a name before the host, so that `https://bank.example@evil.test/` looks like the bank's (RFC 3986 7.6).

use model::features::UrlSource;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let web = |scheme: &str| matches!(scheme, "http" | "https");
    let mut links = message.features.urls.iter().filter(|url| url.source == UrlSource::Link && web(&url.scheme));
    links.find(|url| url.has_userinfo).map(|url| Seen::of(&url.url))
}
