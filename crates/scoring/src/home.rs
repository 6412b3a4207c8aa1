//! Whether a message leads nowhere but to its own sender's domain: nobody phishes for the domain of the login that he has
//! stolen.
//!
//! Limits: a provider's domain under which its customers have names of their own is taken for the sender's, unless it is in
//! the list of free hosting.

use model::features::{Bound, UrlHost, UrlSource};

use crate::Reading;

/// Whether there are links, all to the domain of the login or to what the configuration allows the login in From; From and
/// Reply-To are there too, and the name is no borrowed one.
pub(crate) fn leads_home(message: &Reading<'_>) -> bool {
    let features = message.features;
    let Some(homes) = homes(message) else { return false };
    let at_home = |name: &str| homes.iter().any(|home| within(name, home));
    let mut links = features.urls.iter().filter(|url| url.source != UrlSource::Image).peekable();
    let all_read = !features.bounds_hit.contains(&Bound::Urls) && links.peek().is_some();
    let answered_there =
        || features.headers.reply_to.iter().all(|to| to.domain().is_some_and(|domain| at_home(domain.as_str())));
    all_read
        && links.all(|url| matches!(&url.host, UrlHost::Name(host) if at_home(host.as_str())))
        && answered_there()
        && message.borrowed_name().is_none()
}

/// The domains that are the sender's own, when From is of one of them; those that everybody shares are nobody's.
fn homes<'r>(message: &'r Reading<'_>) -> Option<[&'r str; 2]> {
    let sender = &message.features.sender;
    let (login, from) = (sender.login.as_ref()?.domain()?, message.from_domain()?);
    let homes = match sender.from_allowed {
        Some(true) => [login, from],
        None if within(from, login) => [login, login],
        _ => return None,
    };
    let lists = [&message.lexicon.freemail, &message.lexicon.free_hosting, &message.lexicon.shorteners];
    let shared = |home: &&str| lists.into_iter().any(|list| list.covers(home));
    (!homes.iter().any(shared)).then_some(homes)
}

/// Whether a name is the domain or lies in it; both in lower case.
pub(crate) fn within(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
