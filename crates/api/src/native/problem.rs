//! What went wrong, as RFC 9457 describes it: a status, a title, a sentence for whoever asked.

use access::AccessError;
use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use limits::StoreError;
use pipeline::{DeskError, Misasked, TicketError};

use super::schema::wire;

wire! {
    /// What went wrong (RFC 9457).
    ProblemDetails {
        /// Always "about:blank": the title is the status's.
        r#type: String,
        /// The status in words.
        title: String,
        /// The HTTP status.
        status: u32,
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
    }
}

/// A failure on its way out.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    detail: String,
    errors: Vec<FieldError>,
}

impl Problem {
    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), errors: Vec::new() }
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

    pub(super) fn cut_off() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the call was cut off")
    }

    pub(super) fn field(field: &str, detail: &str) -> Self {
        let errors = vec![FieldError { field: field.to_owned(), detail: detail.to_owned() }];
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, format!("{field}: {detail}")) }
    }

    /// The same sentence whether there is none or it is somebody else's.
    pub(super) fn about_block(self, reference: &str) -> Self {
        let shown: String = reference.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
        let hidden = self.status == StatusCode::NOT_FOUND;
        if hidden { Self { detail: format!("there is no block {shown}"), ..self } } else { self }
    }

    pub(super) fn about_ticket(self, id: u64) -> Self {
        let hidden = self.status == StatusCode::NOT_FOUND;
        if hidden { Self { detail: format!("there is no ticket {id}"), ..self } } else { self }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let details = ProblemDetails {
            r#type: "about:blank".to_owned(),
            title: self.status.canonical_reason().unwrap_or_default().to_owned(),
            status: u32::from(self.status.as_u16()),
            detail: self.detail,
            errors: self.errors,
        };
        let mut response = (self.status, Json(details)).into_response();
        let media = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, media);
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        let status = match &error {
            DeskError::Unknown(_) => StatusCode::NOT_FOUND,
            DeskError::Refused(_) | DeskError::Future => StatusCode::CONFLICT,
            DeskError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}

impl From<TicketError> for Problem {
    fn from(error: TicketError) -> Self {
        match error {
            TicketError::Unknown(_) => Self::new(StatusCode::NOT_FOUND, error.to_string()),
            TicketError::Refused(_) => Self::new(StatusCode::CONFLICT, error.to_string()),
            TicketError::Desk(error) => error.into(),
        }
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        let status = match &error {
            AccessError::Invalid | AccessError::Expired => StatusCode::UNAUTHORIZED,
            AccessError::TooMany => StatusCode::TOO_MANY_REQUESTS,
            AccessError::Unfit(_) => StatusCode::UNPROCESSABLE_ENTITY,
            AccessError::Unknown(_) => StatusCode::NOT_FOUND,
            AccessError::NoRandomness | AccessError::KeyFile(_) | AccessError::Store(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        };
        Self::new(status, error.to_string())
    }
}

impl From<Misasked> for Problem {
    fn from(error: Misasked) -> Self {
        let detail = error.to_string();
        let told = |(field, detail): (&'static str, String)| FieldError { field: field.to_owned(), detail };
        let errors = error.0.into_iter().map(told).collect();
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail) }
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Self::new(rejection.status(), rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(rejection.status(), rejection.body_text())
    }
}
