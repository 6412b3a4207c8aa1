//! What a login may write in From, where the operator has said so.

use std::collections::{HashMap, HashSet};

use model::{AccountName, DomainName, Mailbox};

settings::settings! {
    /// The addresses that logins may write in From. A login that no entry names may write anything: it scores
    /// from_not_login when it writes another domain than its own. One that is named scores from_not_allowed for everything else.
    pub row AllowanceRule = "identity_allow" {
        /// The logins, or "@shop.example" for all of a domain.
        logins: Vec<String>;
        /// What they may write besides their own address: addresses, or "@shop.example" for all of a domain.
        from: Vec<String>;
    }
}

impl AllowanceRule {
    /// What stands in the sample.
    pub fn examples() -> Vec<Self> {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        vec![Self { logins: texts(&["@shop.example"]), from: texts(&["@shop.example", "orders@brand.example"]) }]
    }

    /// What can't be meant, as `(option, sentence)`.
    pub fn check(rules: &[Self]) -> Vec<(String, String)> {
        rules.iter().zip(1..).flat_map(|(rule, number)| rule.mistakes(number)).collect()
    }

    fn mistakes(&self, number: usize) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut note = |key: &str, message: String| found.push((format!("identity_allow[{number}].{key}"), message));
        for (key, list) in [("logins", &self.logins), ("from", &self.from)] {
            if list.is_empty() {
                note(key, "names nobody".into());
            }
        }
        for text in self.from.iter().filter(|text| !is_address_or_domain(text)) {
            note("from", format!("expected an address or \"@\" and a domain, found \"{text}\""));
        }
        for text in self.logins.iter().filter(|text| !is_login_or_domain(text)) {
            note("logins", format!("expected a login or \"@\" and a domain, found \"{text}\""));
        }
        found
    }
}

fn is_address_or_domain(text: &str) -> bool {
    let address =
        text.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && DomainName::new(domain).is_some());
    DomainName::of_all(text).is_some() || (address && !text.contains('*'))
}

fn is_login_or_domain(text: &str) -> bool {
    let login = !text.trim().is_empty() && !text.contains('*') && !text.trim().starts_with('@');
    DomainName::of_all(text).is_some() || login
}

/// As it is compared: a whole domain is "@domain", whichever way it was written.
fn key(text: &str) -> String {
    DomainName::of_all(text).map_or_else(|| text.trim().to_lowercase(), |domain| format!("@{domain}"))
}

/// The rules, by login.
#[derive(Debug, Clone, Default)]
pub struct Allowances(HashMap<String, HashSet<String>>);

impl Allowances {
    /// The rules of a configuration; several for one login add up.
    pub fn new(rules: &[AllowanceRule]) -> Self {
        let mut by_login: HashMap<String, HashSet<String>> = HashMap::new();
        for rule in rules {
            for login in &rule.logins {
                let allowed = by_login.entry(key(login)).or_default();
                allowed.extend(rule.from.iter().map(|from| key(from)));
            }
        }
        Self(by_login)
    }

    /// Whether the login may write every one of these; `None` when nothing is said of it, or nothing is written.
    pub(crate) fn of(&self, account: Option<&AccountName>, from: &[Mailbox]) -> Option<bool> {
        if self.0.is_empty() || from.is_empty() {
            return None;
        }
        let account = account?;
        let own = self.0.get(account.as_str());
        let domain = account.domain().and_then(|domain| self.0.get(&format!("@{domain}")));
        if own.is_none() && domain.is_none() {
            return None;
        }
        let allows =
            |text: &str| own.is_some_and(|set| set.contains(text)) || domain.is_some_and(|set| set.contains(text));
        Some(from.iter().all(|mailbox| {
            let address = mailbox.address.to_lowercase();
            let domain = address.rsplit_once('@').map(|(_, domain)| format!("@{domain}"));
            address == account.as_str() || allows(&address) || domain.is_some_and(|domain| allows(&domain))
        }))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_login_may_write_itself_and_what_is_said_of_it_or_its_domain() {
        let rule = |logins: &[&str], from: &[&str]| AllowanceRule {
            logins: logins.iter().map(|text| (*text).to_owned()).collect(),
            from: from.iter().map(|text| (*text).to_owned()).collect(),
        };
        let rules =
            [rule(&["*@shop.example"], &["*@Brand.example"]), rule(&["anna@shop.example"], &["office@firm.example"])];
        let allowances = Allowances::new(&rules);
        let may = |login: &str, from: &str| {
            let from = [Mailbox { name: String::new(), address: from.into() }];
            allowances.of(AccountName::from_login(login).as_ref(), &from)
        };
        assert_eq!(may("anna@shop.example", "Anna@Shop.example"), Some(true));
        assert_eq!(may("anna@shop.example", "x@brand.example"), Some(true));
        assert_eq!(may("anna@shop.example", "office@firm.example"), Some(true));
        assert_eq!(may("bob@shop.example", "office@firm.example"), Some(false));
        assert_eq!(may("bob@shop.example", "carl@shop.example"), Some(false), "the domain itself must be named");
        assert_eq!(may("bob@home.example", "x@brand.example"), None);
        assert_eq!(Allowances::default().of(AccountName::from_login("a").as_ref(), &[]), None);
    }
}
