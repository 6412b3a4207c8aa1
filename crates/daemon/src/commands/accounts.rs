//! `portreeve accounts`: what the provider's panel tells of accounts.

use std::path::Path;
use std::process::ExitCode;

use admin::{ControlClient, ControlError, PasswordChanged};
use anyhow::Context;
use api::native::documents;
use model::Timestamp;

use super::operator::by;
use super::whose::Whose;
use crate::args::AccountsCommand;
use crate::config::Config;
use crate::out::{json, say};
use crate::serve::control_socket;

pub(crate) fn run(config: Option<&Path>, command: &AccountsCommand) -> anyhow::Result<ExitCode> {
    let AccountsCommand::PasswordChanged { account, at, json: as_json } = command;
    let at = at.as_deref().map(|text| Timestamp::parse(text).with_context(|| no_time(text))).transpose()?;
    let config = Config::load(config)?;
    let client = ControlClient::new(control_socket(&config.store.path));
    let change = PasswordChanged { account: account.clone(), at, by: by() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let block = match runtime.block_on(client.password_changed(&change)) {
        Err(ControlError::Refused { status: 409, sentence }) => {
            say!("{sentence}.");
            return Ok(ExitCode::from(1));
        }
        answer => answer?,
    };
    if *as_json {
        let here = super::customers::known_here(&config)?;
        let whose = runtime.block_on(Whose::of(&client, &here, [block.subject.clone()]))?;
        json(&documents::block(block, &|subject| whose.owner(subject)))?;
    } else {
        say!("{} can send again.", block.subject);
    }
    Ok(ExitCode::SUCCESS)
}

fn no_time(text: &str) -> String {
    format!("\"{text}\" is no time: expected one like 2026-11-21T10:15:00Z")
}
