//! Errors in the two styles that clients read: `errorCode` and `class` beside `message`.

use access::AccessError;
use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use diagnostics::DiagnosisError;
use limits::StoreError;
use pipeline::{DeskError, TicketError};
use serde_json::json;

/// Why a call is not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    status: StatusCode,
    class: &'static str,
    code: &'static str,
    message: String,
}

impl Refusal {
    fn new(status: StatusCode, class: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, class, code, message: message.into() }
    }

    /// 403 with one of the codes that clients know.
    pub(super) fn forbidden(code: &'static str, message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Client::Forbidden", code, message)
    }

    /// What an auditor is told who wants to change something.
    pub(super) fn looks_only() -> Self {
        Self::forbidden("FORBIDDEN", "You may look, and change nothing")
    }

    /// A signature that is not right.
    pub(super) fn signature(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Client::BadRequest", "INVALID_SIGNATURE", message)
    }

    /// A token that opens nothing.
    pub(super) fn unauthorized(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Client::Unauthorized", "UNAUTHORIZED", message)
    }

    /// What was asked for can't be meant.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Client::BadRequest", "INVALID_ARGUMENT", message)
    }

    /// There is no such thing, for this caller.
    pub(super) fn missing(what: &str) -> Self {
        let shown: String = what.chars().filter(|c| !c.is_control()).take(200).collect();
        let message = format!("The requested object ({shown}) does not exist");
        Self::new(StatusCode::NOT_FOUND, "Client::NotFound", "NOT_FOUND", message)
    }

    /// The state of things does not allow it.
    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "Client::Conflict", "CONFLICT", message)
    }

    /// What an operator has not set up.
    pub(super) fn unconfigured(message: &str) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "Server::NotImplemented", "NOT_IMPLEMENTED", message)
    }

    /// The call exists, with another method.
    pub(super) fn method() -> Self {
        let message = "This call does not exist with this method";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Client::MethodNotAllowed", "METHOD_NOT_ALLOWED", message)
    }

    /// A body that is too long.
    pub(super) fn too_large() -> Self {
        let message = "The body of the request is too long";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Client::PayloadTooLarge", "PAYLOAD_TOO_LARGE", message)
    }

    fn too_many(message: String) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Client::TooManyRequests", "QUOTA_EXCEEDED", message)
    }

    /// Our own fault; what it was stands in the log.
    pub(super) fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(error = %error, "a call of the compatible API failed");
        let message = "Internal server error";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Server::InternalServerError", "INTERNAL_SERVER_ERROR", message)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({
            "class": self.class,
            "errorCode": self.code,
            "message": self.message,
            "httpCode": self.status.to_string(),
        });
        let mut fields = HeaderMap::new();
        if [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE].contains(&self.status) {
            fields.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            // RFC 9110 15.5.2: a 401 says how to authenticate.
            fields.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        (self.status, fields, Json(body)).into_response()
    }
}

impl From<AccessError> for Refusal {
    fn from(error: AccessError) -> Self {
        match &error {
            AccessError::TooMany => Self::too_many(error.to_string()),
            AccessError::Unfit(sentence) => Self::bad(sentence.clone()),
            AccessError::Invalid | AccessError::Expired => Self::unauthorized(&error.to_string()),
            AccessError::Unknown(what) => Self::missing(what),
            AccessError::NoRandomness | AccessError::KeyFile(_) | AccessError::Store(_) => Self::internal(&error),
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::internal(&error)
    }
}

impl From<DeskError> for Refusal {
    fn from(error: DeskError) -> Self {
        match &error {
            DeskError::Unknown(reference) => Self::missing(reference.as_str()),
            DeskError::Refused(_) | DeskError::Future => Self::conflict(error.to_string()),
            DeskError::Store(_) => Self::internal(&error),
        }
    }
}

impl From<DiagnosisError> for Refusal {
    fn from(error: DiagnosisError) -> Self {
        match &error {
            DiagnosisError::Unknown(id) => Self::missing(&format!("Task with id {id}")),
            DiagnosisError::Store(_) => Self::internal(&error),
            _ => Self::conflict(error.to_string()),
        }
    }
}

impl From<TicketError> for Refusal {
    fn from(error: TicketError) -> Self {
        match error {
            TicketError::Unknown(id) => Self::missing(&format!("Ticket with id {id}")),
            TicketError::Refused(refused) => Self::conflict(refused.to_string()),
            TicketError::Opening(full) => Self::too_many(full.to_string()),
            TicketError::Desk(error) => error.into(),
        }
    }
}
