//! `portreeve audit`: what was changed and looked at, and by whom.

use std::path::Path;
use std::process::ExitCode;

use access::{AuditEntry, AuditQuery};
use admin::ControlClient;

use crate::args::AuditCommand;
use crate::config::Config;
use crate::out::say;
use crate::serve::control_socket;

pub(crate) fn run(config: Option<&Path>, command: &AuditCommand) -> anyhow::Result<ExitCode> {
    let AuditCommand::List { who, action, on, limit, json } = command;
    let client = ControlClient::new(control_socket(&Config::load(config)?.store.path));
    let (who, action, on) = (who.clone(), action.clone(), on.clone());
    let query = AuditQuery { before: None, who, action, on, limit: *limit };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let entries = runtime.block_on(client.audit(&query))?.entries;
    if *json {
        say!("{}", serde_json::to_string_pretty(&entries)?);
    } else if entries.is_empty() {
        say!("Nothing was noted.");
    } else {
        say!("{:<20}  {:<32}  {:<16}  {:<18}  {:<28}  DETAIL", "TIME", "WHO", "FROM", "WHAT", "ON");
        entries.iter().for_each(print_line);
    }
    Ok(ExitCode::from(u8::from(entries.is_empty())))
}

fn print_line(entry: &AuditEntry) {
    let AuditEntry { who, action, on, detail, .. } = entry;
    let (at, client) = (entry.at.to_string(), entry.client.map_or_else(|| "-".to_owned(), |ip| ip.to_string()));
    say!("{at:<20}  {who:<32}  {client:<16}  {action:<18}  {on:<28}  {detail}");
}
