//! What was done by whom.

use access::{Action, AuditEntry, AuditQuery};
use axum::routing::get;
use serde::Deserialize;

use super::Answer;
use super::call::{Asked, Call};
use super::paging::Paging;
use super::parameters::{self, BELOW, LIMIT, Parameter, parameter};
use super::routes::Route;
use super::schema::wire;
use super::types::{Limit, Name, Number, When};

const QUERY: &[Parameter] = &[
    parameter("who", parameters::name, "Only of him, as the log names him."),
    parameter("action", parameters::name, "Only of this action, such as evidence.see."),
    parameter("on", parameters::name, "Only about this, as the log names it."),
    BELOW,
    LIMIT,
];

pub(super) fn routes() -> Vec<Route> {
    vec![Route::reads::<AuditPage>("/api/audit", Action::SeeAudit, "Read the audit log", get(list)).asked(QUERY)]
}

wire! {
    /// One line of the audit log.
    AuditView {
        /// Its number, ascending.
        id: u64,
        /// When.
        at: When,
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
        /// What to give as `after` for the next page; null: this is the last.
        next: Option<String>,
    }
}

/// Which lines.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Wanted {
    who: Option<Name>,
    action: Option<Name>,
    on: Option<Name>,
    after: Option<Number>,
    limit: Option<Limit>,
}

async fn list(call: Call, Asked(Wanted { who, action, on, after, limit }): Asked<Wanted>) -> Answer<AuditPage> {
    call.by_staff(Action::SeeAudit, move |native, _| {
        let (who, action, on) = (Name::of(who), Name::of(action), Name::of(on));
        let query = AuditQuery { before: None, who, action, on, limit: 0 };
        let read =
            |below, many| Ok(native.gate.audit(&AuditQuery { before: Some(below), limit: many, ..query.clone() })?);
        let (lines, next) = Paging::new(after, limit).page(read, |line: &AuditEntry| line.id, |_| true)?;
        Ok(AuditPage { items: lines.into_iter().map(view).collect(), next })
    })
    .await
}

fn view(entry: AuditEntry) -> AuditView {
    let AuditEntry { id, at, who, role, client, action, on, detail } = entry;
    AuditView { id, at: When(at), who, role, client_ip: client.map(|ip| ip.to_string()), action, on, detail }
}
