//! `portreeve customers`: who owns what, as the configuration's file of customers says.

use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;
use customers::{Customer, CustomerEntry};
use limits::Bounce;
use model::SubjectKey;

use crate::args::CustomersCommand;
use crate::config::Config;
use crate::out::say;

pub(crate) fn run(config: Option<&Path>, command: &CustomersCommand) -> anyhow::Result<ExitCode> {
    match command {
        CustomersCommand::Sample => {
            crate::out::text(&settings::row_sample(&CustomerEntry::examples()));
            Ok(ExitCode::SUCCESS)
        }
        CustomersCommand::Owner { subject, json } => owner(&Config::load(config)?, subject, *json),
    }
}

fn owner(config: &Config, name: &str, json: bool) -> anyhow::Result<ExitCode> {
    let Some(subject) = pipeline::subject_of(name) else { bail!("\"{name}\" is no account, IP address or domain") };
    let owner = config.directory.owner(&subject);
    let is_known = !owner.service.is_empty();
    let addresses: Vec<_> = owner.contacts.iter().map(ToString::to_string).chain([subject.name()]).collect();
    let bounces = super::letters::bounces_to(&config.store.path, &addresses)?;
    if json {
        say!("{}", serde_json::to_string_pretty(&as_json(&subject, &owner, &bounces))?);
    } else if is_known {
        print(&subject, &owner);
        bounces.iter().for_each(print_bounce);
    } else {
        say!("Nobody is known to own {subject}; its blocks are told to {}.", contacts(&owner, "alerts.to"));
    }
    Ok(ExitCode::from(u8::from(!is_known)))
}

fn print(subject: &SubjectKey, owner: &Customer) {
    say!("{:<10} {subject}", "Owned");
    say!("{:<10} {}", "Service", owner.service);
    say!("{:<10} {}", "Customer", owner.name);
    say!("{:<10} {}", "Kind", owner.kind);
    say!("{:<10} {}", "Contact", contacts(owner, "nobody"));
    say!("{:<10} {}", "Language", owner.language);
}

fn print_bounce(bounce: &Bounce) {
    say!(
        "{:<10} {} did not get a letter of {}: {} {}",
        "Bounced",
        bounce.recipient,
        bounce.at,
        bounce.status,
        bounce.said
    );
}

fn contacts(owner: &Customer, otherwise: &str) -> String {
    let contacts: Vec<_> = owner.contacts.iter().map(customers::Address::as_str).collect();
    if contacts.is_empty() { otherwise.to_owned() } else { contacts.join(", ") }
}

fn as_json(subject: &SubjectKey, owner: &Customer, bounces: &[Bounce]) -> serde_json::Value {
    serde_json::json!({
        "subject": subject,
        "service": (!owner.service.is_empty()).then_some(&owner.service),
        "name": owner.name,
        "kind": owner.kind.as_str(),
        "contact": owner.contacts.iter().map(customers::Address::as_str).collect::<Vec<_>>(),
        "language": owner.language.as_str(),
        "bounces": bounces,
    })
}
