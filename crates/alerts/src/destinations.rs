//! Where flagged messages were going: the address that RFC 5321 5.1 would deliver to.

use std::collections::BTreeMap;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

use model::{DomainName, Evidence};

/// The answer, as soon as it is known; `None` when DNS has none in time.
pub type Looking<'a> = Pin<Box<dyn Future<Output = Option<IpAddr>> + Send + 'a>>;

/// Tells where mail for a domain goes. It takes no longer than its own time-out.
pub trait Resolver: Send + Sync {
    /// The address of the domain's first mail exchanger.
    fn destination<'a>(&'a self, domain: &'a DomainName) -> Looking<'a>;
}

/// Fills in the destinations that are missing; each domain is asked for once. Returns the messages that changed.
pub(crate) async fn fill_in(evidence: &mut [Evidence], resolver: &dyn Resolver) -> Vec<Evidence> {
    let mut known: BTreeMap<DomainName, Option<IpAddr>> = BTreeMap::new();
    let mut changed = Vec::new();
    for message in evidence.iter_mut().filter(|message| message.destination_ip.is_none()) {
        let Some(domain) = &message.destination_domain else { continue };
        let found = match known.get(domain) {
            Some(found) => *found,
            None => resolver.destination(domain).await,
        };
        known.insert(domain.clone(), found);
        if found.is_some() {
            message.destination_ip = found;
            changed.push(message.clone());
        }
    }
    changed
}
