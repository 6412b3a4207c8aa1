//! `portreeve fingerprints`: what a person says of a message, through the running daemon.

use std::path::Path;
use std::process::ExitCode;

use admin::{Confirm, ConfirmedMessage, ControlClient};
use anyhow::bail;
use api::native::documents;
use model::Clock;
use model::circumstances::Confirmation;
use recall::Prints;

use super::operator::by;
use super::scan::submission_of;
use crate::args::FingerprintsCommand;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::out::{json, say};
use crate::serve::control_socket;

pub(crate) fn run(config: Option<&Path>, command: &FingerprintsCommand) -> anyhow::Result<ExitCode> {
    let config = Config::load(config)?;
    let client = ControlClient::new(control_socket(&config.store.path));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            FingerprintsCommand::Confirm { word, file } => confirm(&client, &config, word, file).await,
            FingerprintsCommand::List { json } => list(&client, *json).await,
            FingerprintsCommand::Forget { id } => {
                let forgotten = client.forget(id, &by()).await?;
                say!("{} is no longer taken for {}.", forgotten.id, forgotten.word);
                Ok(ExitCode::SUCCESS)
            }
        }
    })
}

async fn confirm(client: &ControlClient, config: &Config, word: &str, file: &Path) -> anyhow::Result<ExitCode> {
    let limits = features::FeatureLimits { analysed_bytes: config.score.analysed_bytes.bytes(), ..Default::default() };
    let submission = submission_of(file, &limits)?;
    let prints = Prints::of(&features::extract(&submission, SystemClock.now(), &limits));
    if prints.is_empty() {
        bail!("{}: {}", file.display(), recall::ConfirmRefused::NoPrint);
    }
    let confirm = Confirm { word: word.to_owned(), prints: prints.to_hex(), by: by() };
    let confirmed = client.confirm(&confirm).await?;
    say!(
        "Messages like this one are {} from now on. To take it back: portreeve fingerprints forget {}",
        word,
        confirmed.id
    );
    Ok(ExitCode::SUCCESS)
}

async fn list(client: &ControlClient, as_json: bool) -> anyhow::Result<ExitCode> {
    let confirmed = client.confirmed().await?;
    if as_json {
        json(&documents::fingerprints(confirmed.iter().filter_map(told).collect()))?;
    } else if confirmed.is_empty() {
        say!("No message was confirmed.");
    }
    for message in confirmed.iter().filter(|_| !as_json) {
        say!("{}  {:<4}  {}  by {}", message.id, message.word, message.at, message.by);
    }
    Ok(ExitCode::from(u8::from(confirmed.is_empty())))
}

fn told(message: &ConfirmedMessage) -> Option<documents::Confirmed> {
    let ConfirmedMessage { id, word, at, by } = message;
    Some((id.clone(), Confirmation::from_word(word)?, *at, by.clone()))
}
