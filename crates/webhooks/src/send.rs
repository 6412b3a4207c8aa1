//! One event sent to one receiver, and what its answer means.

use std::time::Duration;

use fetch::{Answer, FetchError, Method, StatusCode, header};
use model::Timestamp;

use crate::hook::Hook;

/// So much of an answer's body is read, to say what went wrong.
const MAX_ANSWER: usize = 8 * 1024;
/// So much of it is told.
const MAX_EXCERPT: usize = 200;

/// Why a receiver has not taken an event, as the operator reads it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// There is no answer.
    #[error("{0}")]
    Unanswered(#[from] FetchError),
    /// It has answered with something else than 2xx.
    #[error("it answered {status}{}", said(*status, excerpt))]
    Answered {
        /// The status.
        status: u16,
        /// The beginning of what it said.
        excerpt: String,
        /// How long it wants to be left alone, in seconds.
        wish: Option<u64>,
    },
}

fn said(status: u16, excerpt: &str) -> String {
    match (status, excerpt) {
        (300..400, _) => ": redirects are not followed, put the new address into the configuration".into(),
        (_, "") => String::new(),
        (_, excerpt) => format!(": {excerpt}"),
    }
}

impl SendError {
    /// Whether the receiver as a whole does not work; otherwise it is this event that it does not like.
    pub(crate) fn is_about_the_receiver(&self) -> bool {
        match self {
            Self::Answered { status, .. } => matches!(status, 408 | 429 | 500..),
            _ => true,
        }
    }

    /// How long it wants to be left alone.
    pub(crate) fn wish(&self) -> Option<Duration> {
        match self {
            Self::Answered { wish, .. } => wish.map(Duration::from_secs),
            _ => None,
        }
    }
}

/// Sends one event within `patience`; the status that it was taken with.
pub(crate) async fn send(
    hook: &Hook,
    id: &str,
    body: Vec<u8>,
    now: Timestamp,
    patience: Duration,
) -> Result<u16, SendError> {
    let timestamp = now.as_secs();
    let request = hook
        .peer
        .request(Method::POST, &hook.peer.target().path)
        .header(header::CONTENT_TYPE, "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", hook.secrets.sign(id, timestamp, &body))
        .body(fetch::body(body));
    let request = request.map_err(|error| FetchError::Garbage(error.to_string()))?;
    judged(hook.peer.ask(request, wanted, patience).await?)
}

/// Of what was taken nothing more is wanted.
fn wanted(status: StatusCode) -> usize {
    if status.is_success() { 0 } else { MAX_ANSWER }
}

fn judged(answer: Answer) -> Result<u16, SendError> {
    let status = answer.status;
    if status.is_success() {
        return Ok(status.as_u16());
    }
    let wish = answer.fields.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let wish = wish.filter(|_| matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE));
    Err(SendError::Answered { status: status.as_u16(), excerpt: excerpt(&answer.body), wish })
}

/// The beginning, on one line: it stands in logs and on terminals.
fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let clean = |c: char| if c.is_control() || c == '\u{fffd}' { ' ' } else { c };
    model::names::bounded(&text.chars().take(MAX_ANSWER).map(clean).collect::<String>(), MAX_EXCERPT).trim().to_owned()
}
