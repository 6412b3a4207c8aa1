//! Options of the command line, laid over a customer.

use std::collections::BTreeMap;

use anyhow::Context;
use customers::CustomerRecord;

use crate::args::CustomerFields;

/// The customer with what was given; the rest stays.
pub(super) fn over(known: CustomerRecord, given: &CustomerFields) -> anyhow::Result<CustomerRecord> {
    let expires = given.expires.as_ref().map(|day| Some(day.clone()).filter(|day| !day.is_empty()));
    let releases = given.automatic_releases.as_deref().map(releases).transpose()?;
    Ok(CustomerRecord {
        service: known.service,
        name: given.name.clone().unwrap_or(known.name),
        contact: list(&given.contact, known.contact),
        language: given.language.clone().unwrap_or(known.language),
        kind: given.kind.clone().unwrap_or(known.kind),
        networks: list(&given.networks, known.networks),
        accounts: list(&given.accounts, known.accounts),
        domains: list(&given.domains, known.domains),
        suspended: given.suspended.unwrap_or(known.suspended),
        expires: expires.unwrap_or(known.expires),
        limits: limits(&given.limits, known.limits)?,
        automatic_releases: releases.unwrap_or(known.automatic_releases),
    })
}

fn list(given: &[String], known: Vec<String>) -> Vec<String> {
    if given.is_empty() { known } else { given.iter().filter(|text| !text.is_empty()).cloned().collect() }
}

fn releases(text: &str) -> anyhow::Result<Option<u32>> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).with_context(|| format!("--automatic-releases: expected a whole number, found \"{text}\""))
}

fn limits(given: &[String], known: BTreeMap<String, u64>) -> anyhow::Result<BTreeMap<String, u64>> {
    let read = |text: &String| {
        let pair = text.split_once('=').and_then(|(rule, limit)| Some((rule.to_owned(), limit.parse().ok()?)));
        pair.with_context(|| format!("--limit: expected RULE=NUMBER, found \"{text}\""))
    };
    let given: Vec<_> = given.iter().filter(|text| !text.is_empty()).map(read).collect::<Result<_, _>>()?;
    Ok(if given.is_empty() { known } else { given.into_iter().collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_given_stays() {
        let known = CustomerRecord {
            service: "rack".into(),
            contact: vec!["a@x.example".into()],
            expires: Some("2026-12-31".into()),
            automatic_releases: Some(1),
            ..CustomerRecord::default()
        };
        assert_eq!(over(known.clone(), &CustomerFields::default()).unwrap(), known);
        let given = CustomerFields {
            networks: vec!["192.0.2.1".into()],
            expires: Some(String::new()),
            automatic_releases: Some(String::new()),
            limits: vec!["account-rate=5".into()],
            ..CustomerFields::default()
        };
        let changed = over(known, &given).unwrap();
        assert_eq!((changed.networks.len(), changed.expires, changed.automatic_releases), (1, None, None));
        assert_eq!(changed.limits["account-rate"], 5);
        let wrong = CustomerFields { limits: vec!["account-rate".into()], ..CustomerFields::default() };
        assert!(over(CustomerRecord::default(), &wrong).is_err());
    }
}
