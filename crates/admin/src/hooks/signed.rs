//! The signature of an inbound hook (Standard Webhooks, as for what we send ourselves): who it is from, and that it is no repetition.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};
use model::{Clock, Timestamp};
use webhooks::Secrets;

use super::answer::HookError;
use super::seen::TOLERANCE;

/// An id is no longer than this, in bytes.
const MAX_ID: usize = 128;

/// The id of a request that was signed with one of our secrets, just now.
///
/// # Errors
/// 401 with a sentence for whoever writes the sender; what is wrong with the signature itself isn't told.
pub(super) fn id(
    headers: &HeaderMap,
    body: &[u8],
    secrets: &Secrets,
    clock: &Arc<dyn Clock>,
) -> Result<String, HookError> {
    let id = field(headers, "webhook-id")?;
    let timestamp = field(headers, "webhook-timestamp")?;
    let signatures = field(headers, "webhook-signature")?;
    let seconds: i64 = timestamp.parse().map_err(|_| no("webhook-timestamp: expected seconds since 1970"))?;
    if id.is_empty() || id.len() > MAX_ID {
        return Err(no("webhook-id: expected 1 to 128 characters"));
    }
    let (at, now) = (Timestamp::from_secs(seconds.clamp(0, i64::MAX / 1000)), clock.now());
    if now.since(at).max(at.since(now)) > TOLERANCE {
        return Err(no(
            "webhook-timestamp: more than 5 minutes from our time: is a clock wrong, or is this a repetition?",
        ));
    }
    if !secrets.verify(id, seconds, body, signatures) {
        return Err(no("webhook-signature: none of the signatures fits"));
    }
    Ok(id.to_owned())
}

fn field<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, HookError> {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.ok_or_else(|| no(&format!("the header field {name} is missing")))
}

fn no(sentence: &str) -> HookError {
    HookError::new(StatusCode::UNAUTHORIZED, sentence)
}
