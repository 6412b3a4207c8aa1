//! Why a page is not shown. A handler returns a fault; the page that tells of it is made where the visitor is known.

use std::time::Duration;

use access::{AccessError, LinkError};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use customers::registry::RegistryError;
use pipeline::{DeskError, ReportError, TicketError};
use webhooks::WebhookError;

/// Why a page is not shown.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// There is no such thing, or not for him.
    Missing,
    /// He may look and not change.
    Forbidden,
    /// Nobody is logged in; then he may come back here.
    Login,
    /// The link is too old, or was revoked.
    Link,
    /// What was sent is too large.
    Large,
    /// The form's token does not fit, or the form is none of ours.
    Form,
    /// He has not said that the cause is stopped.
    Unsure,
    /// Too many wrong attempts.
    Slow(Duration),
    /// The method is none of this page.
    Method,
    /// What was asked for is refused, for this reason.
    Refused(String),
    /// The same, in words that are known in every language: their key, and what fills them.
    Told(&'static str, Vec<(&'static str, String)>),
    /// A filter that there is none of; the known ones.
    Choice { word: String, known: String },
    /// Something of ours does not work.
    Failed(String),
}

impl Fault {
    /// The status of the answer.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Missing => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::Form => StatusCode::FORBIDDEN,
            Self::Login => StatusCode::SEE_OTHER,
            Self::Unsure | Self::Choice { .. } => StatusCode::BAD_REQUEST,
            Self::Link => StatusCode::GONE,
            Self::Large => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Slow(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Refused(_) | Self::Told(..) => StatusCode::CONFLICT,
            Self::Failed(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Its words are those of `error.WORD`.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Missing | Self::Login => "missing",
            Self::Forbidden => "forbidden",
            Self::Link => "link",
            Self::Large => "large",
            Self::Form => "form",
            Self::Unsure => "unsure",
            Self::Slow(_) => "slow",
            Self::Method => "method",
            Self::Refused(_) | Self::Told(..) | Self::Choice { .. } => "refused",
            Self::Failed(_) => "failed",
        }
    }
}

/// The answer carries the fault to [`super::visit::enter`], which writes the page.
impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<DeskError> for Fault {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::Unknown(_) => Self::Missing,
            DeskError::Store(error) => Self::Failed(error.to_string()),
            DeskError::Refused(refused) => refused.into(),
            refused @ DeskError::Future => Self::Refused(refused.to_string()),
        }
    }
}

impl From<TicketError> for Fault {
    fn from(error: TicketError) -> Self {
        match error {
            TicketError::Unknown(_) => Self::Missing,
            TicketError::Desk(error) => error.into(),
            TicketError::Refused(refused) => refused.into(),
            TicketError::Opening(refused) => refused.into(),
        }
    }
}

impl From<ReportError> for Fault {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Unknown(_) => Self::Missing,
            ReportError::Store(error) => error.into(),
            refused => untaken(&refused).unwrap_or_else(|| Self::Refused(refused.to_string())),
        }
    }
}

/// Why a customer's report was not taken, in his own language.
fn untaken(error: &ReportError) -> Option<Fault> {
    let told = |key, gaps: &[(&'static str, &dyn ToString)]| {
        Some(Fault::Told(key, gaps.iter().map(|(gap, value)| (*gap, value.to_string())).collect()))
    };
    match error {
        ReportError::Empty => told("untaken.empty", &[]),
        ReportError::TooLarge { size, max } => told("untaken.large", &[("size", size), ("max", max)]),
        ReportError::Mbox => told("untaken.mbox", &[]),
        ReportError::Wrapper => told("untaken.wrapper", &[]),
        ReportError::Missing(fields) => told("untaken.header", &[("fields", &fields.join(", "))]),
        ReportError::Altered(fields) => told("untaken.altered", &[("fields", &fields.join(", "))]),
        ReportError::OtherSubject(_) | ReportError::NotAmong(_) | ReportError::NeverBlocked(..) => {
            told("untaken.other", &[])
        }
        ReportError::BelowSpam { score, spam, .. } => told("untaken.below", &[("score", score), ("spam", spam)]),
        ReportError::Before(_) => told("untaken.before", &[]),
        ReportError::Full(_) => told("untaken.full", &[]),
        ReportError::Unscored => told("untaken.unscored", &[]),
        _ => None,
    }
}

impl From<RegistryError> for Fault {
    fn from(error: RegistryError) -> Self {
        match error {
            RegistryError::Unknown(_) => Self::Missing,
            RegistryError::Store(error) => error.into(),
            refused => Self::Refused(refused.to_string()),
        }
    }
}

impl From<WebhookError> for Fault {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::Store(error) => error.into(),
            WebhookError::UnknownHook(_) | WebhookError::UnknownEvent { .. } => Self::Missing,
        }
    }
}

impl From<limits::StoreError> for Fault {
    fn from(error: limits::StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<LinkError> for Fault {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Forged => Self::Missing,
            LinkError::Expired | LinkError::Revoked => Self::Link,
        }
    }
}

impl From<AccessError> for Fault {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::TooMany => Self::Slow(Duration::from_secs(60)),
            AccessError::Invalid | AccessError::Expired => Self::Login,
            AccessError::Unknown(_) => Self::Missing,
            AccessError::Unfit(sentence) => Self::Refused(sentence),
            other => Self::Failed(other.to_string()),
        }
    }
}

pub(super) async fn missing() -> Fault {
    Fault::Missing
}

pub(super) async fn wrong_method() -> Fault {
    Fault::Method
}
