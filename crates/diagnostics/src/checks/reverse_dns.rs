//! Does the address have a name that leads back to it?

use std::net::IpAddr;

use lookups::{Answer, Kind, Name, Question};

use super::listed_words;
use crate::case::Case;
use crate::patient::Patient;
use crate::report::Report;

/// An address with more names than these is looked at no further.
const MAX_NAMES: usize = 8;

pub(crate) async fn check(case: &Case) -> Report {
    let Patient::Ip(address) = case.patient else { return Report::unknown("It is no address.", "") };
    let Some(name) = Name::of_address(address) else { return Report::dns_is_silent(&address.to_string()) };
    let answer = case.tools.dns.ask(Question { name, kind: Kind::Ptr }).await;
    if matches!(answer, Answer::Unknown(_)) {
        return Report::dns_is_silent(&format!("the name of {address}"));
    }
    let names: Vec<Name> = answer.pointers().take(MAX_NAMES).cloned().collect();
    if names.is_empty() {
        let advice = "Have the owner of the network enter a PTR record that names the server, and an A or AAAA record for that name.";
        return Report::fail(format!("{address} has no name."), advice);
    }
    confirmed(case, address, &names).await
}

async fn confirmed(case: &Case, address: IpAddr, names: &[Name]) -> Report {
    let kind = if address.is_ipv4() { Kind::A } else { Kind::Aaaa };
    let mut silent = false;
    for name in names {
        let answer = case.tools.dns.ask(Question { name: name.clone(), kind }).await;
        silent |= matches!(answer, Answer::Unknown(_));
        if answer.addresses().any(|found| found.to_canonical() == address) {
            return Report::pass(format!("{address} is {}, and that name leads back to it.", name.to_host()));
        }
    }
    let shown = listed_words(names.iter().map(Name::to_host));
    if silent {
        return Report::dns_is_silent(&shown);
    }
    let advice = format!(
        "Enter an address record for that name: {}. {} {address}",
        names.first().map(Name::to_host).unwrap_or_default(),
        record(address)
    );
    Report::fail(format!("{address} is {shown}, but that name does not lead back to it."), advice)
}

fn record(address: IpAddr) -> &'static str {
    if address.is_ipv4() { "A" } else { "AAAA" }
}
