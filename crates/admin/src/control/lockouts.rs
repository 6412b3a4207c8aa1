//! Lockouts after failed logins over the control socket.

use std::sync::Arc;

use access::Action;
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use limits::Lockout;

use super::answer::Answer;
use super::caller::Caller;
use super::error::ApiError;
use super::types::{ClearLockout, LockoutList};
use crate::state::AdminState;

pub(super) async fn list(State(state): State<Arc<AdminState>>) -> Json<LockoutList> {
    Json(LockoutList { lockouts: state.logins.all() })
}

pub(super) async fn clear(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    body: Result<Json<ClearLockout>, JsonRejection>,
) -> Answer<Lockout> {
    let Json(ClearLockout { subject, by }) = body?;
    let by = &caller.name(&by)?;
    state.note(by, Action::ChangeSite, format!("lockout of {subject}"), "lift").await?;
    let unknown = || ApiError::new(StatusCode::NOT_FOUND, format!("{subject} is not locked out"));
    let lock = state.logins.clear(&subject, by).await.ok_or_else(unknown)?;
    tracing::warn!(kind = subject.kind().as_str(), subject = subject.name(), by, "a lockout was lifted by hand");
    Ok(Json(lock))
}
