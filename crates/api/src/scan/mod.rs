//! HTTP scan: a message judged and counted for mail servers that have no milter. Two calls are spoken: `/checkv2`, as clients of
//! Rspamd send it, and `/api/v1/scan`, as clients of the commercial engine do that this one shares its scale with.
//!
//! Security: whoever may call is believed, as a mail server is at the milter: he names the login and the address that are
//! charged. So it listens nowhere by default, and beyond this host only with a password.

mod answer;
mod body;
mod checkv2;
mod engine;
mod refusal;
mod settings;
mod words;

use std::sync::Arc;
use std::time::Duration;

use access::same;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use model::{Submission, Verdict};
use pipeline::Judges;
use scoring::ScoreSettings;
use tokio::time::Instant;

pub use settings::ScanSettings;

use refusal::Unscanned;

/// What the calls need: whom to ask, and whom to believe.
pub struct ScanDoor {
    judges: Arc<Judges>,
    score: Box<dyn Fn() -> ScoreSettings + Send + Sync>,
    password: Option<String>,
    max_size: usize,
}

impl ScanDoor {
    /// A door to these judges; `score` tells the thresholds in force, which answers name.
    ///
    /// # Errors
    /// A sentence, when the password's file can't be used.
    pub fn new(
        settings: &ScanSettings,
        judges: Arc<Judges>,
        score: impl Fn() -> ScoreSettings + Send + Sync + 'static,
    ) -> Result<Self, String> {
        let (password, max_size) = (settings.password()?, settings.max_size.bytes());
        Ok(Self { judges, score: Box::new(score), password, max_size })
    }

    /// The password came, as `Password: …` or as a bearer token, or none is needed.
    fn believes(&self, fields: &HeaderMap) -> bool {
        let Some(password) = &self.password else { return true };
        let bearer = |value: &HeaderValue| value.to_str().ok()?.strip_prefix("Bearer ").map(str::to_owned);
        let given = fields.get("password").and_then(|value| value.to_str().ok().map(str::to_owned));
        let given = given.or_else(|| fields.get(header::AUTHORIZATION).and_then(bearer));
        given.is_some_and(|given| same(&given, password))
    }
}

/// The routes.
pub fn router(door: Arc<ScanDoor>) -> Router {
    Router::new()
        .route("/checkv2", post(check))
        .route("/api/v1/scan", post(scan))
        .route("/ping", get(|| async { "pong\r\n" }))
        .fallback(|| async { Unscanned::NoSuchCall })
        .method_not_allowed_fallback(|| async { Unscanned::NotPosted })
        .layer(DefaultBodyLimit::disable())
        .with_state(door)
}

async fn check(State(door): State<Arc<ScanDoor>>, request: Request) -> Result<Response, Unscanned> {
    let (submission, verdict, took) = judged(&door, request, checkv2::submission).await?;
    Ok(Json(checkv2::answer(&submission, &verdict, &(door.score)(), took)).into_response())
}

async fn scan(State(door): State<Arc<ScanDoor>>, request: Request) -> Result<Response, Unscanned> {
    let (submission, verdict, took) = judged(&door, request, engine::submission).await?;
    Ok(Json(engine::answer(&submission, &verdict, &(door.score)(), took)).into_response())
}

/// The envelope, the verdict, and how long it took.
async fn judged(
    door: &ScanDoor,
    request: Request,
    read: fn(&HeaderMap) -> Submission,
) -> Result<(Submission, Verdict, Duration), Unscanned> {
    let (head, body) = request.into_parts();
    if !door.believes(&head.headers) {
        return Err(Unscanned::NoPassword);
    }
    body::is_plain(&head.headers)?;
    let (started, judge) = (Instant::now(), door.judges.current());
    let envelope = read(&head.headers);
    let message = body::message(body, judge.analysed_bytes(), door.max_size).await?;
    let verdict = judge.judge(Submission { message, ..envelope.clone() }).await;
    Ok((envelope, verdict, started.elapsed()))
}
