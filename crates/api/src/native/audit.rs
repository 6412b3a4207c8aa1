//! What was done by whom.

use std::sync::Arc;

use access::{Action, AuditEntry, AuditQuery};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};

use super::caller::Caller;
use super::schema::wire;
use super::{Answer, Native, staff};

wire! {
    /// One line of the audit log.
    AuditView {
        /// Its number, ascending.
        id: u64,
        /// When (RFC 3339).
        at: String,
        /// Who, and how he got in.
        who: String,
        /// As what: "operator", "auditor" or "customer".
        role: String,
        /// From where.
        client_ip: Option<String>,
        /// What.
        action: String,
        /// On what.
        on: String,
        /// What else is worth knowing.
        detail: String,
    }
    /// Some lines of the audit log.
    AuditPage {
        /// The lines, latest first.
        items: Vec<AuditView>,
        /// What to give as `before` for the next page; null: this is the last.
        next: Option<u64>,
    }
}

pub(super) async fn list(
    State(native): State<Arc<Native>>,
    Caller(actor): Caller,
    query: Result<Query<AuditQuery>, QueryRejection>,
) -> Answer<AuditPage> {
    staff(&actor, Action::SeeAudit)?;
    let Query(query) = query?;
    let found = native.aside(move |native| {
        let entries = native.gate.audit(&query)?;
        let next = entries.last().filter(|_| entries.len() >= query.bound()).map(|last| last.id);
        Ok(AuditPage { items: entries.into_iter().map(view).collect(), next })
    });
    found.await.map(Json)
}

fn view(entry: AuditEntry) -> AuditView {
    let AuditEntry { id, at, who, role, client, action, on, detail } = entry;
    AuditView { id, at: at.to_string(), who, role, client_ip: client.map(|ip| ip.to_string()), action, on, detail }
}
