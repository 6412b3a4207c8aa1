//! The audit log.

use access::{Action, AuditQuery, AuditSheet, Owner};
use axum::extract::{Query, State};
use axum::response::Response;
use pipeline::Extract;
use serde::Deserialize;

use super::fault::Fault;
use super::parts::Console;
use super::respond::{csv, page, queried};
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
    fn query(&self) -> AuditQuery {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        AuditQuery { who: some(self.who.trim()), action: some(&self.action), ..AuditQuery::default() }
    }
}

/// `GET /console/audit`
pub(super) async fn list(
    State(console): State<Console>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    visit.must(Action::SeeAudit, Owner::Site)?;
    let query = AuditQuery { before: wanted.before, limit: LINES + 1, ..wanted.query() };
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
    let mut sheet = AuditSheet::new(wanted.query());
    let read = move || Ok(console.parts().gate.audit_lines(&mut sheet)?);
    Ok(csv("audit", Extract::new(AuditSheet::head(), read)))
}
