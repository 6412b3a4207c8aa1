//! Tasks: changes of passwords and diagnoses under one numbering.

use std::sync::Arc;

use access::Action;
use axum::Json;
use axum::http::HeaderMap;
use axum::response::Response;
use diagnostics::{Patient, Task};
use model::AccountName;
use serde_json::{Value, json};

use super::super::aside;
use super::super::moment::written;
use super::super::page::{Entry, answer};
use super::super::refusal::Refusal;
use super::call::{Call, local_part};
use crate::office::Office;
use crate::passwords::Change;

/// Diagnoses of one answer.
const MOST: usize = 1000;

/// Both kinds of tasks share their numbers: changes are odd, diagnoses even.
pub(super) fn change_id(change: &Change) -> u64 {
    change.id * 2 + 1
}

pub(super) fn diagnosis_id(task: &Task) -> u64 {
    task.id * 2
}

pub(super) fn task_pop(change: &Change) -> Value {
    json!({
        "id": change.id,
        "action": "changePassword",
        "date": written(change.begun),
        "domain": change.account.domain(),
        "name": local_part(&change.account),
    })
}

pub(super) fn change_task(change: &Change) -> Value {
    json!({
        "id": change_id(change),
        "function": "changePassword",
        "status": change.progress.as_str(),
        "todoDate": written(change.begun),
        "finishDate": change.ended.map(written),
    })
}

pub(super) fn diagnosis_task(task: &Task) -> Value {
    json!({
        "id": diagnosis_id(task),
        "function": "diagnostic",
        "status": task.state.as_str(),
        "todoDate": written(task.created),
        "finishDate": task.finished.map(written),
    })
}

/// `GET …/account/{account}/tasks`
pub(in crate::compatible) async fn tasks(call: Call, headers: HeaderMap) -> Result<Response, Refusal> {
    let account = call.account(Action::SeeDiagnosis)?;
    answer(&headers, all(&call.office, account).await?)
}

/// `GET …/account/{account}/tasks/{id}`
pub(in crate::compatible) async fn task(call: Call) -> Result<Json<Value>, Refusal> {
    let account = call.account(Action::SeeDiagnosis)?;
    let wanted = call.name("id").unwrap_or_default();
    let number = wanted.parse::<u64>().ok();
    let found = all(&call.office, account).await?.into_iter().find(|task| task.id.as_u64() == number);
    found.map(|task| Json(task.object)).ok_or_else(|| Refusal::missing(wanted))
}

async fn all(office: &Arc<Office>, account: AccountName) -> Result<Vec<Entry>, Refusal> {
    let changes = office.passwords.of(&account);
    let patient = Patient::Account(account);
    let diagnoses = aside(office.clone(), move |office| Ok(office.diagnoses.list(Some(&patient), MOST)?)).await?;
    let objects = changes.iter().map(change_task).chain(diagnoses.iter().map(diagnosis_task));
    Ok(objects.map(|object| Entry { id: object.get("id").cloned().unwrap_or_default(), object }).collect())
}
