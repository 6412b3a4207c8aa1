//! A message as the scorers read it: its features, and what several of them need, worked out once.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashSet;

use foldhash::fast::RandomState;
use model::features::{UrlFact, UrlHost};
use model::{DomainName, Features};

use crate::borrowed;
use crate::classifier::Properties;
use crate::fold::fold_into;
use crate::lexicon::{Brand, Lexicon};
use crate::phrases::{Family, Tally};

/// One message under examination.
pub struct Reading<'m> {
    /// What was extracted from the message.
    pub features: &'m Features,
    /// The word and host lists.
    pub lexicon: &'m Lexicon,
    tally: Tally,
    hosts: OnceCell<Vec<(&'m str, &'m UrlFact)>>,
    properties: OnceCell<Properties>,
    from_domain: OnceCell<Option<DomainName>>,
    borrowed: OnceCell<Option<&'m Brand>>,
    folded: Vec<u8>,
    /// Where the name ends and where the text begins in `folded`.
    bounds: (usize, usize),
}

impl<'m> Reading<'m> {
    /// Reads the text once for all phrase families.
    pub fn new(features: &'m Features, lexicon: &'m Lexicon) -> Self {
        let subject = features.headers.subject.as_deref().unwrap_or("");
        let name = features.headers.from.first().map_or("", |from| from.name.as_str());
        let mut folded = Vec::new();
        fold_into(name, &mut folded);
        let name_end = folded.len();
        fold_into(subject, &mut folded);
        let bounds = (name_end, folded.len());
        fold_into(&text_to_read(features), &mut folded);
        let tally = lexicon.phrases.tally(&folded);
        let (hosts, properties, from_domain, borrowed) = Default::default();
        Self { features, lexicon, tally, hosts, properties, from_domain, borrowed, folded, bounds }
    }

    /// What a reader sees, folded: the sender's name, the subject, the text; words stand between single spaces.
    pub(crate) fn folded(&self) -> &[u8] {
        &self.folded
    }

    /// What sender and links are to each other.
    pub(crate) fn properties(&self) -> Properties {
        *self.properties.get_or_init(|| Properties::of(self))
    }

    /// The sender's name, folded.
    pub(crate) fn folded_name(&self) -> &[u8] {
        self.folded.get(..self.bounds.0).unwrap_or_default()
    }

    /// The text, folded.
    pub(crate) fn folded_text(&self) -> &[u8] {
        self.folded.get(self.bounds.1..).unwrap_or_default()
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
    pub fn from_domain(&self) -> Option<&str> {
        let domain = || self.features.headers.from.first()?.domain();
        self.from_domain.get_or_init(domain).as_ref().map(DomainName::as_str)
    }

    /// The brand that From's name borrows, when its domain is not the brand's.
    pub(crate) fn borrowed_name(&self) -> Option<&'m Brand> {
        *self.borrowed.get_or_init(|| borrowed::brand(self, self.from_domain()?))
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
