//! `portreeve customers`: who owns what. The running daemon is asked; without one, the file and the store are read.

mod fields;
mod print;

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use admin::{ControlClient, ControlError, CustomerChanged};
use anyhow::{Context, bail};
use api::native::documents;
use customers::registry::{CustomerQuery, CustomerView, Imported, MAX_IMPORT, with_store};
use customers::{CustomerEntry, CustomerRecord, Directory};
use model::SubjectKey;
use store::SqliteStore;

use super::operator::by;
use crate::args::{CustomerFields, CustomersCommand};
use crate::config::Config;
use crate::out::{json, say};
use crate::serve::control_socket;

pub(crate) fn run(config: Option<&Path>, command: &CustomersCommand) -> anyhow::Result<ExitCode> {
    if let CustomersCommand::Sample = command {
        crate::out::text(&settings::row_sample(&CustomerEntry::examples()));
        return Ok(ExitCode::SUCCESS);
    }
    let config = Config::load(config)?;
    let client = ControlClient::new(control_socket(&config.store.path));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match runtime.block_on(asked(&client, &config, command)) {
        Err(error) => refused(error),
        done => done,
    }
}

async fn asked(client: &ControlClient, config: &Config, command: &CustomersCommand) -> anyhow::Result<ExitCode> {
    match command {
        CustomersCommand::Sample => Ok(ExitCode::SUCCESS),
        CustomersCommand::Owner { subject, json } => owner(client, config, &subject.read()?, *json).await,
        CustomersCommand::List { search, source, after, limit, json } => {
            let (search, source, after) = (search.clone(), source.clone(), after.clone());
            let query = CustomerQuery { search, source, after, limit: usize::from(*limit) };
            print::page(client.customers(&query).await?, *json)
        }
        CustomersCommand::Show { service, json } => print::one(client.customer(service).await?, *json),
        CustomersCommand::Add { service, fields, json } => {
            let new = CustomerRecord { service: service.clone(), ..CustomerRecord::default() };
            told(client, &client.add_customer(fields::over(new, fields)?, &by()).await?, *json).await
        }
        CustomersCommand::Set { service, fields, json } => set(client, service, fields, *json).await,
        CustomersCommand::Remove { service, json: true } => {
            client.remove_customer(service, &by()).await?;
            json(&documents::customer_removed(service.clone()))?;
            Ok(ExitCode::SUCCESS)
        }
        CustomersCommand::Remove { service, json: false } => {
            told(client, &client.remove_customer(service, &by()).await?, false).await
        }
        CustomersCommand::Import { file, dry_run, json } => {
            print::imported(import(client, file, *dry_run).await?, *dry_run, *json)
        }
    }
}

async fn set(client: &ControlClient, service: &str, given: &CustomerFields, json: bool) -> anyhow::Result<ExitCode> {
    let known = client.customer(service).await?;
    told(client, &client.set_customer(fields::over(known.customer, given)?, &by()).await?, json).await
}

async fn import(client: &ControlClient, file: &Path, dry_run: bool) -> anyhow::Result<Imported> {
    let mut bytes = Vec::new();
    let most = MAX_IMPORT as u64 + 1;
    if file.as_os_str() == "-" {
        std::io::stdin().take(most).read_to_end(&mut bytes)?;
    } else {
        let opened = std::fs::File::open(file).with_context(|| format!("{} can't be read", file.display()))?;
        opened.take(most).read_to_end(&mut bytes)?;
    }
    if bytes.len() > MAX_IMPORT {
        bail!("a file of more than {MAX_IMPORT} bytes is not imported: divide it");
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        anyhow::anyhow!("line {line} is not in UTF-8: save the file as UTF-8")
    })?;
    Ok(client.import_customers(text, dry_run, &by()).await?)
}

async fn told(client: &ControlClient, changed: &CustomerChanged, as_json: bool) -> anyhow::Result<ExitCode> {
    if as_json {
        json(&documents::customer(client.customer(&changed.service).await?))?;
    } else {
        say!("Customer {}: {}.", changed.service, changed.outcome);
    }
    Ok(ExitCode::SUCCESS)
}

/// What the daemon says no to is an answer.
fn refused(error: anyhow::Error) -> anyhow::Result<ExitCode> {
    match error.downcast::<ControlError>() {
        Ok(ControlError::Unknown(sentence) | ControlError::Refused { status: 409 | 422, sentence }) => {
            say!("{sentence}");
            Ok(ExitCode::from(1))
        }
        Ok(error) => Err(error.into()),
        Err(error) => Err(error),
    }
}

async fn owner(client: &ControlClient, config: &Config, subject: &SubjectKey, json: bool) -> anyhow::Result<ExitCode> {
    let owner = match client.owner(subject).await {
        Ok(known) => known.owner,
        Err(error) if error.is_not_running() => owner_here(config, subject)?,
        Err(error) => return Err(error.into()),
    };
    let contacts = match &owner {
        Some(owner) => owner.customer.contact.clone(),
        None => config.customers.default_contact.clone(),
    };
    let addresses: Vec<_> = contacts.iter().cloned().chain([subject.name()]).collect();
    let bounces = super::letters::bounces_to(&config.store.path, &addresses)?;
    print::owner(subject, owner, contacts, bounces, json)
}

fn owner_here(config: &Config, subject: &SubjectKey) -> anyhow::Result<Option<CustomerView>> {
    let directory = known_here(config)?;
    let Some(entry) = directory.entry(&directory.owner(subject).service) else { return Ok(None) };
    let customer = CustomerRecord::from(&**entry);
    let is_in_file = config.directory.entry(&customer.service).is_some();
    let source = if is_in_file { "file" } else { "store" }.to_owned();
    Ok(Some(CustomerView { customer, source, changed: None, unused: Vec::new() }))
}

/// The customers of the file and of the store, as a command beside the daemon sees them.
pub(super) fn known_here(config: &Config) -> anyhow::Result<Arc<Directory>> {
    if !config.store.path.exists() {
        return Ok(Arc::clone(&config.directory));
    }
    match SqliteStore::open_read_only(&config.store.path) {
        Ok(store) => Ok(Arc::new(with_store(&config.directory, &store)?)),
        // There is none yet, or one of an older version that has no customers.
        Err(limits::StoreError::Other(_)) => Ok(Arc::clone(&config.directory)),
        Err(error) => Err(error.into()),
    }
}
