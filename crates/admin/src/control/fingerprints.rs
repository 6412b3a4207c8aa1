//! Confirmed messages over the control socket.

use std::sync::Arc;

use access::Action;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::circumstances::Confirmation;
use pipeline::{ConfirmedPrint, FingerprintError, Prints};

use super::answer::Answer;
use super::caller::Caller;
use super::error::ApiError;
use super::types::{Confirm, ConfirmedList, ConfirmedMessage, Unconfirm};
use crate::state::AdminState;

pub(super) async fn list(State(state): State<Arc<AdminState>>) -> Json<ConfirmedList> {
    let confirmed = state.fingerprints.all();
    Json(ConfirmedList { confirmed: confirmed.iter().map(ConfirmedMessage::from).collect() })
}

pub(super) async fn confirm(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    body: Result<Json<Confirm>, JsonRejection>,
) -> Answer<ConfirmedMessage> {
    let Json(Confirm { word, prints, by }) = body?;
    let by = &caller.name(&by)?;
    let wrong = |sentence: &str| ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, sentence);
    let word = Confirmation::from_word(&word).ok_or_else(|| wrong("word: expected \"spam\" or \"ham\""))?;
    let prints = Prints::from_hex(&prints).ok_or_else(|| wrong("prints: expected fingerprints in hexadecimal"))?;
    state.note(by, Action::Teach, "fingerprint".into(), word.as_str()).await?;
    let confirmed = state.fingerprints.confirm(prints, word, by).await?;
    tracing::warn!(id = confirmed.id, word = word.as_str(), by, "a message was confirmed");
    Ok(Json(ConfirmedMessage::from(&confirmed)))
}

pub(super) async fn forget(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Result<Json<Unconfirm>, JsonRejection>,
) -> Answer<ConfirmedMessage> {
    let Json(Unconfirm { by }) = body?;
    let by = &caller.name(&by)?;
    let shown: String = id.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    state.note(by, Action::Teach, format!("fingerprint {shown}"), "forget").await?;
    let forgotten = state.fingerprints.forget(&shown).await?;
    tracing::warn!(id = forgotten.id, by, "a confirmed message was forgotten");
    Ok(Json(ConfirmedMessage::from(&forgotten)))
}

impl From<&ConfirmedPrint> for ConfirmedMessage {
    fn from(confirmed: &ConfirmedPrint) -> Self {
        Self {
            id: confirmed.id.clone(),
            word: confirmed.word.as_str().into(),
            at: confirmed.at,
            by: confirmed.by.clone(),
        }
    }
}

impl From<FingerprintError> for ApiError {
    fn from(error: FingerprintError) -> Self {
        let status = match &error {
            FingerprintError::Unknown(_) => StatusCode::NOT_FOUND,
            FingerprintError::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            FingerprintError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}
