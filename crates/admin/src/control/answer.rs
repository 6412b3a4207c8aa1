//! What every call of the control socket answers with.

use axum::Json;

use super::error::ApiError;

pub(super) type Answer<T> = Result<Json<T>, ApiError>;
