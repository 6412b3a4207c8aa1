//! What was done by whom.

use access::{Action, AuditEntry, AuditQuery, AuditSheet, Role};
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream::{self, TryStreamExt};
use pipeline::Extract;
use serde::Deserialize;

use super::call::{Asked, Call};
use super::concerns::Concerns;
use super::paging::Paging;
use super::parameters::{self, BELOW, LIMIT, Parameter, SINCE, UNTIL, parameter};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::sieve::Sieve;
use super::types::{Limit, Moment, Name, Number, When, Word};
use super::{Answer, staff};

const WHO: Parameter = parameter("who", parameters::name, "Only of him, as the log names him.");
const WHAT: Parameter = parameter("action", parameters::name, "Only of this action, such as evidence.see.");
const ON: Parameter = parameter("on", parameters::name, "Only about this, as the log names it.");
const ROLE: Parameter = parameter("role", parameters::word::<Role>, "Only of those who did it as that.");
const OF: Parameter = parameter("customer", parameters::name, "Only about what the customer of this service owns now.");
const QUERY: &[Parameter] = &[WHO, WHAT, ON, ROLE, OF, SINCE, UNTIL, BELOW, LIMIT];
const CHOSEN: &[Parameter] = &[WHO, WHAT, ON, ROLE, OF, SINCE, UNTIL];

pub(super) fn routes() -> Vec<Route> {
    use Action::SeeAudit;
    let whole = "Read the audit log from its latest line to its first";
    vec![
        Route::reads::<AuditPage>("/api/audit", SeeAudit, "Read the audit log", get(list)).asked(QUERY),
        Route::reads::<AuditPage>("/api/audit.csv", SeeAudit, whole, get(sheet)).asked(CHOSEN).gives("text/csv"),
    ]
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
        /// As what: "operator", "auditor" or "customer"; "none" of somebody who was not let in.
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

/// Which lines of the whole log.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Chosen {
    who: Option<Name>,
    action: Option<Name>,
    on: Option<Name>,
    role: Option<Word<Role>>,
    customer: Option<Name>,
    since: Option<Moment>,
    until: Option<Moment>,
}

/// Which lines, and which page of them.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Wanted {
    who: Option<Name>,
    action: Option<Name>,
    on: Option<Name>,
    role: Option<Word<Role>>,
    customer: Option<Name>,
    since: Option<Moment>,
    until: Option<Moment>,
    after: Option<Number>,
    limit: Option<Limit>,
}

async fn list(call: Call, Asked(wanted): Asked<Wanted>) -> Answer<AuditPage> {
    let Wanted { who, action, on, role, customer, since, until, after, limit } = wanted;
    let sieve = Sieve { since, until, ..Sieve::default() };
    call.by_staff(Action::SeeAudit, move |native, _| {
        let owners = customer.map(|customer| Concerns::new(native, customer.0));
        let (who, action, on) = (Name::of(who), Name::of(action), Name::of(on));
        let query = AuditQuery { before: None, who, action, on, limit: 0 };
        let read = |below, many| {
            let rows = native.gate.audit(&AuditQuery { before: Some(below), limit: many, ..query.clone() })?;
            Ok(sieve.recent(rows, |line: &AuditEntry| line.at))
        };
        let wanted = |line: &AuditEntry| fits(line, role, &sieve, owners.as_ref());
        let (lines, next) = Paging::new(after, limit).page(read, |line: &AuditEntry| line.id, wanted)?;
        Ok(AuditPage { items: lines.into_iter().map(view).collect(), next })
    })
    .await
}

/// A table (RFC 4180), sent while it is read. When the store fails it is cut off, so that nobody takes it for whole.
async fn sheet(call: Call, Asked(wanted): Asked<Chosen>) -> Result<Response, Problem> {
    staff(&call.actor, Action::SeeAudit)?;
    let Chosen { who, action, on, role, customer, since, until } = wanted;
    let sieve = Sieve { since, until, ..Sieve::default() };
    let (who, action, on, customer) = (Name::of(who), Name::of(action), Name::of(on), Name::of(customer));
    let query = AuditQuery { before: None, who, action, on, limit: 0 };
    let mut sheet = AuditSheet::new(query).since(since.map(|since| since.0));
    let read = move || {
        let owners = customer.as_ref().map(|service| Concerns::new(&call.native, service.clone()));
        let wanted = |line: &AuditEntry| fits(line, role, &sieve, owners.as_ref());
        Ok(call.native.gate.audit_lines(&mut sheet, wanted)?)
    };
    let pieces = stream::unfold(Extract::new(AuditSheet::head(), read), Extract::next).inspect_err(|error| {
        tracing::error!("the audit log's table was cut off: {error}");
    });
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8")], Body::from_stream(pieces)).into_response())
}

/// Whether a line is one of those that were asked for, as far as the store doesn't know.
fn fits(line: &AuditEntry, role: Option<Word<Role>>, sieve: &Sieve, owners: Option<&Concerns<'_>>) -> bool {
    role.is_none_or(|role| role.0.as_str() == line.role)
        && sieve.lets_time(line.at)
        && owners.is_none_or(|owners| owners.has(&line.on))
}

pub(super) fn view(entry: AuditEntry) -> AuditView {
    let AuditEntry { id, at, who, role, client, action, on, detail } = entry;
    AuditView { id, at: When(at), who, role, client_ip: client.map(|ip| ip.to_string()), action, on, detail }
}
