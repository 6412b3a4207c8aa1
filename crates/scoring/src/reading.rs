//! A message as the scorers read it: its features, and what several of them need, worked out once.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashSet;

use foldhash::fast::RandomState;
use model::Features;
use model::features::{UrlFact, UrlHost};

use crate::lexicon::Lexicon;
use crate::phrases::{Family, Tally};

/// One message under examination.
pub struct Reading<'m> {
    /// What was extracted from the message.
    pub features: &'m Features,
    /// The word and host lists.
    pub lexicon: &'m Lexicon,
    tally: Tally,
    hosts: OnceCell<Vec<(&'m str, &'m UrlFact)>>,
}

impl<'m> Reading<'m> {
    /// Reads the text once for all phrase families.
    pub fn new(features: &'m Features, lexicon: &'m Lexicon) -> Self {
        let subject = features.headers.subject.as_deref().unwrap_or("");
        let name = features.headers.from.first().map_or("", |from| from.name.as_str());
        let tally = lexicon.phrases.tally(&[name, subject, &text_to_read(features)]);
        Self { features, lexicon, tally, hosts: OnceCell::new() }
    }

    /// The distinct phrases of one family, and what they weigh together.
    pub(crate) fn phrases(&self, family: Family) -> (Vec<&'m str>, usize) {
        self.lexicon.phrases.found(&self.tally, family)
    }

    /// The subject, empty when there is none.
    pub fn subject(&self) -> &'m str {
        self.features.headers.subject.as_deref().unwrap_or("")
    }

    /// The domain of the first From mailbox, lower case.
    pub fn from_domain(&self) -> Option<String> {
        let domain = self.features.headers.from.first()?.domain()?;
        Some(domain.as_str().to_owned())
    }

    /// The names of linked hosts, each once, with the first link they stand in, images left out.
    pub fn distinct_hosts(&self) -> impl Iterator<Item = (&'m str, &'m UrlFact)> {
        let distinct = || {
            let mut seen = HashSet::<&str, RandomState>::default();
            self.link_hosts().filter(|(host, _)| seen.insert(host)).collect()
        };
        self.hosts.get_or_init(distinct).iter().copied()
    }

    /// The names of linked hosts with the link they stand in, images left out.
    pub fn link_hosts(&self) -> impl Iterator<Item = (&'m str, &'m UrlFact)> {
        let links = self.features.urls.iter().filter(|url| url.source != model::features::UrlSource::Image);
        links.filter_map(|url| match &url.host {
            UrlHost::Name(name) => Some((name.as_str(), url)),
            UrlHost::Address(_) => None,
        })
    }
}

/// What a reader sees. Plain text that is much longer than the HTML is read as well: a token HTML part would hide it.
fn text_to_read(features: &Features) -> Cow<'_, str> {
    let text = &features.text;
    if text.html.trim().is_empty() || text.plain.len() / 2 < text.html.len() {
        return Cow::Borrowed(text.shown());
    }
    Cow::Owned(format!("{}\n{}", text.html, text.plain))
}
