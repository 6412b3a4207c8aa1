//! `portreeve exemptions`: what costs one subject nothing for a time, through the running daemon.

use std::path::Path;
use std::process::ExitCode;

use admin::{ControlClient, ControlError, NewExemption};
use api::native::documents;
use customers::exemption::Exemption;

use super::length;
use super::operator::by;
use super::reports::refused;
use crate::args::ExemptionsCommand;
use crate::config::Config;
use crate::out::{json, say};
use crate::serve::control_socket;

pub(crate) fn run(config: Option<&Path>, command: &ExemptionsCommand) -> anyhow::Result<ExitCode> {
    let config = Config::load(config)?;
    let client = ControlClient::new(control_socket(&config.store.path));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            ExemptionsCommand::List { json } => list(client.exemptions().await?, *json),
            ExemptionsCommand::Add { subject, what, length: text, reason, json } => {
                let subject = subject.read()?;
                let exemption = NewExemption {
                    kind: subject.kind().to_string(),
                    name: subject.name(),
                    what: what.clone(),
                    seconds: length(text, "--for")?.as_secs(),
                    reason: reason.clone().unwrap_or_default(),
                    by: by(),
                };
                done(client.exempt(&exemption).await, "in force", *json)
            }
            ExemptionsCommand::Remove { id, json } => done(client.remove_exemption(*id, &by()).await, "removed", *json),
        }
    })
}

fn list(exemptions: Vec<Exemption>, as_json: bool) -> anyhow::Result<ExitCode> {
    let is_empty = exemptions.is_empty();
    if as_json {
        json(&documents::exemptions(exemptions))?;
    } else if exemptions.is_empty() {
        say!("Nothing is exempt.");
    } else {
        say!("{:<9}  {:<38}  {:<20}  {:<8}  WHAT", "EXEMPTION", "WHO", "UNTIL", "REPORT");
        exemptions.iter().for_each(print_line);
    }
    Ok(ExitCode::from(u8::from(is_empty)))
}

fn print_line(exemption: &Exemption) {
    let (who, until) = (exemption.subject.to_string(), exemption.until.to_string());
    let report = exemption.report.map_or_else(|| "-".to_owned(), |report| report.to_string());
    say!("{:<9}  {who:<38}  {until:<20}  {report:<8}  {}", exemption.id, exemption.what.describe());
}

fn done(answer: Result<Exemption, ControlError>, word: &str, as_json: bool) -> anyhow::Result<ExitCode> {
    match answer {
        Err(error) => return refused(error),
        Ok(exemption) if as_json => json(&documents::exemption(exemption))?,
        Ok(exemption) => {
            let (id, until) = (exemption.id, exemption.until);
            say!("Exemption {id} is {word}: {} for {}, until {until}.", exemption.what.describe(), exemption.subject);
        }
    }
    Ok(ExitCode::SUCCESS)
}
