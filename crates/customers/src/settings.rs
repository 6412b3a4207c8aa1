//! The `[customers]` table.

use std::path::PathBuf;

use crate::address::Address;
use crate::customer::{Kind, Language};

settings::settings! {
    /// Your customers: who owns an address, an account or a domain. They are told when theirs is blocked, in their language,
    /// and have limits of their own.
    pub table CustomerSettings = "customers" {
        /// A TOML file of [[customer]] entries; `portreeve customers sample` shows one. It is read again when it changes, and
        /// on SIGHUP; a file with mistakes changes nothing. Empty: no customer is known.
        file: Option<PathBuf> = None;
        /// Who is told of a block that no known customer owns, beside alerts.to: your support desk.
        default_contact: Vec<String> = Vec::new();
        /// The language of alerts to accounts and contacts whose own isn't known: "en", "fr" or "de".
        default_language: Language = Language::En;
        /// How an account gets out of a block when no known customer owns it: "exchange", "pro" or "mxplan" through a ticket,
        /// "mxplan-legacy" by a changed password, "dedicated" when the time is over.
        default_kind: Kind = Kind::Dedicated;
    }
}

impl CustomerSettings {
    /// What can't be used, as `(option, sentence)`.
    pub fn contradictions(&self) -> Vec<(String, String)> {
        let wrong = self.default_contact.iter().filter(|text| Address::parse(text).is_none());
        let told = |text| format!("expected mail addresses like \"support@provider.example\", found \"{text}\"");
        wrong.map(|text| ("customers.default_contact".to_owned(), told(text))).collect()
    }
}
