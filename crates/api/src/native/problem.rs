//! What went wrong, as RFC 9457 describes it: a status, a title, a sentence for whoever asked.

use std::fmt::Display;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::schema::wire;
use super::types::Bounded;

wire! {
    /// What went wrong (RFC 9457).
    ProblemDetails {
        /// Always "about:blank": the title is the status's.
        r#type: String,
        /// The status in words.
        title: String,
        /// The HTTP status.
        status: Bounded<400, 599>,
        /// A sentence for whoever asked.
        detail: String,
        /// What is wrong with which field, every mistake.
        errors: Vec<FieldError>,
    }
    /// A mistake in a request.
    FieldError {
        /// The parameter or field.
        field: String,
        /// What was expected.
        detail: String,
        /// The line of the body, from 1; null where a body has no lines, or it is about none.
        line: Option<u64>,
    }
}

/// Mistakes that the sentence for whoever asked names.
const TOLD: usize = 10;

/// A failure on its way out.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    detail: String,
    errors: Vec<FieldError>,
    /// After so many seconds it may be asked again.
    retry_after: u32,
}

impl FieldError {
    /// What is wrong with a field, in a sentence.
    pub(super) fn of(field: &str, detail: impl Into<String>) -> Self {
        Self { field: field.to_owned(), detail: detail.into(), line: None }
    }
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), errors: Vec::new(), retry_after: 60 }
    }

    /// Too much was asked for: not before so many seconds.
    pub(super) fn too_many(detail: impl Into<String>, retry_after: u32) -> Self {
        Self { retry_after, ..Self::new(StatusCode::TOO_MANY_REQUESTS, detail) }
    }

    /// With every mistake.
    pub(super) fn with(self, errors: Vec<FieldError>) -> Self {
        Self { errors, ..self }
    }

    /// There is none, in these words.
    pub(super) fn missing(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// It is not in a state that allows this.
    pub(super) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// Something of ours does not work.
    pub(super) fn broken(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }

    /// There is nothing of that name, or nothing that he may see.
    pub(super) fn nothing() -> Self {
        Self::new(StatusCode::NOT_FOUND, "there is no such thing")
    }

    pub(super) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "this key may look, and change nothing")
    }

    pub(super) fn wrong_method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "this call wants another method")
    }

    pub(super) fn no_credentials() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "a key is needed: Authorization: Bearer prk_…")
    }

    pub(super) fn wrong_media(wanted: &str) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("expected a body with Content-Type: {wanted}"))
    }

    pub(super) fn too_large(most: usize) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, format!("at most {most} bytes are read"))
    }

    pub(super) fn key_reused() -> Self {
        Self::conflict("this idempotency key was used for another call: each call has its own")
    }

    pub(super) fn cut_off() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the call was cut off")
    }

    /// What the schema allows and can't be used all the same: a field that is given twice.
    pub(super) fn unread(what: &str) -> Self {
        Self::field(what, "expected what the document says, each name once")
    }

    /// Every mistake of a request.
    pub(super) fn mistakes(errors: Vec<FieldError>) -> Self {
        let told = errors.iter().take(TOLD).map(|FieldError { field, detail, .. }| format!("{field}: {detail}"));
        let more = errors.len() > TOLD;
        let told = told.chain(more.then(|| "and so on, see errors".to_owned())).collect::<Vec<_>>().join("; ");
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, told).with(errors)
    }

    pub(super) fn field(field: &str, detail: &str) -> Self {
        Self::mistakes(vec![FieldError::of(field, detail)])
    }

    /// The same sentence whether there is none or it is somebody else's.
    pub(super) fn about(self, noun: &str, name: impl Display) -> Self {
        let hidden = self.status == StatusCode::NOT_FOUND;
        if hidden { Self { detail: format!("there is no {noun} {}", shown(&name.to_string())), ..self } } else { self }
    }
}

impl Problem {
    /// As it goes over the wire.
    pub(super) fn details(self) -> ProblemDetails {
        ProblemDetails {
            r#type: "about:blank".to_owned(),
            title: self.status.canonical_reason().unwrap_or_default().to_owned(),
            status: Bounded(u64::from(self.status.as_u16())),
            detail: self.detail,
            errors: self.errors,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, retry_after) = (self.status, self.retry_after);
        let mut response = (status, Json(self.details())).into_response();
        let media = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, media);
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE].contains(&status) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
        }
        response
    }
}

/// A name as it may stand in a sentence.
pub(super) fn shown(name: &str) -> String {
    name.chars().filter(|letter| letter.is_ascii_alphanumeric() || "@._-:/".contains(*letter)).take(64).collect()
}
