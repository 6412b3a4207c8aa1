//! Whom a command is about: the one way in which all of them name somebody.

use anyhow::Context;
use model::{SubjectKey, SubjectKind};

/// Whom a command is about, as `account bob@shop.example`, `ip 192.0.2.17` or `domain shop.example`.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct SubjectArgs {
    /// What it is.
    #[arg(value_name = "account|ip|domain", value_parser = SubjectKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>())]
    kind: String,
    /// Its name: a login, an address or a domain.
    #[arg(value_name = "NAME")]
    name: String,
}

impl SubjectArgs {
    /// Who it is.
    ///
    /// # Errors
    /// When nobody of that kind can have that name.
    pub(crate) fn read(&self) -> anyhow::Result<SubjectKey> {
        named(&self.kind, &self.name)
    }
}

/// Somebody by his kind and name.
pub(crate) fn named(kind: &str, name: &str) -> anyhow::Result<SubjectKey> {
    let subject = SubjectKind::from_word(kind).and_then(|kind| SubjectKey::parse(kind, name));
    subject.with_context(|| format!("\"{name}\" is no {}", called(kind)))
}

fn called(kind: &str) -> &'static str {
    match kind {
        "ip" => "IP address; expected one like 192.0.2.17 or 2001:db8::1 (networks are named address by address)",
        "domain" => "domain; expected one like shop.example",
        _ => "account; expected a login like bob@shop.example",
    }
}
