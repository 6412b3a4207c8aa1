//! A customer as he is written outside of the file: in the store, in JSON, in CSV.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use settings::Limits;

use crate::customer::{Customer, Kind, Language, Source};
use crate::directory::customer;
use crate::entry::CustomerEntry;
use crate::expiry::Expiry;
use crate::mistake::Mistake;

/// The longest name of anything, in characters.
const MAX_TEXT: usize = 320;
/// The most contacts of a customer.
const MAX_CONTACTS: usize = 20;
/// The most networks, accounts, domains or limits of a customer.
const MAX_OWNED: usize = 10_000;

/// The fields of a `[[customer]]`, as texts. [`CustomerRecord::read`] makes sense of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CustomerRecord {
    /// The service's name.
    pub service: String,
    /// The customer's name.
    pub name: String,
    /// His mail addresses.
    pub contact: Vec<String>,
    /// "en", "fr" or "de".
    pub language: String,
    /// "exchange", "pro", "mxplan", "mxplan-legacy" or "dedicated".
    pub kind: String,
    /// His networks and addresses.
    pub networks: Vec<String>,
    /// His logins, or "*@" and a domain.
    pub accounts: Vec<String>,
    /// The domains he sends as.
    pub domains: Vec<String>,
    /// Whether the service is suspended.
    pub suspended: bool,
    /// The last day of the subscription: "2026-12-31".
    pub expires: Option<String>,
    /// Limits of his own by rule.
    pub limits: BTreeMap<String, u64>,
    /// How many steps of the ladder end by themselves for him.
    pub automatic_releases: Option<u32>,
}

impl Default for CustomerRecord {
    fn default() -> Self {
        Self {
            service: String::new(),
            name: String::new(),
            contact: Vec::new(),
            language: Language::En.as_str().to_owned(),
            kind: Kind::Dedicated.as_str().to_owned(),
            networks: Vec::new(),
            accounts: Vec::new(),
            domains: Vec::new(),
            suspended: false,
            expires: None,
            limits: BTreeMap::new(),
            automatic_releases: None,
        }
    }
}

impl CustomerRecord {
    /// The customer that is meant.
    ///
    /// # Errors
    /// Everything that can't be used, but for what others own as well.
    pub fn read(&self) -> Result<CustomerEntry, Vec<Mistake>> {
        let (entry, mut wrong) = self.entry();
        wrong.extend(customer(&entry, Source::Store).1);
        if wrong.is_empty() { Ok(entry) } else { Err(wrong) }
    }

    /// The entry that is meant, with its default where a field can't be read, and which those are.
    pub(crate) fn entry(&self) -> (CustomerEntry, Vec<Mistake>) {
        let mut wrong = self.too_long();
        let mut note = |field: &str, sentence: String| wrong.push(Mistake::of(field, sentence));
        let language = Language::from_word(&self.language);
        if language.is_none() {
            note("language", unfit(<Language as settings::Setting>::allowed(), &self.language));
        }
        let kind = Kind::from_word(&self.kind);
        if kind.is_none() {
            note("kind", unfit(<Kind as settings::Setting>::allowed(), &self.kind));
        }
        let day = self.expires.as_deref().map(|day| Expiry::parse(day).ok_or(day)).transpose();
        let expires = day.unwrap_or_else(|day| {
            note("expires", unfit(<Expiry as settings::Setting>::allowed(), day));
            None
        });
        let entry = CustomerEntry {
            service: self.service.clone(),
            name: self.name.clone(),
            contact: self.contact.clone(),
            language: language.unwrap_or(Language::En),
            kind: kind.unwrap_or(Kind::Dedicated),
            networks: self.networks.clone(),
            accounts: self.accounts.clone(),
            domains: self.domains.clone(),
            suspended: self.suspended,
            expires,
            limits: Limits(self.limits.clone()),
            automatic_releases: self.automatic_releases,
        };
        (entry, wrong)
    }

