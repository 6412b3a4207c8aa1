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
        let brand = message.lexicon.brands.iter().find(|brand| wears(front, brand.name) && !brand.owns(site))?;
        Some(Seen::of(format!("{} in {host}", brand.name)))
    })
}

/// The name as a whole domain, in front of the real one.
fn wears(front: &str, brand: &str) -> bool {
    let labels: Vec<&str> = front.split('.').collect();
    let domain = |pair: &[&str]| matches!(pair, [name, "com" | "net" | "org" | "co" | "de" | "fr"] if *name == brand);
    labels.windows(2).any(domain)
}
