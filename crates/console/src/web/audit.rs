//! The audit log.

use access::{Action, AuditQuery, Owner};
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::fault::Fault;
use super::parts::Console;
use super::respond::{page, queried};
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

/// `GET /console/audit`
pub(super) async fn list(
    State(console): State<Console>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    visit.must(Action::SeeAudit, Owner::Site)?;
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let query = AuditQuery {
        before: wanted.before,
        who: some(wanted.who.trim()),
        action: some(&wanted.action),
        on: None,
        limit: LINES + 1,
    };
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
    page(&console, &frame, &AuditPage::new(&entries, wanted.who, wanted.action, pages))
}
