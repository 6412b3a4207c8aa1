//! Links: found in text, taken from HTML, normalised the way a browser reads them, each once.
//!
//! Security: at most [`MAX_URLS`] links of [`MAX_LENGTH`] characters.

mod host;
mod split;

use std::collections::HashSet;

use foldhash::fast::RandomState;
use linkify::{LinkFinder, LinkKind};
use model::DomainName;
use model::features::{UrlFact, UrlHost, UrlSource};
use model::names::bounded;
use xxhash_rust::xxh3::xxh3_64;

pub(crate) use crate::url::host::registrable;

/// More links are not kept.
const MAX_URLS: usize = 200;
/// A link is cut here, in bytes.
const MAX_LENGTH: usize = 2000;
/// More candidates in a text are not looked at.
const MAX_CANDIDATES: usize = 2000;

/// The links so far.
#[derive(Default)]
pub(crate) struct Collector {
    urls: Vec<UrlFact>,
    seen: HashSet<u64, RandomState>,
    cut: bool,
}

impl Collector {
    /// Adds the links that stand in a text.
    pub(crate) fn add_text(&mut self, text: &str, source: UrlSource) {
        let mut finder = LinkFinder::new();
        finder.kinds(&[LinkKind::Url]).url_must_have_scheme(false);
        let lines = text.split('\n').filter(|line| may_link(line.as_bytes()));
        for link in lines.flat_map(|line| finder.links(line)).take(MAX_CANDIDATES) {
            let link = link.as_str();
            if link.contains("://") {
                self.add(link, source);
            } else if is_link_without_scheme(link) {
                self.add(&format!("http://{link}"), source);
            }
        }
    }

    /// Adds a link as it was written; what is no link to a host is left out.
    pub(crate) fn add(&mut self, written: &str, source: UrlSource) {
        let written = bounded(written.trim(), MAX_LENGTH);
        if written.is_empty() || !self.seen.insert(xxh3_64(written.as_bytes())) {
            return;
        }
        if self.urls.len() >= MAX_URLS {
            self.cut = true;
        } else if let Some(url) = read(written, source) {
            self.urls.push(url);
        }
    }

    /// The links in order, and whether there were more.
    pub(crate) fn finish(self) -> (Vec<UrlFact>, bool) {
        (self.urls, self.cut)
    }
}

/// A link to a host, understood; `None` for what leads to no host.
pub(crate) fn read(written: &str, source: UrlSource) -> Option<UrlFact> {
    let parts = split::split(written)?;
    let (host, disguised_address) = host::read(&parts.host)?;
    let registrable = match &host {
        UrlHost::Name(name) => registrable(name),
        UrlHost::Address(_) => None,
    };
    Some(UrlFact {
        url: bounded(written, MAX_LENGTH).to_owned(),
        scheme: parts.scheme,
        host,
        registrable,
        has_userinfo: parts.has_userinfo,
        port: parts.port,
        path: parts.path,
        source,
        disguised_address,
    })
}

/// The host that a shown text names, when it reads as a link and not as a sentence: `https://…`, `www.…`, or nothing
/// but a host name in lower case with a public suffix (`ASP.NET` is none).
pub(crate) fn shown_host(text: &str) -> Option<DomainName> {
    let text = text.trim();
    let word = text.split_whitespace().find(|word| names_host(word)).or_else(|| is_bare_host(text).then_some(text))?;
    let written = if word.contains("://") { word.to_owned() } else { format!("http://{word}") };
    match read(bounded(&written, MAX_LENGTH), UrlSource::Text)?.host {
        UrlHost::Name(name) if name.as_str().contains('.') => Some(name),
        _ => None,
    }
}

fn names_host(word: &str) -> bool {
    let lower = bounded(word, 12).to_ascii_lowercase();
    lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("www.")
}

fn is_bare_host(text: &str) -> bool {
    let host = text.split('/').next().unwrap_or_default();
    !text.contains('@') && !text.contains(char::is_whitespace) && host.contains('.') && host::has_public_suffix(host)
}

/// Whether a line has what every link has: a slash, or `www.`. No link goes on in the next line.
fn may_link(line: &[u8]) -> bool {
    let is_www = |dot: usize| line.get(dot.saturating_sub(3)..dot).is_some_and(|www| www.eq_ignore_ascii_case(b"www"));
    memchr::memchr(b'/', line).is_some() || memchr::memchr_iter(b'.', line).any(is_www)
}

/// Mail clients make links of these; `end.Next` is only a missing space.
fn is_link_without_scheme(link: &str) -> bool {
    let starts_www = link.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."));
    let (host, path) = link.split_once('/').unwrap_or((link, ""));
    starts_www || (!path.is_empty() && host::has_public_suffix(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let mut collector = Collector::default();
        collector.add_text(text, UrlSource::Text);
        collector.finish().0.iter().map(|url| url.url.clone()).collect()
    }

    #[test]
    fn links_are_found_in_text_each_once() {
        let text = "See http://example.com/a, (www.example.org) and http://example.com/a. Also example.net/x; end.Next";
        assert_eq!(found(text), ["http://example.com/a", "http://www.example.org", "http://example.net/x"]);
        assert_eq!(found("write to bob@example.com"), Vec::<String>::new());
    }

    #[test]
    fn the_host_shown_is_only_what_reads_as_one() {
        let host = |text: &str| shown_host(text).map(|name| name.to_string());
        assert_eq!(host("https://www.bank.example/login").as_deref(), Some("www.bank.example"));
        assert_eq!(host("go to www.bank.example now").as_deref(), Some("www.bank.example"));
        assert_eq!(host("example.com").as_deref(), Some("example.com"));
        for no in ["click here", "ASP.NET", "bob@example.com", "Read more...", "v1.2", ""] {
            assert_eq!(host(no), None, "{no}");
        }
    }

    #[test]
    fn the_number_of_links_is_bounded() {
        let mut collector = Collector::default();
        (0..500).for_each(|n| collector.add(&format!("http://example.com/{n}"), UrlSource::Link));
        let (urls, cut) = collector.finish();
        assert_eq!((urls.len(), cut), (MAX_URLS, true));
    }
}
