//! DNS for next hops of the proxy that are named by their domain.

use std::fmt;
use std::sync::Arc;

use frontends::proxy::{Exchangers, Exchanging};
use lookups::{Dns, Mx};
use model::DomainName;

/// The daemon's resolver, as the proxy asks it.
pub(crate) struct ByDns(pub(crate) Arc<Dns>);

impl Exchangers for ByDns {
    fn exchangers<'a>(&'a self, domain: &'a str) -> Exchanging<'a> {
        Box::pin(async move {
            match self.0.mx(&DomainName::new(domain)?).await {
                Mx::To(found) => Some(found.into_iter().map(|exchanger| exchanger.host).collect()),
                Mx::NoMail | Mx::NoSuchDomain | Mx::Unknown => None,
            }
        })
    }
}

impl fmt::Debug for ByDns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ByDns")
    }
}
