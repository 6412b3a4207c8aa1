//! Why a message was not scanned. The mail server keeps it, and should come back or go on without.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why there is no verdict; `{"error": …}` with a status, as both kinds of clients expect it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unscanned {
    NoSuchCall,
    NotPosted,
    NoPassword,
    Encoded(String),
    Empty,
    TooLong(usize),
    BrokenOff,
}

impl Unscanned {
    fn said(&self) -> (StatusCode, String) {
        match self {
            Self::NoSuchCall => (StatusCode::NOT_FOUND, "there are POST /checkv2 and POST /api/v1/scan".into()),
            Self::NotPosted => (StatusCode::METHOD_NOT_ALLOWED, "a message is sent with POST".into()),
            Self::NoPassword => (StatusCode::UNAUTHORIZED, "the password is missing or wrong (Password: …)".into()),
            Self::Encoded(how) => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("the message has to come as it is, not by {how}"))
            }
            Self::Empty => (StatusCode::BAD_REQUEST, "there is no message in the request's body".into()),
            Self::TooLong(most) => (StatusCode::PAYLOAD_TOO_LARGE, format!("a message has at most {most} bytes here")),
            Self::BrokenOff => (StatusCode::BAD_REQUEST, "the message broke off".into()),
        }
    }
}

impl IntoResponse for Unscanned {
    fn into_response(self) -> Response {
        let (status, error) = self.said();
        (status, Json(json!({ "error": error }))).into_response()
    }
}
