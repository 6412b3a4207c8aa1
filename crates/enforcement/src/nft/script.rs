//! What nft is told: commands as JSON, built from types; pure.

use ipnet::IpNet;
use model::{Network, Timestamp};
use serde_json::{Value, json};

use super::difference::Difference;
use super::listing::Listing;
use super::set_of;
use crate::settings::EnforcementSettings;

/// Elements changed by one transaction. The kernel takes a transaction as one message, whose size a user namespace and
/// `net.core.wmem_max` bound; 250 elements are about 30 KB.
const AT_ONCE: usize = 250;

/// One transaction: all of it or nothing.
#[derive(Debug, Default)]
pub(super) struct Script(Vec<Value>);

impl Script {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn json(&self) -> String {
        json!({ "nftables": self.0 }).to_string()
    }
}

/// Lists the table: sets with their elements, and the rules.
pub(super) fn list(settings: &EnforcementSettings) -> Script {
    Script(vec![json!({ "list": { "table": table(settings) } })])
}

/// Makes what the listing has not found.
pub(super) fn missing(listing: &Listing, settings: &EnforcementSettings) -> Script {
    let mut commands = Vec::new();
    if !listing.has_table {
        commands.push(json!({ "add": { "table": table(settings) } }));
    }
    if !listing.has_set4 {
        commands.push(add_set(settings, settings.set4.as_str(), "ipv4_addr", &["timeout"]));
    }
    if !listing.has_set6 {
        commands.push(add_set(settings, settings.set6.as_str(), "ipv6_addr", &["interval", "timeout"]));
    }
    Script(commands)
}

/// Removes elements that can't be ours.
pub(super) fn foreign(listing: &Listing, settings: &EnforcementSettings) -> Script {
    let found = listing.foreign.iter().take(AT_ONCE);
    Script(found.map(|(set, element)| command("delete", settings, set, element.clone())).collect())
}

/// The transactions that make a difference disappear.
pub(super) fn changes(difference: &Difference, settings: &EnforcementSettings, now: Timestamp) -> Vec<Script> {
    let remove = |network: &Network| command("delete", settings, set_of(*network, settings), bare(*network));
    let add = |(network, until): &(Network, Option<Timestamp>)| {
        command("add", settings, set_of(*network, settings), timed(*network, *until, now))
    };
    // An older kernel does not change the time-out of an element that is there: out and in again, in one transaction.
    let surplus = difference.surplus.iter().map(|network| vec![remove(network)]);
    let retimed = difference.retimed.iter().map(|element| vec![remove(&element.0), add(element)]);
    let missing = difference.missing.iter().map(|element| vec![add(element)]);
    let steps: Vec<_> = surplus.chain(retimed).chain(missing).collect();
    steps.chunks(AT_ONCE).map(|chunk| Script(chunk.concat())).collect()
}

fn table(settings: &EnforcementSettings) -> Value {
    json!({ "family": "inet", "name": settings.table.as_str() })
}

fn add_set(settings: &EnforcementSettings, name: &str, kind: &str, flags: &[&str]) -> Value {
    let table = settings.table.as_str();
    json!({ "add": { "set": { "family": "inet", "table": table, "name": name, "type": kind, "flags": flags } } })
}

fn command(verb: &str, settings: &EnforcementSettings, set: &str, element: Value) -> Value {
    let table = settings.table.as_str();
    json!({ verb: { "element": { "family": "inet", "table": table, "name": set, "elem": [element] } } })
}

fn bare(network: Network) -> Value {
    match network.net() {
        IpNet::V4(net) => json!(net.addr()),
        IpNet::V6(net) => json!({ "prefix": { "addr": net.network(), "len": net.prefix_len() } }),
    }
}

/// The element, gone by itself when the block's time is over. nft takes whole seconds; the set must not be the first to
/// forget.
fn timed(network: Network, until: Option<Timestamp>, now: Timestamp) -> Value {
    let Some(until) = until else { return bare(network) };
    let seconds = until.since(now).as_millis().div_ceil(1000).clamp(1, i32::MAX as u128) as u64;
    json!({ "elem": { "val": bare(network), "timeout": seconds } })
}
