//! Failures as the control API answers them.

use access::AccessError;
use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use diagnostics::DiagnosisError;
use pipeline::{ByHandError, DeskError, LessonError, TicketError};

use super::types::ErrorBody;

/// A status and a sentence.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    sentence: String,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self { status, sentence: sentence.into() }
    }

    pub(super) fn unknown(reference: &str) -> Self {
        let shown: String = reference.chars().filter(|c| !c.is_control()).take(64).collect();
        Self::new(StatusCode::NOT_FOUND, format!("there is no block {shown}"))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(ErrorBody { error: self.sentence })).into_response()
    }
}

impl From<DeskError> for ApiError {
    fn from(error: DeskError) -> Self {
        let status = match &error {
            DeskError::Unknown(_) => StatusCode::NOT_FOUND,
            DeskError::Refused(_) | DeskError::Future => StatusCode::CONFLICT,
            DeskError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}

impl From<ByHandError> for ApiError {
    fn from(error: ByHandError) -> Self {
        let status = match &error {
            ByHandError::Length | ByHandError::Reason => StatusCode::UNPROCESSABLE_ENTITY,
            ByHandError::Refused(_) => StatusCode::CONFLICT,
            ByHandError::CutOff => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}

impl From<TicketError> for ApiError {
    fn from(error: TicketError) -> Self {
        match error {
            TicketError::Unknown(_) => Self::new(StatusCode::NOT_FOUND, error.to_string()),
            TicketError::Refused(_) | TicketError::Opening(_) => Self::new(StatusCode::CONFLICT, error.to_string()),
            TicketError::Desk(error) => error.into(),
        }
    }
}

impl From<AccessError> for ApiError {
    fn from(error: AccessError) -> Self {
        let status = match &error {
            AccessError::Unknown(_) => StatusCode::NOT_FOUND,
            AccessError::Unfit(_) => StatusCode::UNPROCESSABLE_ENTITY,
            AccessError::Invalid | AccessError::Expired | AccessError::TooMany => StatusCode::FORBIDDEN,
            AccessError::NoRandomness | AccessError::KeyFile(_) | AccessError::Store(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        };
        Self::new(status, error.to_string())
    }
}

impl From<DiagnosisError> for ApiError {
    fn from(error: DiagnosisError) -> Self {
        let status = match &error {
            DiagnosisError::Unknown(_) => StatusCode::NOT_FOUND,
            DiagnosisError::Over(_) | DiagnosisError::Running(_) => StatusCode::CONFLICT,
            DiagnosisError::Busy(_) => StatusCode::TOO_MANY_REQUESTS,
            DiagnosisError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}

impl From<LessonError> for ApiError {
    fn from(error: LessonError) -> Self {
        let status = match &error {
            LessonError::Correction(_) => StatusCode::UNPROCESSABLE_ENTITY,
            LessonError::Disk { .. } => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        Self::new(rejection.status(), rejection.body_text())
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(rejection.status(), rejection.body_text())
    }
}
