//! What nft says the table holds: its answer to `list table`, read leniently; pure.

use std::net::Ipv4Addr;
use std::time::Duration;

use ipnet::{IpNet, Ipv6Net};
use model::{Network, Timestamp};
use serde_json::Value;

use super::NftError;
use crate::settings::EnforcementSettings;
use crate::wanted::Wanted;

/// The table as it is.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) has_table: bool,
    pub(super) has_set4: bool,
    pub(super) has_set6: bool,
    /// Addresses and /64 networks, as they could be ours.
    pub(super) held: Wanted,
    /// Elements that can't be ours, with their set, as nft wrote them.
    pub(super) foreign: Vec<(String, Value)>,
    /// The sets that no rule uses.
    pub(super) unused: Vec<String>,
}

impl Listing {
    /// There is no such table.
    pub(super) fn nothing() -> Self {
        Self::default()
    }

    pub(super) fn parse(answer: &[u8], settings: &EnforcementSettings, now: Timestamp) -> Result<Self, NftError> {
        let answer: Value = serde_json::from_slice(answer)?;
        let objects = answer.get("nftables").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut listing = Self { has_table: true, ..Self::default() };
        let (set4, set6) = (settings.set4.as_str(), settings.set6.as_str());
        for set in objects.iter().filter_map(|object| object.get("set")) {
            let name = set.get("name").and_then(Value::as_str).unwrap_or_default();
            if name != set4 && name != set6 {
                continue;
            }
            if set.get("auto-merge").and_then(Value::as_bool) == Some(true) {
                return Err(NftError::Merging(name.to_owned()));
            }
            listing.has_set4 |= name == set4;
            listing.has_set6 |= name == set6;
            let elements = set.get("elem").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            elements.iter().for_each(|element| listing.take(name, name == set4, element, now));
        }
        let rules: Vec<_> = objects.iter().filter_map(|object| object.get("rule")).map(Value::to_string).collect();
        let is_unused = |name: &&str| !rules.iter().any(|rule| rule.contains(&format!("\"@{name}\"")));
        listing.unused = [set4, set6].into_iter().filter(is_unused).map(str::to_owned).collect();
        Ok(listing)
    }

    fn take(&mut self, set: &str, is_v4: bool, element: &Value, now: Timestamp) {
        let timed = element.get("elem");
        let bare = timed.and_then(|timed| timed.get("val")).unwrap_or(element);
        let left = timed.and_then(|timed| timed.get("expires")).and_then(Value::as_u64);
        let until = left.map(|seconds| now.after(Duration::from_secs(seconds)));
        match network(bare, is_v4) {
            Some(network) => _ = self.held.insert(network, until),
            None => self.foreign.push((set.to_owned(), bare.clone())),
        }
    }
}

/// The network of an element that could be ours.
fn network(element: &Value, is_v4: bool) -> Option<Network> {
    if is_v4 {
        let address: Ipv4Addr = element.as_str()?.parse().ok()?;
        return Network::parse(&address.to_string());
    }
    let prefix = element.get("prefix")?;
    let address = prefix.get("addr")?.as_str()?.parse().ok()?;
    let length = u8::try_from(prefix.get("len")?.as_u64()?).ok()?;
    let net = Ipv6Net::new(address, length).ok()?;
    let network = Network::parse(&net.addr().to_string())?;
    (network.net() == IpNet::V6(net)).then_some(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As nft 1.0.6 writes it.
    const ANSWER: &str = r#"{"nftables": [{"metainfo": {"version": "1.0.6", "json_schema_version": 1}},
        {"table": {"family": "inet", "name": "portreeve", "handle": 1}},
        {"set": {"family": "inet", "name": "blocked4", "table": "portreeve", "type": "ipv4_addr", "handle": 1,
            "flags": ["timeout"], "elem": [{"elem": {"val": "192.0.2.1", "timeout": 3600, "expires": 3599}}, "192.0.2.2"]}},
        {"set": {"family": "inet", "name": "blocked6", "table": "portreeve", "type": "ipv6_addr", "handle": 2,
            "flags": ["interval", "timeout"], "elem": [{"elem": {"val": {"prefix": {"addr": "2001:db8:1:2::", "len": 64}},
            "timeout": 3600, "expires": 60}}, {"prefix": {"addr": "2001:db8::", "len": 32}}, "2001:db8:5::7"]}},
        {"set": {"family": "inet", "name": "other", "table": "portreeve", "type": "ipv4_addr", "elem": ["192.0.2.9"]}},
        {"rule": {"family": "inet", "table": "portreeve", "chain": "c", "handle": 4, "expr": [{"match": {"op": "==",
            "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": "@blocked4"}}, {"drop": null}]}}]}"#;

    #[test]
    fn a_listing_is_read() {
        let now = Timestamp::from_secs(1000);
        let listing = Listing::parse(ANSWER.as_bytes(), &EnforcementSettings::default(), now).unwrap();
        assert!(listing.has_table && listing.has_set4 && listing.has_set6);
        let held: Vec<_> =
            listing.held.iter().map(|(net, until)| (net.to_string(), until.map(Timestamp::as_secs))).collect();
        let expected = [("192.0.2.1", Some(4599)), ("192.0.2.2", None), ("2001:db8:1:2::/64", Some(1060))];
        assert_eq!(held, expected.map(|(net, until)| (net.to_owned(), until)));
        let foreign: Vec<_> = listing.foreign.iter().map(|(set, element)| format!("{set} {element}")).collect();
        assert_eq!(foreign, [r#"blocked6 {"prefix":{"addr":"2001:db8::","len":32}}"#, r#"blocked6 "2001:db8:5::7""#]);
        assert_eq!(listing.unused, ["blocked6"]);
    }

    #[test]
    fn a_merging_set_is_refused_and_nonsense_is_an_error() {
        let read = |text: &str| Listing::parse(text.as_bytes(), &EnforcementSettings::default(), Timestamp(0));
        assert!(matches!(read(&ANSWER.replace("\"handle\": 2", "\"auto-merge\": true")), Err(NftError::Merging(_))));
        assert!(matches!(read("table inet"), Err(NftError::Unreadable(_))));
        let empty = read("{}").unwrap();
        assert!(empty.held.is_empty() && !empty.has_set4);
    }
}
