//! Diagnoses over the control socket.

use std::sync::Arc;

use access::Action;
use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use diagnostics::{Patient, Task};
use model::SubjectKind;

use super::answer::Answer;
use super::caller::Caller;
use super::error::ApiError;
use super::types::{BlockQuery, DiagnosisList, DiagnosisQuery, DiagnosisView, NewDiagnosis};
use crate::state::AdminState;

pub(super) async fn start(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    body: Result<Json<NewDiagnosis>, JsonRejection>,
) -> Answer<DiagnosisView> {
    // A rejection's own words may quote the password.
    let expected = "expected kind, name, by and, for an account, password: all text";
    let Json(NewDiagnosis { kind, name: who, by, password }) =
        body.map_err(|_| ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, expected))?;
    let by = caller.name(&by)?;
    let patient = patient(&kind, &who)?;
    state.note(&by, Action::Diagnose, patient.to_string(), "").await?;
    let task = state.diagnosing(move |diagnoses| diagnoses.start(patient, password, &by)).await?;
    tracing::info!(diagnosis = task.id, patient = %task.patient, by = task.by, "a diagnosis begins");
    Ok(Json(task.into()))
}

pub(super) async fn list(
    State(state): State<Arc<AdminState>>,
    query: Result<Query<DiagnosisQuery>, QueryRejection>,
) -> Answer<DiagnosisList> {
    let Query(DiagnosisQuery { kind, name, limit }) = query?;
    let of = kind.zip(name).map(|(kind, name)| patient(&kind, &name)).transpose()?;
    let limit = limit.min(BlockQuery::MAX);
    let tasks = state.diagnosing(move |diagnoses| diagnoses.list(of.as_ref(), limit)).await?;
    Ok(Json(DiagnosisList { diagnoses: tasks.into_iter().map(DiagnosisView::from).collect() }))
}

pub(super) async fn show(State(state): State<Arc<AdminState>>, Path(id): Path<String>) -> Answer<DiagnosisView> {
    let id = number(&id)?;
    Ok(Json(state.diagnosing(move |diagnoses| diagnoses.show(id)).await?.into()))
}

pub(super) async fn cancel(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<DiagnosisView> {
    let id = number(&id)?;
    state.note(caller.user(), Action::Diagnose, format!("diagnosis {id}"), "cancel").await?;
    Ok(Json(state.diagnosing(move |diagnoses| diagnoses.cancel(id)).await?.into()))
}

fn patient(kind: &str, name: &str) -> Result<Patient, ApiError> {
    let wrong = |sentence: &str| ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, sentence);
    let kind = SubjectKind::from_word(kind).ok_or_else(|| wrong("kind: expected \"account\", \"ip\" or \"domain\""))?;
    Patient::parse(kind, name).ok_or_else(|| wrong(&format!("name: this is no {kind}")))
}

pub(super) fn number(text: &str) -> Result<u64, ApiError> {
    let shown: String = text.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    text.parse().map_err(|_| ApiError::new(StatusCode::NOT_FOUND, format!("there is no diagnosis {shown}")))
}

impl From<Task> for DiagnosisView {
    fn from(task: Task) -> Self {
        let summary = task.summary();
        Self { task, summary }
    }
}
