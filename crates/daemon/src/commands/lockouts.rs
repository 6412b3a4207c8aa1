//! `portreeve lockouts`: who is locked out after failed logins.

use std::path::Path;
use std::process::ExitCode;

use admin::{ClearLockout, ControlClient, ControlError};
use api::native::documents;
use limits::Lockout;
use model::SubjectKey;

use super::operator::by;
use crate::args::LockoutsCommand;
use crate::config::Config;
use crate::out::{json, say};
use crate::serve::control_socket;

pub(crate) fn run(config: Option<&Path>, command: &LockoutsCommand) -> anyhow::Result<ExitCode> {
    let client = ControlClient::new(control_socket(&Config::load(config)?.store.path));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            LockoutsCommand::List { json } => list(&client, *json).await,
            LockoutsCommand::Clear { subject } => clear(&client, subject.read()?).await,
        }
    })
}

async fn list(client: &ControlClient, as_json: bool) -> anyhow::Result<ExitCode> {
    let lockouts = client.lockouts().await?;
    if as_json {
        json(&documents::lockouts(&lockouts))?;
    } else if lockouts.is_empty() {
        say!("Nobody is locked out.");
    }
    for Lockout { subject, until, failures, network, .. } in lockouts.iter().filter(|_| !as_json) {
        let from = network.map(|network| format!(", the last from {network}")).unwrap_or_default();
        say!("{subject}  until {until}  after {failures} failed logins{from}");
    }
    Ok(ExitCode::from(u8::from(lockouts.is_empty())))
}

async fn clear(client: &ControlClient, subject: SubjectKey) -> anyhow::Result<ExitCode> {
    match client.clear_lockout(&ClearLockout { subject, by: by() }).await {
        Err(ControlError::Unknown(sentence)) => {
            say!("{sentence}.");
            Ok(ExitCode::from(1))
        }
        cleared => {
            say!("{} may log in again.", cleared?.subject);
            Ok(ExitCode::SUCCESS)
        }
    }
}
