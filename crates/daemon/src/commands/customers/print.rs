//! Customers, printed.

use std::process::ExitCode;

use api::native::documents;
use customers::CustomerRecord;
use customers::registry::{CustomerPage, CustomerView, Imported};
use limits::Bounce;
use model::SubjectKey;

use crate::out::{json, say};

pub(super) fn page(page: CustomerPage, as_json: bool) -> anyhow::Result<ExitCode> {
    let none = page.customers.is_empty();
    if as_json {
        json(&documents::customers(page))?;
    } else if none {
        say!("No customer fits.");
    } else {
        say!("{:<20}  {:<24}  {:<13}  {:<4}  {:<6}  CONTACT", "SERVICE", "CUSTOMER", "KIND", "LANG", "FROM");
        page.customers.iter().for_each(line);
        if let Some(next) = &page.next {
            say!("There are more: --after {next}");
        }
    }
    Ok(ExitCode::from(u8::from(none)))
}

fn line(view: &CustomerView) {
    let CustomerRecord { service, name, kind, language, contact, suspended, .. } = &view.customer;
    let marks = [(*suspended, "suspended"), (!view.unused.is_empty(), "not all of it is used: see show")];
    let marks: String = marks.into_iter().filter(|(is, _)| *is).map(|(_, mark)| format!("  ({mark})")).collect();
    let contact = contact.join(", ");
    say!("{service:<20}  {name:<24}  {kind:<13}  {language:<4}  {:<6}  {contact}{marks}", view.source);
}

pub(super) fn one(view: CustomerView, as_json: bool) -> anyhow::Result<ExitCode> {
    if as_json {
        json(&documents::customer(view))?;
        return Ok(ExitCode::SUCCESS);
    }
    let customer = &view.customer;
    fields(customer);
    let lists = [("Networks", &customer.networks), ("Accounts", &customer.accounts), ("Domains", &customer.domains)];
    lists
        .iter()
        .filter(|(_, names)| !names.is_empty())
        .for_each(|(label, names)| say!("{label:<10} {}", names.join(" ")));
    customer.limits.iter().for_each(|(rule, limit)| say!("{:<10} {rule} {limit}", "Limit"));
    if let Some(most) = customer.automatic_releases {
        say!("{:<10} {most} blocks end by themselves", "Releases");
    }
    if customer.suspended {
        say!("{:<10} yes", "Suspended");
    }
    if let Some(day) = &customer.expires {
        say!("{:<10} {day}", "Expires");
    }
    let changed = view.changed.map(|at| format!(", changed {at}")).unwrap_or_default();
    say!("{:<10} {}{changed}", "From", view.source);
    view.unused.iter().for_each(|mistake| say!("{:<10} {mistake}", "Not used"));
    Ok(ExitCode::SUCCESS)
}

fn fields(customer: &CustomerRecord) {
    say!("{:<10} {}", "Service", customer.service);
    say!("{:<10} {}", "Customer", customer.name);
    say!("{:<10} {}", "Kind", customer.kind);
    say!("{:<10} {}", "Contact", customer.contact.join(", "));
    say!("{:<10} {}", "Language", customer.language);
}

pub(super) fn imported(imported: Imported, dry_run: bool, as_json: bool) -> anyhow::Result<ExitCode> {
    let Imported { added, changed, unchanged, mistakes } = &imported;
    let is_wrong = !mistakes.is_empty();
    if as_json {
        json(&documents::import(imported, dry_run))?;
    } else if mistakes.is_empty() {
        let would = if dry_run { "Would be: " } else { "" };
        say!("{would}{added} added, {changed} changed, {unchanged} as they were.");
    } else {
        mistakes.iter().for_each(|mistake| say!("{mistake}"));
        say!("Nothing was imported.");
    }
    Ok(ExitCode::from(u8::from(is_wrong)))
}

pub(super) fn owner(
    subject: &SubjectKey,
    owner: Option<CustomerView>,
    contacts: Vec<String>,
    bounces: Vec<Bounce>,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    let nobody = owner.is_none();
    match owner {
        owner if as_json => json(&documents::owner(subject, owner, contacts, bounces))?,
        Some(owner) => {
            say!("{:<10} {subject}", "Owned");
            fields(&owner.customer);
            bounces.iter().for_each(bounce);
        }
        None => {
            let told = if contacts.is_empty() { "alerts.to".to_owned() } else { contacts.join(", ") };
            say!("Nobody is known to own {subject}; its blocks are told to {told}.");
        }
    }
    Ok(ExitCode::from(u8::from(nobody)))
}

fn bounce(bounce: &Bounce) {
    let Bounce { recipient, at, status, said, .. } = bounce;
    say!("{:<10} {recipient} did not get a letter of {at}: {status} {said}", "Bounced");
}
