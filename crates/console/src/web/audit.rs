//! The audit log.

use access::{Action, AuditEntry, AuditQuery, AuditSheet, Owner};
use axum::extract::{Query, State};
use axum::response::Response;
use pipeline::Extract;
use serde::Deserialize;

use super::fault::Fault;
use super::parts::Console;
use super::respond::{csv, page, queried};
use super::search;
use super::visit::Visit;
use crate::view::{AuditPage, Paging};

/// Lines of a page.
const LINES: usize = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    who: String,
    action: String,
    before: Option<u64>,
}

impl Wanted {
    /// All lines that fit.
    fn query(&self) -> Result<AuditQuery, Fault> {
        let who = Some(self.who.trim().to_owned()).filter(|who| !who.is_empty());
        let action = search::any_of(&self.action, &AuditEntry::actions().collect::<Vec<_>>())?.map(str::to_owned);
        Ok(AuditQuery { who, action, ..AuditQuery::default() })
    }
}

/// `GET /console/audit`
pub(super) async fn list(
    State(console): State<Console>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    visit.must(Action::SeeAudit, Owner::Site)?;
    let query = AuditQuery { before: wanted.before, limit: LINES + 1, ..wanted.query()? };
    let mut entries = console.aside(move |parts| parts.gate.audit(&query)).await?;
    let more = entries.len() > LINES;
    entries.truncate(LINES);
    let last = entries.last().filter(|_| more).map(|entry| entry.id.to_string());
    let next =
        last.map(|id| queried("/console/audit", &[("who", &wanted.who), ("action", &wanted.action), ("before", &id)]));
    let pages = Paging {
        first: wanted.before.map(|_| queried("/console/audit", &[("who", &wanted.who), ("action", &wanted.action)])),
        next,
        shown: entries.len() as u64,
    };
    let frame = visit.frame(&console, "audit").await;
    let file = queried("/console/audit.csv", &[("who", &wanted.who), ("action", &wanted.action)]);
    page(&console, &frame, &AuditPage::new(&entries, wanted.who, wanted.action, pages).with_file(file))
}

/// `GET /console/audit.csv`: every line that the list shows page by page.
pub(super) async fn file(
    State(console): State<Console>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    visit.must(Action::SeeAudit, Owner::Site)?;
    let mut sheet = AuditSheet::new(wanted.query()?);
    let read = move || Ok(console.parts().gate.audit_lines(&mut sheet, |_| true)?);
    Ok(csv("audit", Extract::new(AuditSheet::head(), read)))
}
