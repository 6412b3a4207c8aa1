//! Diagnoses: begun, looked at while they run, their result carried by a ticket.

use access::{Action, Owner};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use customers::ticket::Author;
use diagnostics::{Password, Patient};
use model::SubjectKind;
use serde::Deserialize;

use super::fault::Fault;
use super::form::Sent;
use super::numbered;
use super::parts::Console;
use super::respond::{done, page};
use super::visit::Visit;
use crate::view::{DiagnosesPage, DiagnosisPage, TaskRow, Wished};

const LIST: &str = "/console/diagnosis";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    kind: String,
    name: String,
    before: String,
}

/// `GET /console/diagnosis`
pub(super) async fn list(
    State(console): State<Console>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    visit.must(Action::SeeDiagnosis, Owner::Site)?;
    let wished = Wished { kind: wanted.kind, name: wanted.name, wrong: Vec::new() };
    listed(&console, &visit, &wanted.before, wished).await
}

async fn listed(console: &Console, visit: &Visit, before: &str, wished: Wished) -> Result<Response, Fault> {
    let below = numbered::below(before);
    let found = console
        .aside(move |parts| Ok::<_, Fault>(parts.diagnoses()?.list_before(below, None, numbered::ROWS + 1)?))
        .await?;
    let (tasks, pages) = numbered::page_of(found, |task| task.id, LIST, before, ("", ""));
    let may_start = visit.may(Action::Diagnose, Owner::Site);
    let frame = visit.frame(console, "diagnosis").await;
    let rows = tasks.iter().map(TaskRow::of).collect();
    page(console, &frame, &DiagnosesPage::new(rows, wished, may_start, pages))
}

/// `POST /console/diagnosis`
pub(super) async fn start(State(console): State<Console>, visit: Visit, sent: Sent) -> Result<Response, Fault> {
    let actor = visit.must(Action::Diagnose, Owner::Site)?;
    let (patient, password) = match (patient(&sent), password(&sent)) {
        (Ok(patient), Ok(password)) => (patient, password),
        (patient, password) => {
            let wrong = [patient.err(), password.err()].into_iter().flatten().collect();
            let (kind, name) = (sent.field("kind").to_owned(), sent.field("name").to_owned());
            let mut form = listed(&console, &visit, "", Wished { kind, name, wrong }).await?;
            *form.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(form);
        }
    };
    console.note(actor, Action::Diagnose, patient.to_string()).await?;
    let by = actor.name.clone();
    let task = console.aside(move |parts| Ok::<_, Fault>(parts.diagnoses()?.start(patient, password, &by)?)).await?;
    Ok(Redirect::to(&format!("/console/diagnosis/{}", task.id)).into_response())
}

/// What is wrong: the field, and the key of the words for it.
type Wrong = (&'static str, &'static str);

fn patient(sent: &Sent) -> Result<Patient, Wrong> {
    let kind = SubjectKind::from_word(sent.field("kind")).ok_or(("kind", "diagnosis.wrong.kind"))?;
    let wrong = match kind {
        SubjectKind::Account => "diagnosis.wrong.account",
        SubjectKind::Ip => "diagnosis.wrong.ip",
        SubjectKind::Domain => "diagnosis.wrong.domain",
    };
    Patient::parse(kind, sent.field("name").trim()).ok_or(("name", wrong))
}

/// The account's password, when one was given: the login is tried with it, and it is not kept.
fn password(sent: &Sent) -> Result<Option<Password>, Wrong> {
    let typed = sent.field("password");
    if typed.is_empty() || sent.field("kind") != SubjectKind::Account.as_str() {
        return Ok(None);
    }
    Password::new(typed.to_owned()).map(Some).map_err(|_| ("password", "diagnosis.wrong.password"))
}

/// `GET /console/diagnosis/{id}`
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    visit.must(Action::SeeDiagnosis, Owner::Site)?;
    let id = id.parse().map_err(|_| Fault::Missing)?;
    let task = console.aside(move |parts| Ok::<_, Fault>(parts.diagnoses()?.show(id)?)).await?;
    let may_start = visit.may(Action::Diagnose, Owner::Site);
    let frame = visit.frame(&console, "diagnosis").await;
    page(&console, &frame, &DiagnosisPage::new(&task, may_start, frame.words().language()))
}

/// `POST /console/diagnosis/{id}/ticket`: the result goes to whoever owns what was diagnosed.
pub(super) async fn ticket(
    State(console): State<Console>,
    visit: Visit,
    Path(id): Path<String>,
    _sent: Sent,
) -> Result<Response, Fault> {
    let actor = visit.must(Action::KeepTicket, Owner::Site)?;
    let id = id.parse().map_err(|_| Fault::Missing)?;
    let opening =
        console.aside(move |parts| Ok::<_, Fault>(parts.diagnoses()?.show(id)?.opening(Author::Support)?)).await?;
    console.note_with(actor, Action::KeepTicket, opening.whom.to_string(), "open".into()).await?;
    let file = console.aside(move |parts| Ok::<_, Fault>(parts.tickets.open(&opening)?)).await?;
    Ok(done(&format!("/console/tickets/{}", file.ticket.id), "opened"))
}
