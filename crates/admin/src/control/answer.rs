//! What every call of the control socket answers with, and what it asks of the person who calls.

use axum::Json;
use axum::http::StatusCode;

use super::error::ApiError;

/// The longest name, in characters.
const MAX_NAME: usize = 64;

pub(super) type Answer<T> = Result<Json<T>, ApiError>;

/// The name that stands in the log.
pub(super) fn name(by: &str) -> Result<&str, ApiError> {
    let by = by.trim();
    let fits = !by.is_empty() && by.chars().count() <= MAX_NAME && !by.chars().any(char::is_control);
    let sentence = format!("by: expected a name of 1 to {MAX_NAME} characters");
    fits.then_some(by).ok_or_else(|| ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, sentence))
}
