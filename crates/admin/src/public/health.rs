//! Metrics and health, for machines.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use super::Door;

/// Every metric, as Prometheus scrapes it. Some are read from the store: on a thread where that does no harm.
pub(super) async fn metrics(State(door): State<Door>) -> impl IntoResponse {
    let rendered = tokio::task::spawn_blocking(move || door.state.telemetry.render()).await;
    ([(header::CONTENT_TYPE, telemetry::CONTENT_TYPE)], rendered.unwrap_or_default())
}

/// Whether the process serves: it does when this is answered.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// Whether mail should be sent here, part by part: 200 or 503.
pub(super) async fn ready(State(door): State<Door>) -> impl IntoResponse {
    let report = door.state.readiness.report();
    let status = if report.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(report))
}
