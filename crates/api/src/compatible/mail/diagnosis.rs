//! What is wrong with an account.

use access::Action;
use axum::Json;
use axum::body::Bytes;
use customers::Kind;
use diagnostics::{Check, Outcome, Password, Patient, Task};
use serde_json::{Value, json};

use super::super::aside;
use super::super::moment::written;
use super::super::refusal::Refusal;
use super::call::Call;
use super::passwords::sent;
use super::tasks::diagnosis_task;

/// `POST …/account/{account}/diagnostic(s)`; the password that a client sends is tried once and kept nowhere.
pub(in crate::compatible) async fn diagnose(call: Call, body: Bytes) -> Result<Json<Value>, Refusal> {
    let account = call.account(Action::Diagnose)?;
    let password = sent::<Password>(&body)?.password;
    let actor = call.caller.actor;
    let begun = aside(call.office, move |office| {
        office.gate.note(&actor, Action::Diagnose, &format!("account {account}"), "")?;
        Ok(office.diagnoses.start(Patient::Account(account), password, &actor.name)?)
    });
    Ok(Json(diagnosis_task(&begun.await?)))
}

/// `GET …/account/{account}/diagnostic(s)`: what the latest one has found.
pub(in crate::compatible) async fn diagnosis(call: Call) -> Result<Json<Value>, Refusal> {
    let (account, kind) = (call.account(Action::SeeDiagnosis)?, call.kind());
    let patient = Patient::Account(account);
    let found = aside(call.office, move |office| Ok(office.diagnoses.list(Some(&patient), 1)?)).await?;
    found.first().map(|task| Json(shown(task, kind))).ok_or_else(|| Refusal::missing("diagnostic"))
}

fn shown(task: &Task, kind: Kind) -> Value {
    let summary = task.summary();
    let connective = if kind == Kind::Exchange { "connectiveOWA" } else { "connectiveWebmail" };
    json!({
        "canReceiveEmail": summary.can_receive_email,
        "canSendEmail": summary.can_send_email,
        "isLocked": summary.is_locked,
        "isMxValid": summary.is_mx_valid,
        "isSpammer": summary.is_spammer,
        "isSrvValid": summary.is_srv_valid,
        "isSuspended": summary.is_suspended,
        "lastCheck": summary.last_check.map(written),
        connective: lets_in(task),
    })
}

/// Whether the password that was sent lets in, as far as that was tried.
fn lets_in(task: &Task) -> Option<bool> {
    let login = task.findings.iter().find(|finding| finding.check == Check::Authentication)?;
    match login.outcome {
        Outcome::Pass | Outcome::Warn => Some(true),
        Outcome::Fail => Some(false),
        Outcome::Unknown => None,
    }
}
