//! A link that carries the recipient's address behind `#`, where a phishing page reads it to fill in its form. Servers do
//! not see that part, so honest senders have no use for it.

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let features = message.features;
    let mut links = features.urls.iter().filter(|url| url.scheme.starts_with("http"));
    links.find(|url| url.url.split_once('#').is_some_and(|(_, fragment)| names_recipient(fragment, features))).map(|url| Seen::of(&url.url))
}

fn names_recipient(fragment: &str, features: &model::Features) -> bool {
    let fragment = fragment.to_lowercase().replace("%40", "@");
    let to = features.headers.to.iter().map(|to| to.address.to_lowercase());
    let envelope = features.sender.first_recipients.iter().map(|path| path.as_str().to_lowercase());
    to.chain(envelope).any(|address| address.len() > 5 && fragment.contains(&address))
}
