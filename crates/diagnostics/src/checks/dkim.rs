//! Is there a key for the domain's signatures?

use lookups::{Answer, Kind};

use super::{listed_words, no_domain};
use crate::case::Case;
use crate::report::Report;

/// What stands under one selector.
#[derive(Debug, PartialEq, Eq)]
enum Key {
    Usable,
    /// `p=` is empty (RFC 6376 3.6.1).
    Withdrawn,
    Wrong,
}

pub(crate) async fn check(case: &Case) -> Report {
    let Some(domain) = case.patient.domain() else { return no_domain() };
    let parent = format!("_domainkey.{domain}");
    let below = case.ask(&parent, Kind::Txt).await;
    let advice = format!("Enter the TXT record that your mail service shows for SELECTOR.{parent}.");
    if below == Answer::NoSuchName {
        return Report::fail(format!("{domain} has no DKIM keys: there is no name below {parent}."), advice);
    }
    let (mut found, mut silent) = (Vec::new(), false);
    for selector in &case.settings().dkim_selectors {
        let answer = case.ask(&format!("{selector}.{parent}"), Kind::Txt).await;
        silent |= matches!(answer, Answer::Unknown(_));
        found.extend(answer.texts().map(|text| (selector.as_str(), key(text))));
    }
    told(&parent, &found, silent, advice)
}

fn told(parent: &str, found: &[(&str, Key)], silent: bool, advice: String) -> Report {
    let named =
        |wanted: Key| listed_words(found.iter().filter(|(_, key)| *key == wanted).map(|(selector, _)| selector));
    let (usable, withdrawn) = (named(Key::Usable), named(Key::Withdrawn));
    if !usable.is_empty() {
        return Report::pass(format!("There is a key below {parent}: {usable}."));
    }
    if silent {
        return Report::dns_is_silent(parent);
    }
    match found {
        [] => Report::unknown(
            format!("There are names below {parent}, but none that this host knows."),
            "Name the selectors of your signer in diagnosis.dkim_selectors.",
        ),
        _ if !withdrawn.is_empty() => {
            Report::fail(format!("The key {withdrawn} below {parent} was withdrawn."), advice)
        }
        _ => Report::fail(format!("What stands below {parent} is no key: {}.", named(Key::Wrong)), advice),
    }
}

/// RFC 6376 3.6.1: a list of tags; the key is base 64 with white space in it.
fn key(text: &str) -> Key {
    let tag = |wanted: &str| {
        let tags = text.split(';').filter_map(|tag| tag.split_once('='));
        tags.map(|(name, value)| (name.trim(), value)).find(|(name, _)| *name == wanted).map(|(_, value)| value)
    };
    let is_version = tag("v").is_none_or(|version| version.trim() == "DKIM1");
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c) || c.is_ascii_whitespace();
    match tag("p") {
        _ if !is_version => Key::Wrong,
        Some(value) if value.trim().is_empty() => Key::Withdrawn,
        Some(value) if value.len() >= 40 && value.chars().all(is_base64) => Key::Usable,
        _ => Key::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_from_what_is_none() {
        let base64 = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ".repeat(2);
        assert_eq!(key(&format!("v=DKIM1; k=rsa; p={base64}")), Key::Usable);
        assert_eq!(key(&format!("p = {}", base64.replace('Q', "Q "))), Key::Usable);
        assert_eq!(key("v=DKIM1; p="), Key::Withdrawn);
        for wrong in ["", "v=DKIM1; k=rsa", "v=spf1 -all", "v=DKIM1; p=abc", &format!("v=DKIM2; p={base64}")] {
            assert_eq!(key(wrong), Key::Wrong, "{wrong}");
        }
    }
}