    /// The customer that is meant, wherever it was written.
    ///
    /// # Errors
    /// Everything that can't be used.
    pub fn customer(&self, source: Source) -> Result<Customer, Vec<Mistake>> {
        Ok(customer(&self.read()?, source).0)
    }

    /// What tells this record from another one: whoever changes it says which one he has seen.
    pub fn version(&self) -> String {
        let text = serde_json::to_vec(self).unwrap_or_default();
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &text);
        digest.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// In a few words, for the audit log.
    pub fn summary(&self) -> String {
        let Self { contact, kind, networks, accounts, domains, .. } = self;
        let (networks, accounts, domains) = (networks.len(), accounts.len(), domains.len());
        let contact = contact.join(" ");
        format!("{kind}, {networks} networks, {accounts} accounts, {domains} domains, contact {contact}")
    }

    /// What is more than a customer has, or no line of text.
    fn too_long(&self) -> Vec<Mistake> {
        let line = |text: &String| text.chars().count() <= MAX_TEXT && !text.chars().any(char::is_control);
        let many = |texts: &[String], most: usize| texts.len() <= most && texts.iter().all(line);
        let limits: Vec<_> = self.limits.keys().cloned().collect();
        let fields = [
            ("service", line(&self.service), 1),
            ("name", line(&self.name), 1),
            ("contact", many(&self.contact, MAX_CONTACTS), MAX_CONTACTS),
            ("networks", many(&self.networks, MAX_OWNED), MAX_OWNED),
            ("accounts", many(&self.accounts, MAX_OWNED), MAX_OWNED),
            ("domains", many(&self.domains, MAX_OWNED), MAX_OWNED),
            ("limits", many(&limits, MAX_OWNED), MAX_OWNED),
        ];
        let told = |most: usize| match most {
            1 => format!("expected at most {MAX_TEXT} characters, without control characters"),
            _ => format!("expected at most {most} of at most {MAX_TEXT} characters each, without control characters"),
        };
        fields.into_iter().filter(|(_, fits, _)| !fits).map(|(field, _, most)| Mistake::of(field, told(most))).collect()
    }
}

impl From<&CustomerEntry> for CustomerRecord {
    fn from(entry: &CustomerEntry) -> Self {
        Self {
            service: entry.service.clone(),
            name: entry.name.clone(),
            contact: entry.contact.clone(),
            language: entry.language.to_string(),
            kind: entry.kind.to_string(),
            networks: entry.networks.clone(),
            accounts: entry.accounts.clone(),
            domains: entry.domains.clone(),
            suspended: entry.suspended,
            expires: entry.expires.map(Expiry::day),
            limits: entry.limits.0.clone(),
            automatic_releases: entry.automatic_releases,
        }
    }
}

fn unfit(allowed: String, found: &str) -> String {
    format!("expected {allowed}, found \"{found}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_read() {
        for example in CustomerEntry::examples() {
            let record = CustomerRecord::from(&example);
            assert_eq!(record.read(), Ok(example));
            let text = serde_json::to_string(&record).unwrap();
            assert_eq!(serde_json::from_str::<CustomerRecord>(&text).unwrap(), record);
        }
    }

    #[test]
    fn another_record_is_another_version() {
        let one = CustomerRecord::default();
        let other = CustomerRecord { accounts: vec!["*@shop.example".into()], ..one.clone() };
        assert_eq!(one.version(), CustomerRecord::default().version());
        assert_ne!(one.version(), other.version());
        assert_eq!(one.version().len(), 16);
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let record = CustomerRecord {
            service: "a\nb".into(),
            contact: vec!["nobody".into()],
            language: "it".into(),
            kind: "gold".into(),
            expires: Some("31.12.2026".into()),
            networks: vec![String::new(); MAX_OWNED + 1],
            ..CustomerRecord::default()
        };
        let fields: Vec<_> = record.read().unwrap_err().into_iter().map(|mistake| mistake.field).collect();
        assert_eq!(fields, ["service", "networks", "language", "kind", "expires", "contact"]);
    }
}
