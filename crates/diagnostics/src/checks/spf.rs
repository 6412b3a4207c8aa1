//! Do receivers learn that our addresses may send for the domain?

use std::net::IpAddr;

use lookups::{Answer, Kind, SpfSays};
use model::DomainName;

use super::{listed_words, no_domain};
use crate::case::Case;
use crate::report::Report;

pub(crate) async fn check(case: &Case) -> Report {
    let Some(domain) = case.patient.domain() else { return no_domain() };
    let answer = case.ask(domain.as_str(), Kind::Txt).await;
    if matches!(answer, Answer::Unknown(_)) {
        return Report::dns_is_silent(&format!("the SPF record of {domain}"));
    }
    let records: Vec<&str> = answer.texts().filter(|text| is_spf(text)).collect();
    match records.as_slice() {
        [] => Report::fail(format!("{domain} has no SPF record."), wanted(case, &domain)),
        [record] => covers(case, &domain, record).await,
        several => Report::fail(
            format!("{domain} has {} SPF records, so receivers use none.", several.len()),
            "Join them to one TXT record that begins with \"v=spf1\".",
        ),
    }
}

/// RFC 7208 4.5: the version is a word of its own.
fn is_spf(text: &str) -> bool {
    let version = text.split(' ').next().unwrap_or_default();
    version.eq_ignore_ascii_case("v=spf1")
}

async fn covers(case: &Case, domain: &DomainName, record: &str) -> Report {
    let own = case.tools.reputation.own_addresses();
    if own.is_empty() {
        return Report::unknown(
            format!("{domain} has the record \"{record}\"; which addresses it has to name isn't known here."),
            "Set reputation.own_addresses to the addresses that mail leaves from.",
        );
    }
    let mut outside: Vec<(IpAddr, SpfSays)> = Vec::new();
    for address in own {
        match case.tools.dns.spf(domain, *address).await {
            Some(SpfSays::Pass) => {}
            Some(SpfSays::Broken | SpfSays::None) => {
                return Report::fail(
                    format!(
                        "The record of {domain} can't be used: it is wrong, or asks for too many look-ups: \"{record}\""
                    ),
                    wanted(case, domain),
                );
            }
            Some(SpfSays::Unknown) | None => return Report::dns_is_silent(&format!("the SPF record of {domain}")),
            Some(other) => outside.push((*address, other)),
        }
    }
    told(case, domain, record, &outside)
}

fn told(case: &Case, domain: &DomainName, record: &str, outside: &[(IpAddr, SpfSays)]) -> Report {
    let addresses = || listed_words(outside.iter().map(|(address, _)| address));
    if outside.is_empty() {
        return Report::pass(format!("Mail of {domain} may come from our addresses: \"{record}\""));
    }
    if outside.iter().all(|(_, says)| *says == SpfSays::Neutral) {
        return Report::warn(
            format!("{domain} does not say whether mail may come from {}: \"{record}\"", addresses()),
            wanted(case, domain),
        );
    }
    Report::fail(format!("Mail of {domain} may not come from {}: \"{record}\"", addresses()), wanted(case, domain))
}

fn wanted(case: &Case, domain: &DomainName) -> String {
    let own = case.tools.reputation.own_addresses().iter();
    let parts: Vec<String> =
        own.map(|address| format!("{}:{address}", if address.is_ipv4() { "ip4" } else { "ip6" })).collect();
    match parts.as_slice() {
        [] => format!("Enter a TXT record for {domain} that begins with \"v=spf1\" and names your mail service."),
        parts => {
            format!("Name our addresses in the TXT record of {domain}, as in \"v=spf1 {} -all\".", parts.join(" "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_spf;

    #[test]
    fn the_version_is_a_word_of_its_own() {
        assert!(is_spf("v=spf1 -all") && is_spf("V=SPF1"));
        assert!(!is_spf("v=spf10 -all") && !is_spf("spf1") && !is_spf(""));
    }
}
