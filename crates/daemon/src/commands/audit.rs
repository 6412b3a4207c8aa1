//! `portreeve audit`: what was changed and looked at, and by whom.

use std::path::Path;
use std::process::ExitCode;

use access::{AuditEntry, AuditQuery, AuditSheet};
use admin::ControlClient;
use api::native::documents::{self, Page};

use super::{cut, tell_next};
use crate::args::AuditCommand;
use crate::config::Config;
use crate::out::{json, say, text};
use crate::serve::control_socket;

pub(crate) fn run(config: Option<&Path>, command: &AuditCommand) -> anyhow::Result<ExitCode> {
    let AuditCommand::List { who, action, on, after, limit, json: as_json, csv } = command;
    let client = ControlClient::new(control_socket(&Config::load(config)?.store.path));
    let (who, action, on) = (who.clone(), action.clone(), on.clone());
    let query = AuditQuery { before: *after, who, action, on, limit: limit.unwrap_or(0) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if *csv {
        return runtime.block_on(sheet(&client, query));
    }
    let limit = query.bound();
    let found = runtime.block_on(client.audit(&AuditQuery { limit: limit + 1, ..query }))?.entries;
    let Page { rows: entries, next } = cut(found, limit, |entry| entry.id.to_string());
    let is_empty = entries.is_empty();
    tell_next(next.as_deref());
    if *as_json {
        json(&documents::audit(Page { rows: entries, next }))?;
    } else if entries.is_empty() {
        say!("Nothing was noted.");
    } else {
        say!("{:<20}  {:<32}  {:<16}  {:<18}  {:<28}  DETAIL", "TIME", "WHO", "FROM", "WHAT", "ON");
        entries.iter().for_each(print_line);
    }
    Ok(ExitCode::from(u8::from(is_empty)))
}

/// The log page by page, as a table.
async fn sheet(client: &ControlClient, query: AuditQuery) -> anyhow::Result<ExitCode> {
    let (mut sheet, mut is_empty) = (AuditSheet::new(query), true);
    text(&AuditSheet::head());
    while let Some(query) = sheet.ask() {
        let entries = client.audit(&query).await?.entries;
        is_empty &= entries.is_empty();
        text(&sheet.write(&entries, |_| true));
    }
    Ok(ExitCode::from(u8::from(is_empty)))
}

fn print_line(entry: &AuditEntry) {
    let AuditEntry { who, action, on, detail, .. } = entry;
    let (at, client) = (entry.at.to_string(), entry.client.map_or_else(|| "-".to_owned(), |ip| ip.to_string()));
    say!("{at:<20}  {who:<32}  {client:<16}  {action:<18}  {on:<28}  {detail}");
}
