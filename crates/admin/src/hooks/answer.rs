//! What an inbound hook is answered.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use pipeline::DeskError;
use serde::{Deserialize, Serialize};

/// The body of every answer with status 200.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct HookAnswer {
    /// `released`, `not_released`, `counted` or `known`.
    pub(super) status: String,
    /// What that means, as a sentence.
    pub(super) message: String,
}

impl HookAnswer {
    pub(super) fn new(status: &str, message: impl Into<String>) -> Self {
        Self { status: status.to_owned(), message: message.into() }
    }
}

/// Any other answer: a status, and a sentence for whoever writes the sender.
#[derive(Debug)]
pub(super) struct HookError {
    status: StatusCode,
    sentence: String,
}

impl HookError {
    pub(super) fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self { status, sentence: sentence.into() }
    }

    pub(super) fn unreadable(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, sentence)
    }
}

impl From<DeskError> for HookError {
    fn from(error: DeskError) -> Self {
        let status = match &error {
            DeskError::Future => StatusCode::UNPROCESSABLE_ENTITY,
            DeskError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            DeskError::Unknown(_) | DeskError::Refused(_) => StatusCode::CONFLICT,
        };
        Self::new(status, error.to_string())
    }
}

impl IntoResponse for HookError {
    fn into_response(self) -> Response {
        (self.status, Json(serde_json::json!({ "error": self.sentence }))).into_response()
    }
}
