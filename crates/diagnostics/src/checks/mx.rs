//! Do the domain's exchangers exist, and are they ours?

use lookups::{Answer, Exchanger, Kind, Mx};
use model::DomainName;

use super::{listed_words, no_domain};
use crate::case::Case;
use crate::report::Report;

pub(crate) async fn check(case: &Case) -> Report {
    let Some(domain) = case.patient.domain() else { return no_domain() };
    match case.tools.dns.mx(&domain).await {
        Mx::NoSuchDomain => {
            Report::fail(format!("There is no domain {domain}."), "Register the domain, or look at its name servers.")
        }
        Mx::NoMail => Report::fail(format!("{domain} says that it takes no mail (a null MX)."), advice(case)),
        Mx::Unknown => Report::dns_is_silent(&format!("the exchangers of {domain}")),
        Mx::To(exchangers) => reachable(case, &domain, &exchangers).await,
    }
}

async fn reachable(case: &Case, domain: &DomainName, exchangers: &[Exchanger]) -> Report {
    let (mut lost, mut silent) = (Vec::new(), Vec::new());
    for Exchanger { host, .. } in exchangers {
        match has_address(case, host).await {
            Some(true) => {}
            Some(false) => lost.push(host),
            None => silent.push(host),
        }
    }
    let is_implicit = matches!(exchangers, [only] if only.host == domain.as_str());
    if lost.len() == exchangers.len() && is_implicit {
        return Report::fail(format!("{domain} has neither MX records nor an address."), advice(case));
    }
    if !lost.is_empty() {
        let hosts = listed_words(&lost);
        let found = if lost.len() == 1 {
            format!("Mail for {domain} goes to {hosts}, which has no address.")
        } else {
            format!("Mail for {domain} goes to {hosts}, which have no address.")
        };
        return if lost.len() == exchangers.len() {
            Report::fail(found, advice(case))
        } else {
            Report::warn(found, advice(case))
        };
    }
    if !silent.is_empty() {
        return Report::dns_is_silent(&listed_words(silent));
    }
    allowed(case, domain, exchangers, is_implicit)
}

fn allowed(case: &Case, domain: &DomainName, exchangers: &[Exchanger], is_implicit: bool) -> Report {
    let allowed = &case.settings().mx_allowed;
    let is_ours = |exchanger: &&Exchanger| allowed.is_empty() || allowed.iter().any(|ours| ours.fits(&exchanger.host));
    let (ours, foreign): (Vec<_>, Vec<_>) = exchangers.iter().partition(is_ours);
    let hosts = |exchangers: &[&Exchanger]| listed_words(exchangers.iter().map(|exchanger| &exchanger.host));
    match (ours.is_empty(), foreign.is_empty()) {
        (_, true) if is_implicit => {
            Report::warn(format!("{domain} has no MX records; its mail goes to its own address."), advice(case))
        }
        (_, true) => Report::pass(format!("Mail for {domain} goes to {}.", hosts(&ours))),
        (true, _) => Report::fail(format!("Mail for {domain} goes to {}, not here.", hosts(&foreign)), advice(case)),
        (false, _) => Report::warn(
            format!("Mail for {domain} goes to {}, but also to {}.", hosts(&ours), hosts(&foreign)),
            advice(case),
        ),
    }
}

fn advice(case: &Case) -> String {
    match case.settings().mx_allowed.as_slice() {
        [] => "Enter the MX records of your mail service in the domain's DNS.".to_owned(),
        ours => format!("Enter in the domain's DNS an MX record for {}.", listed_words(ours)),
    }
}

/// Whether a host has an address at all; `None` when DNS does not tell.
async fn has_address(case: &Case, host: &str) -> Option<bool> {
    let v4 = case.ask(host, Kind::A).await;
    if v4.addresses().next().is_some() {
        return Some(true);
    }
    match (v4, case.ask(host, Kind::Aaaa).await) {
        (_, v6) if v6.addresses().next().is_some() => Some(true),
        (Answer::Unknown(_), _) | (_, Answer::Unknown(_)) => None,
        _ => Some(false),
    }
}
