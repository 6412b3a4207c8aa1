//! `portreeve config sample`: the generated sample configuration.

use std::process::ExitCode;

use crate::args::ConfigCommand;
use crate::config;

pub(crate) fn run(command: &ConfigCommand) -> anyhow::Result<ExitCode> {
    match command {
        ConfigCommand::Sample => crate::out::text(&config::sample()),
    }
    Ok(ExitCode::SUCCESS)
}
