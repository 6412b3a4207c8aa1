//! A link's shown text against where it leads.

use model::features::{UrlHost, UrlSource};

use crate::{bytes, url};

/// The shown text is read up to here, in bytes.
const MAX_SHOWN: usize = 300;

/// An `<a>` that is open.
#[derive(Debug)]
pub(crate) struct OpenLink {
    target: String,
    shown: String,
}

impl OpenLink {
    /// A link that leads there.
    pub(crate) fn to(target: &str) -> Self {
        Self { target: target.to_owned(), shown: String::new() }
    }

    /// Adds to what is shown.
    pub(crate) fn show(&mut self, text: &str) {
        bytes::push_bounded(&mut self.shown, text, MAX_SHOWN);
    }

    /// The host shown and the host behind, when they belong to different registrable domains.
    pub(crate) fn misleads(self) -> Option<(String, String)> {
        let shown = url::shown_host(&self.shown)?;
        let behind = url::read(&self.target, UrlSource::Link)?;
        let name = match behind.host {
            UrlHost::Name(name) => name.to_string(),
            UrlHost::Address(address) => address.to_string(),
        };
        let same = behind.registrable.is_some() && behind.registrable == url::registrable(&shown);
        (!same && name != shown.as_str()).then(|| (shown.to_string(), name))
    }
}

/// Whether an address has one of the schemes; white space and control characters inside do not hide it.
pub(crate) fn has_scheme(address: &str, schemes: &[&str]) -> bool {
    let start: String = address.chars().take(60).filter(|c| !c.is_whitespace() && !c.is_control()).take(12).collect();
    start.split_once(':').is_some_and(|(scheme, _)| schemes.iter().any(|known| scheme.eq_ignore_ascii_case(known)))
}
