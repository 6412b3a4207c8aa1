//! `portreeve users`: who may log in at the console.

use std::path::Path;
use std::process::ExitCode;

use admin::{ControlClient, UserRequest};
use anyhow::Context;
use api::native::documents;

use super::keys::spoken;
use super::operator::{by, grant, password};
use crate::args::{GrantArgs, UsersCommand};
use crate::config::Config;
use crate::out::{json, say};
use crate::serve::control_socket;

pub(crate) fn run(config: Option<&Path>, command: &UsersCommand) -> anyhow::Result<ExitCode> {
    let config = Config::load(config)?;
    let client = ControlClient::new(control_socket(&config.store.path));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            UsersCommand::Add { name, grant: wanted, password_file } => {
                let grant = grant(wanted)?.context("who is it? --role operator, auditor or customer")?;
                let (password, made) = password(password_file.as_deref())?;
                let user = UserRequest { grant: Some(grant), ..request(name, &password) };
                client.add_user(&user).await?;
                say!("{name} may log in.");
                warn_of_unknown(&config, wanted)?;
                show(made.then_some(&password));
            }
            UsersCommand::List { json } => return list(&client, *json).await,
            UsersCommand::Password { name, password_file } => {
                let (password, made) = password(password_file.as_deref())?;
                client.set_password(&request(name, &password)).await?;
                say!("{name} has another password, and has to log in again.");
                show(made.then_some(&password));
            }
            UsersCommand::Remove { name } => {
                client.remove_user(&request(name, "")).await?;
                say!("{name} may not log in any more.");
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// A service that nobody has shows its user nothing, and is most likely misspelt.
fn warn_of_unknown(config: &Config, wanted: &GrantArgs) -> anyhow::Result<()> {
    let known = super::customers::known_here(config)?;
    for service in wanted.customers.iter().filter(|service| known.customer(service).is_none()) {
        eprintln!("warning: neither the customers file nor the store knows a service {service}");
    }
    Ok(())
}

fn request(name: &str, password: &str) -> UserRequest {
    UserRequest { name: name.to_owned(), grant: None, password: password.to_owned(), by: by() }
}

fn show(made: Option<&String>) {
    if let Some(password) = made {
        say!("Password: {password}\nKeep it now: it is not shown again.");
    }
}

async fn list(client: &ControlClient, as_json: bool) -> anyhow::Result<ExitCode> {
    let users = client.users().await?.users;
    let is_empty = users.is_empty();
    if as_json {
        json(&documents::users(users))?;
    } else if users.is_empty() {
        say!("Nobody may log in.");
    } else {
        say!("{:<24}  {:<32}  LAST LOGIN", "NAME", "FOR");
        for user in &users {
            let last = user.last_login.map_or_else(|| "never".to_owned(), |time| time.to_string());
            say!("{:<24}  {:<32}  {last}", user.name, spoken(Some(&user.grant)));
        }
    }
    Ok(ExitCode::from(u8::from(is_empty)))
}
