//! Diagnoses: begun, looked at while they run.

use access::{Action, Owner};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use diagnostics::{Password, Patient};
use model::SubjectKind;
use serde::Deserialize;

use super::fault::Fault;
use super::form::Sent;
use super::numbered;
use super::parts::Console;
use super::respond::page;
use super::visit::Visit;
use crate::view::{DiagnosesPage, DiagnosisPage, TaskRow};

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
    let below = numbered::below(&wanted.before);
    let found = console
        .aside(move |parts| Ok::<_, Fault>(parts.diagnoses()?.list_before(below, None, numbered::ROWS + 1)?))
        .await?;
    let (tasks, pages) = numbered::page_of(found, |task| task.id, LIST, &wanted.before, ("", ""));
    let may_start = visit.may(Action::Diagnose, Owner::Site);
    let frame = visit.frame(&console, "diagnosis").await;
    let rows = tasks.iter().map(TaskRow::of).collect();
    page(&console, &frame, &DiagnosesPage::new(rows, wanted.kind, wanted.name, may_start, pages))
}

/// `POST /console/diagnosis`
pub(super) async fn start(State(console): State<Console>, visit: Visit, sent: Sent) -> Result<Response, Fault> {
    let actor = visit.must(Action::Diagnose, Owner::Site)?;
    let refused = || Fault::Refused(format!("\"{}\" can't be diagnosed as that.", sent.field("name")));
    let kind = SubjectKind::from_word(sent.field("kind")).ok_or_else(refused)?;
    let patient = Patient::parse(kind, sent.field("name").trim()).ok_or_else(refused)?;
    let password = password(&patient, &sent)?;
    console.note(actor, Action::Diagnose, patient.to_string()).await?;
    let by = actor.name.clone();
    let task = console.aside(move |parts| Ok::<_, Fault>(parts.diagnoses()?.start(patient, password, &by)?)).await?;
    Ok(Redirect::to(&format!("/console/diagnosis/{}", task.id)).into_response())
}

/// The account's password, when one was given: the login is tried with it, and it is not kept.
fn password(patient: &Patient, sent: &Sent) -> Result<Option<Password>, Fault> {
    let typed = sent.field("password");
    if typed.is_empty() || patient.kind() != SubjectKind::Account {
        return Ok(None);
    }
    Password::new(typed.to_owned()).map(Some).map_err(|error| Fault::Refused(format!("Not diagnosed: {error}.")))
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
