//! `portreeve keys`: through the running daemon, which asks them of everybody.

use std::path::Path;
use std::process::ExitCode;

use access::{ApiKey, Application, ConsumerKey, Grant};
use admin::{ControlClient, GrantKey, MadeKey, NewKeyRequest};
use api::native::documents;
use model::{Clock, Timestamp};

use super::operator::{by, grant, seconds};
use crate::args::KeysCommand;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::out::{json, say};
use crate::serve::control_socket;

pub(crate) fn run(config: Option<&Path>, command: &KeysCommand) -> anyhow::Result<ExitCode> {
    let client = ControlClient::new(control_socket(&Config::load(config)?.store.path));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            KeysCommand::Add { name, grant: wanted, application, expires, json } => {
                let (grant, lifetime) = (grant(wanted)?, seconds(expires.as_deref())?);
                let wanted = NewKeyRequest { name: name.clone(), grant, application: *application, lifetime, by: by() };
                print_made(client.add_key(&wanted).await?, *json)
            }
            KeysCommand::List { json } => list(&client, *json).await,
            KeysCommand::Revoke { id } => {
                say!("Revoked: {}.", client.revoke_key(id, &by()).await?.what);
                Ok(ExitCode::SUCCESS)
            }
            KeysCommand::Validate { consumer_key, grant: wanted, expires } => {
                let (grant, lifetime) = (grant(wanted)?, seconds(expires.as_deref())?);
                let answer = GrantKey { consumer_key: consumer_key.clone(), grant, lifetime, by: by() };
                told(&client.answer_credential(false, &answer).await?)
            }
            KeysCommand::Refuse { consumer_key } => {
                let consumer_key = consumer_key.clone();
                let answer = GrantKey { consumer_key, grant: None, lifetime: None, by: by() };
                told(&client.answer_credential(true, &answer).await?)
            }
        }
    })
}

fn told(consumer: &ConsumerKey) -> anyhow::Result<ExitCode> {
    say!("Consumer key {} is {}.", consumer.id, consumer.state.as_str());
    Ok(ExitCode::SUCCESS)
}

fn print_made(made: MadeKey, as_json: bool) -> anyhow::Result<ExitCode> {
    if as_json {
        match made {
            MadeKey { key: Some(key), token: Some(token), .. } => json(&documents::key_made(key, token))?,
            MadeKey { application: Some(application), secret: Some(secret), consumer_key, .. } => {
                json(&documents::application_made(application, secret, consumer_key))?;
            }
            _ => anyhow::bail!("the daemon has made no key"),
        }
        return Ok(ExitCode::SUCCESS);
    }
    let secrets = [
        ("Token", made.token.as_deref()),
        ("Application key", made.application.as_ref().map(|application| application.key.as_str())),
        ("Application secret", made.secret.as_deref()),
        ("Consumer key", made.consumer_key.as_deref()),
    ];
    secrets.iter().filter_map(|(name, value)| value.map(|value| (name, value))).for_each(|(name, value)| {
        say!("{name:<20}{value}");
    });
    say!("Keep it now: it is not shown again.");
    Ok(ExitCode::SUCCESS)
}

async fn list(client: &ControlClient, as_json: bool) -> anyhow::Result<ExitCode> {
    let (keys, credentials) = (client.keys().await?, client.credentials().await?.credentials);
    let none = keys.keys.is_empty() && keys.applications.is_empty();
    if as_json {
        json(&documents::keys(keys.keys, keys.applications, credentials, SystemClock.now()))?;
    } else if none {
        say!("There is no key.");
    } else {
        say!("{:<16}  {:<20}  {:<28}  {:<20}  {:<20}  STATE", "ID", "NAME", "FOR", "LAST USED", "EXPIRES");
        keys.keys.iter().for_each(print_key);
        keys.applications.iter().for_each(|application| print_application(application, &credentials));
    }
    Ok(ExitCode::from(u8::from(none)))
}

fn print_key(key: &ApiKey) {
    let state = match key.revoked {
        Some(_) => "revoked",
        None if key.is_valid(SystemClock.now()) => "valid",
        None => "expired",
    };
    line(&key.id, &key.name, &spoken(Some(&key.grant)), key.last_use, key.expires, state);
}

fn print_application(application: &Application, credentials: &[ConsumerKey]) {
    let state = if application.revoked.is_some() { "revoked" } else { "valid" };
    line(&application.key, &application.name, "application", None, None, state);
    for consumer in credentials.iter().filter(|consumer| consumer.application == application.key) {
        let (id, grant) = (consumer.id.to_string(), spoken(consumer.grant.as_ref()));
        line(&id, "  consumer key", &grant, consumer.last_use, consumer.expires, consumer.state.as_str());
    }
}

fn line(id: &str, name: &str, grant: &str, used: Option<Timestamp>, expires: Option<Timestamp>, state: &str) {
    let (used, expires) = (moment(used, "never"), moment(expires, "-"));
    say!("{id:<16}  {name:<20}  {grant:<28}  {used:<20}  {expires:<20}  {state}");
}

fn moment(time: Option<Timestamp>, none: &str) -> String {
    time.map_or_else(|| none.to_owned(), |time| time.to_string())
}

pub(super) fn spoken(grant: Option<&Grant>) -> String {
    grant.map_or_else(
        || "-".to_owned(),
        |grant| {
            let services: Vec<_> = grant.services.iter().map(String::as_str).collect();
            format!("{} {}", grant.role.as_str(), services.join(",")).trim_end().to_owned()
        },
    )
}
