//! `portreeve check`: every mistake of the configuration at once, and what is most likely not meant.

use std::path::Path;
use std::process::ExitCode;

use crate::args::EXIT_FAILURE;
use crate::config::{self, Config};
use crate::out::say;

pub(crate) fn run(file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let Some(path) = file else {
        say!("No --config: the built-in defaults are used, and they are right.");
        return Ok(ExitCode::SUCCESS);
    };
    match Config::load_to_serve(Some(path)) {
        Ok(config) => {
            let warnings = config.warnings();
            for (option, sentence) in &warnings {
                eprintln!("{}: warning: {option}: {sentence}", path.display());
            }
            let but = if warnings.is_empty() { "" } else { ", but mind the warnings" };
            say!("{}: right{but}. {}", path.display(), config.summary());
            Ok(ExitCode::SUCCESS)
        }
        Err(config::LoadError::Mistakes { mistakes, .. }) => {
            for mistake in &mistakes {
                eprintln!("{}: {mistake}", path.display());
            }
            eprintln!("{} mistake{}.", mistakes.len(), if mistakes.len() == 1 { "" } else { "s" });
            Ok(ExitCode::from(EXIT_FAILURE))
        }
        Err(error) => Err(error.into()),
    }
}
