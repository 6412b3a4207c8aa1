//! Customers of the store: entered, changed, imported. What was typed is never lost, each mistake stands at its field.

use std::collections::BTreeMap;

use customers::registry::{FIELDS, Imported};
use customers::{CustomerRecord, Kind, Language, Mistake};
use serde::Serialize;

use super::customer::customer_href;
use crate::render::Page;

/// The fields of a customer's form, as people write them, by the names of a CSV file's columns.
pub type Typed = BTreeMap<&'static str, String>;

/// The form of a customer.
#[derive(Debug, Clone, Serialize)]
pub struct CustomerFormPage {
    fields: Typed,
    /// What is wrong, by field.
    wrong: BTreeMap<String, Vec<String>>,
    /// What is wrong with fields that the form doesn't have.
    others: Vec<String>,
    /// What he is now, where he was changed meanwhile and what was typed is another, by field.
    now: Typed,
    /// Which record of his was seen; empty for one who is new.
    version: String,
    /// Whether he is new.
    new: bool,
    action: String,
    back: String,
    kinds: Vec<&'static str>,
    languages: Vec<&'static str>,
}

impl CustomerFormPage {
    /// An empty form.
    pub fn empty() -> Self {
        Self::typed(typed(&CustomerRecord::default()), None)
    }

    /// The form of a customer who is known.
    pub fn of(customer: &CustomerRecord) -> Self {
        Self { version: customer.version(), ..Self::typed(typed(customer), Some(&customer.service)) }
    }

    /// The form as it was typed; `known` is the service of a customer who is known.
    pub fn typed(fields: Typed, known: Option<&str>) -> Self {
        let list = "/console/customers".to_owned();
        let (action, back) = match known {
            Some(service) => (format!("{}/edit", customer_href(service)), customer_href(service)),
            None => (format!("{list}/new"), list),
        };
        Self {
            fields,
            wrong: BTreeMap::new(),
            others: Vec::new(),
            now: Typed::new(),
            version: String::new(),
            new: known.is_none(),
            action,
            back,
            kinds: Kind::ALL.iter().map(|kind| kind.as_str()).collect(),
            languages: Language::ALL.iter().map(|language| language.as_str()).collect(),
        }
    }

    /// With the record of his that was seen when this was typed.
    #[must_use]
    pub fn seen(self, version: &str) -> Self {
        Self { version: version.to_owned(), ..self }
    }

    /// With what he is now, since somebody else has changed him meanwhile: who saves this once more knows of it.
    #[must_use]
    pub fn over(mut self, now: &CustomerRecord) -> Self {
        self.version = now.version();
        self.now = typed(now);
        self.now.retain(|field, text| self.fields.get(field) != Some(text));
        self
    }

    /// With what is wrong.
    #[must_use]
    pub fn with_mistakes(mut self, mistakes: Vec<Mistake>) -> Self {
        for Mistake { field, sentence } in mistakes {
            if FIELDS.contains(&field.as_str()) {
                self.wrong.entry(field).or_default().push(sentence);
            } else {
                self.others.push(format!("{field}: {sentence}"));
            }
        }
        self
    }
}

/// A customer as he is typed.
fn typed(customer: &CustomerRecord) -> Typed {
    let limits: Vec<_> = customer.limits.iter().map(|(rule, limit)| format!("{rule}={limit}")).collect();
    let releases = customer.automatic_releases.map(|most| most.to_string());
    BTreeMap::from([
        ("service", customer.service.clone()),
        ("name", customer.name.clone()),
        ("contact", customer.contact.join("\n")),
        ("language", customer.language.clone()),
        ("kind", customer.kind.clone()),
        ("networks", customer.networks.join("\n")),
        ("accounts", customer.accounts.join("\n")),
        ("domains", customer.domains.join("\n")),
        ("suspended", if customer.suspended { "yes" } else { "" }.to_owned()),
        ("expires", customer.expires.clone().unwrap_or_default()),
        ("limits", limits.join("\n")),
        ("automatic_releases", releases.unwrap_or_default()),
    ])
}

impl Page for CustomerFormPage {
    const TEMPLATE: &'static str = "customer_form.html";
}

/// Many customers at once.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ImportPage {
    columns: [&'static str; 12],
    came: Option<Came>,
}

/// What came of a file.
#[derive(Debug, Clone, Serialize)]
struct Came {
    added: u64,
    changed: u64,
    unchanged: u64,
    /// Line, field and sentence.
    mistakes: Vec<(u64, String, String)>,
    /// Whether it was only looked at.
    looked: bool,
}

impl ImportPage {
    /// The form.
    pub fn new() -> Self {
        Self { columns: FIELDS, came: None }
    }

    /// The form with what came of a file, or would have.
    pub fn after(imported: Imported, looked: bool) -> Self {
        let Imported { added, changed, unchanged, mistakes } = imported;
        let mistakes = mistakes.into_iter().map(|row| (row.line, row.field, row.sentence)).collect();
        let (added, changed, unchanged) = (added as u64, changed as u64, unchanged as u64);
        Self { came: Some(Came { added, changed, unchanged, mistakes, looked }), ..Self::new() }
    }

    /// Whether something was wrong with the file.
    pub fn is_refused(&self) -> bool {
        self.came.as_ref().is_some_and(|came| !came.mistakes.is_empty())
    }
}

impl Page for ImportPage {
    const TEMPLATE: &'static str = "import.html";
}

#[cfg(test)]
mod tests {
    use customers::CustomerEntry;
    use customers::registry::fill;

    use super::*;

    #[test]
    fn what_a_form_shows_is_what_it_sends() {
        for entry in CustomerEntry::examples() {
            let customer = CustomerRecord::from(&entry);
            let mut read = CustomerRecord::default();
            for (field, text) in typed(&customer) {
                if !text.is_empty() {
                    fill(&mut read, field, &text).unwrap();
                }
            }
            assert_eq!(read, customer);
        }
    }
}
