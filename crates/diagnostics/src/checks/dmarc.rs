//! Is there a DMARC policy, and does it make sense?

use lookups::{Answer, Kind};
use model::DomainName;

use super::no_domain;
use crate::case::Case;
use crate::report::Report;

pub(crate) async fn check(case: &Case) -> Report {
    let Some(domain) = case.patient.domain() else { return no_domain() };
    let advice =
        format!("Enter a TXT record for _dmarc.{domain}: \"v=DMARC1; p=quarantine; rua=mailto:postmaster@{domain}\"");
    for place in [domain.clone(), registrable(&domain)] {
        let name = format!("_dmarc.{place}");
        let answer = case.ask(&name, Kind::Txt).await;
        if matches!(answer, Answer::Unknown(_)) {
            return Report::dns_is_silent(&name);
        }
        let records: Vec<&str> = answer.texts().filter(|text| is_policy(text)).collect();
        match records.as_slice() {
            [] => {}
            [policy] => return judged(&name, policy, advice),
            several => {
                return Report::fail(
                    format!("{name} has {} policies, so receivers use none.", several.len()),
                    "Keep one of them.",
                );
            }
        }
    }
    Report::fail(format!("There is no policy for {domain}."), advice)
}

/// The domain under a public suffix, whose policy holds for those below it.
fn registrable(domain: &DomainName) -> DomainName {
    psl::domain_str(domain.as_str()).and_then(DomainName::new).unwrap_or_else(|| domain.clone())
}

fn is_policy(text: &str) -> bool {
    let (name, version) = text.split(';').next().and_then(|tag| tag.split_once('=')).unwrap_or_default();
    name.trim() == "v" && version.trim() == "DMARC1"
}

fn judged(name: &str, policy: &str, advice: String) -> Report {
    let tag = |wanted: &str| {
        let mut tags = policy.split(';').filter_map(|tag| tag.split_once('='));
        tags.find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim().to_ascii_lowercase())
    };
    match tag("p").as_deref() {
        Some("reject" | "quarantine") if tag("pct").is_none_or(|percent| percent != "0") => {
            Report::pass(format!("{name} is \"{policy}\""))
        }
        Some("none" | "reject" | "quarantine") => Report::warn(
            format!("{name} is \"{policy}\": mail that only pretends to be the domain's is delivered all the same."),
            "When reports show that your own mail passes, say p=quarantine or p=reject.",
        ),
        _ => Report::fail(format!("{name} is \"{policy}\", which names no policy that exists."), advice),
    }
}
