//! A link whose host wears a borrowed name in front of its own: `paypal.com.login.evil.test`. The name
//! alone is what mailing services call their customers by, as in `paypal.mailer.example`.

use model::features::UrlSource;

use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let links = message.features.urls.iter().filter(|url| url.source == UrlSource::Link);
    links.into_iter().find_map(|url| {
        let site = url.registrable.as_ref()?.as_str();
        let model::features::UrlHost::Name(host) = &url.host else { return None };
        let front = host.as_str().strip_suffix(site)?.trim_end_matches('.');
        let worn: Vec<&str> = domains(front).collect();
        if worn.is_empty() {
            return None;
        }
        let brand =
            message.lexicon.brands.iter().find(|brand| worn.contains(&brand.name) && !brand.owns(site))?;
        Some(Seen::of(format!("{} in {host}", brand.name)))
    })
}

/// Names that stand as whole domains in front of the real one; hardly any host has one.
fn domains(front: &str) -> impl Iterator<Item = &str> {
    let pairs = front.split('.').zip(front.split('.').skip(1));
    pairs.filter(|(_, end)| matches!(*end, "com" | "net" | "org" | "co" | "de" | "fr")).map(|(name, _)| name)
}
