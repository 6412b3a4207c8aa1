//! One `[[customer]]` of the operator's file, as it is written.

use settings::Limits;

use crate::customer::{Kind, Language};
use crate::expiry::Expiry;

settings::settings! {
    /// One customer. Of two that own the same, the one with the longer prefix, or the exact login, is meant.
    pub row CustomerEntry = "customer" {
        /// The service's name, as your panel knows it. No two customers share one.
        service: String;
        /// The customer's name, for his letters.
        name: String = String::new();
        /// His mail addresses.
        contact: Vec<String>;
        /// The language he is written to in: "en", "fr" or "de".
        language: Language = Language::En;
        /// "exchange", "pro" and "mxplan" are released through a ticket, "mxplan-legacy" by a changed password; "dedicated"
        /// unblocks his addresses himself.
        kind: Kind = Kind::Dedicated;
        /// His networks and addresses, such as "192.0.2.0/28" or "2001:db8:1::/48" (IPv6: /64 or shorter).
        networks: Vec<String> = Vec::new();
        /// His logins: "bob@shop.example", or "*@shop.example" for all of a domain.
        accounts: Vec<String> = Vec::new();
        /// The domains he sends as.
        domains: Vec<String> = Vec::new();
        /// Whether you have suspended the service. It is told by diagnoses, and blocks nobody by itself.
        suspended: bool = false;
        /// The last day of the subscription (UTC), such as "2026-12-31". It is told by diagnoses, and blocks nobody by itself.
        expires: Option<Expiry> = None;
        /// Limits of his own by rule, such as { account-rate = 5000 }; 0 switches a rule off for him. An [[override]] of the
        /// configuration that names him counts more.
        limits: Limits = Limits::default();
        /// How many steps of the ladder end by themselves for him when their time is over, instead of
        /// blocks.automatic_releases. 0: each block waits for somebody to release it.
        automatic_releases: Option<u32> = None;
    }
}

impl CustomerEntry {
    /// Entries as the sample shows them.
    pub fn examples() -> Vec<Self> {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        vec![
            Self {
                service: "hosting-4711".into(),
                name: "Shop Ltd".into(),
                contact: texts(&["owner@shop.example"]),
                language: Language::En,
                kind: Kind::Pro,
                networks: Vec::new(),
                accounts: texts(&["*@shop.example"]),
                domains: texts(&["shop.example"]),
                suspended: false,
                expires: None,
                limits: Limits([("account-rate".to_owned(), 5000)].into()),
                automatic_releases: None,
            },
            Self {
                service: "server-0815".into(),
                name: "Serveurs Dupont".into(),
                contact: texts(&["admin@dupont.example"]),
                language: Language::Fr,
                kind: Kind::Dedicated,
                networks: texts(&["192.0.2.16/28", "2001:db8:1::/48"]),
                accounts: Vec::new(),
                domains: Vec::new(),
                suspended: false,
                expires: None,
                limits: Limits::default(),
                automatic_releases: Some(1),
            },
        ]
    }
}
