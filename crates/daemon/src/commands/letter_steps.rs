//! `portreeve alerts send-now` and `give-up`: through the running daemon, which sends.

use std::path::Path;
use std::process::ExitCode;

use admin::{ControlClient, ControlError};
use limits::{AlertJob, LetterName};

use super::operator;
use crate::config::Config;
use crate::out::say;
use crate::serve::control_socket;

pub(crate) fn send_now(config: Option<&Path>, letter: &str) -> anyhow::Result<ExitCode> {
    let Some(name) = LetterName::parse(letter) else { return Ok(unknown(letter)) };
    let (client, runtime) = daemon(config)?;
    let done = runtime.block_on(client.send_letter(&name, &operator::by()));
    told(done, || say!("Tried now: {}; `portreeve alerts list` says what comes of it.", name.said()))
}

pub(crate) fn give_up(config: Option<&Path>, letter: &str) -> anyhow::Result<ExitCode> {
    let Some(name) = LetterName::parse(letter) else { return Ok(unknown(letter)) };
    let (client, runtime) = daemon(config)?;
    let done = runtime.block_on(client.give_up_letter(&name, &operator::by()));
    told(done, || say!("Given up: {}.", name.said()))
}

fn daemon(config: Option<&Path>) -> anyhow::Result<(ControlClient, tokio::runtime::Runtime)> {
    let client = ControlClient::new(control_socket(&Config::load(config)?.store.path));
    Ok((client, tokio::runtime::Builder::new_current_thread().enable_all().build()?))
}

fn told(done: Result<AlertJob, ControlError>, sentence: impl Fn()) -> anyhow::Result<ExitCode> {
    match done {
        Err(ControlError::Unknown(why)) => {
            say!("{why}.");
            Ok(ExitCode::from(1))
        }
        Err(error) => Err(error.into()),
        Ok(_) => {
            sentence();
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn unknown(letter: &str) -> ExitCode {
    say!(
        "There is no letter \"{}\": expected an ID of `portreeve alerts list`, like k3x9qm2f7cabcdef.0.",
        letter.escape_debug()
    );
    ExitCode::from(1)
}
