//! Where flagged messages were going: the address that RFC 5321 5.1 would deliver to.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use lookups::Dns;
use model::{DomainName, Evidence};
use tokio::time::{Instant, timeout_at};

/// All look-ups of one alert take no longer than this: a thief chooses the domains, and a dead DNS must not hold back
/// what people have to know.
const BUDGET: Duration = Duration::from_secs(8);

/// Fills in the destinations that are missing; each domain is asked for once, and none after the budget is used up.
/// Returns the messages that changed.
pub(crate) async fn fill_in(evidence: &mut [Evidence], dns: &Dns) -> Vec<Evidence> {
    let mut known: BTreeMap<DomainName, Option<IpAddr>> = BTreeMap::new();
    let mut changed = Vec::new();
    let deadline = Instant::now() + BUDGET;
    for message in evidence.iter_mut().filter(|message| message.destination_ip.is_none()) {
        let Some(domain) = &message.destination_domain else { continue };
        let found = match known.get(domain) {
            Some(found) => *found,
            None => timeout_at(deadline, dns.destination(domain)).await.ok().flatten(),
        };
        known.insert(domain.clone(), found);
        if found.is_some() {
            message.destination_ip = found;
            changed.push(message.clone());
        }
    }
    changed
}
