//! The provider API that existing clients speak, under /1.0, /v1 and without prefix.

use std::sync::Arc;

use access::Gate;
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};

/// Everything under its three prefixes.
pub fn router(gate: Arc<Gate>) -> Router {
    let calls = Router::new().route("/auth/time", get(time)).with_state(gate);
    Router::new().nest("/1.0", calls.clone()).nest("/v1", calls.clone()).merge(calls)
}

/// `GET /auth/time`: seconds since 1970, a bare number.
async fn time(State(gate): State<Arc<Gate>>) -> Json<i64> {
    Json(gate.now().as_secs())
}
