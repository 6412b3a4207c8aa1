//! What the control socket answers.

use std::sync::Arc;

use ::access::Action;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use pipeline::Correction;
use tokio::net::UnixListener;

use super::answer::Answer;
use super::caller::Caller;
use super::error::ApiError;
use super::reference;
use super::types::{BlockList, BlockQuery, CaseFile, Lesson, Lessons, Status, Unblock, Unblocked};
use super::{
    access, customers, diagnoses, fingerprints, letters, lockouts, reports, search, standing, tickets, webhooks,
};
use crate::server::Server;
use crate::settings::AdminSettings;
use crate::state::AdminState;

/// A request's body holds a name.
const MAX_BODY: usize = 4096;
/// A message has at most some thousand pairs of words, of five digits each.
const MAX_LESSON: usize = 64 << 10;
/// As many names as a list has rows, each as long as a login may be.
const MAX_OWNED: usize = 8 << 20;

/// Serves on the control socket until `drain` resolves, then lets requests in progress end.
pub async fn serve_control(
    settings: &AdminSettings,
    listener: UnixListener,
    state: Arc<AdminState>,
    drain: impl Future<Output = ()>,
) {
    Server::new(router(state), settings).run(vec![listener], drain).await;
}

fn router(state: Arc<AdminState>) -> Router {
    Router::new()
        .route("/control/status", get(status))
        .route("/control/blocks", get(blocks).post(standing::block))
        .route("/control/blocks/{reference}", get(case_file))
        .route("/control/blocks/{reference}/unblock", post(unblock))
        .route("/control/standing", post(standing::show))
        .route("/control/fingerprints", get(fingerprints::list).post(fingerprints::confirm))
        .route("/control/fingerprints/{id}/forget", post(fingerprints::forget))
        .route("/control/lessons", post(learn).delete(forget).layer(DefaultBodyLimit::max(MAX_LESSON)))
        .route("/control/letters/{letter}/send", post(letters::send))
        .route("/control/letters/{letter}/give-up", post(letters::give_up))
        .route("/control/lockouts", get(lockouts::list))
        .route("/control/lockouts/clear", post(lockouts::clear))
        .route("/control/search/blocks", post(search::blocks))
        .route("/control/search/evidence", post(search::evidence))
        .route("/control/search/owners", post(search::owners).layer(DefaultBodyLimit::max(MAX_OWNED)))
        .route("/control/tickets", get(tickets::list).post(tickets::open).layer(DefaultBodyLimit::max(MAX_LESSON)))
        .route("/control/reply-key", post(tickets::rotate_key))
        .route("/control/tickets/{id}", get(tickets::show))
        .route("/control/tickets/{id}/{step}", post(tickets::step).layer(DefaultBodyLimit::max(MAX_LESSON)))
        .route("/control/accounts/password-changed", post(tickets::password_changed))
        .route("/control/webhooks", get(webhooks::list))
        .route("/control/webhooks/{hook}/test", post(webhooks::test))
        .route("/control/webhooks/{hook}/events", delete(webhooks::drop_dead))
        .route("/control/webhooks/{hook}/events/replay", post(webhooks::replay_dead))
        .route("/control/webhooks/{hook}/events/{id}", get(webhooks::show).delete(webhooks::drop_one))
        .route("/control/webhooks/{hook}/events/{id}/replay", post(webhooks::replay_one))
        .merge(access::router())
        .merge(customers::router())
        .route("/control/diagnoses", get(diagnoses::list).post(diagnoses::start))
        .route("/control/diagnoses/{id}", get(diagnoses::show))
        .route("/control/diagnoses/{id}/cancel", post(diagnoses::cancel))
        .route("/control/diagnoses/{id}/ticket", post(tickets::diagnosed))
        .route(
            "/control/reports",
            get(reports::list).post(reports::add).layer(DefaultBodyLimit::max(reports::MAX_MESSAGE)),
        )
        .route("/control/reports/{id}", get(reports::show))
        .route("/control/reports/{id}/message", get(reports::message))
        .route("/control/reports/{id}/decide", post(reports::decide).layer(DefaultBodyLimit::max(MAX_LESSON)))
        .route("/control/reports/{id}/drop", post(reports::drop_one))
        .route("/control/exemptions", get(reports::exemptions).post(reports::exempt))
        .route("/control/exemptions/{id}/remove", post(reports::remove))
        .fallback(no_such_call)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(state)
}

async fn status(State(state): State<Arc<AdminState>>) -> Json<Status> {
    let site = state.site();
    Json(Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        node: site.node.clone(),
        monitor: site.monitor,
        started: state.started,
        now: state.clock.now(),
        readiness: state.readiness.report(),
    })
}

async fn blocks(
    State(state): State<Arc<AdminState>>,
    query: Result<Query<BlockQuery>, QueryRejection>,
) -> Answer<BlockList> {
    let Query(query) = query?;
    if !(1..=BlockQuery::MAX).contains(&query.limit) {
        let sentence = format!("limit: expected 1 to {}, found {}", BlockQuery::MAX, query.limit);
        return Err(ApiError::new(StatusCode::BAD_REQUEST, sentence));
    }
    let blocks = state.blocks(query.active, query.limit).await?;
    Ok(Json(BlockList { blocks }))
}

async fn case_file(State(state): State<Arc<AdminState>>, caller: Caller, Path(text): Path<String>) -> Answer<CaseFile> {
    let reference = reference(&text).ok_or_else(|| ApiError::unknown(&text))?;
    state.note(caller.user(), Action::SeeEvidence, format!("block {reference}"), "").await?;
    let pipeline::CaseFile { block, evidence } = state.case_file(reference).await?;
    Ok(Json(CaseFile { block, evidence }))
}

async fn unblock(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    Path(text): Path<String>,
    body: Result<Json<Unblock>, JsonRejection>,
) -> Answer<Unblocked> {
    let Json(Unblock { by }) = body?;
    let by = &caller.name(&by)?;
    let reference = reference(&text).ok_or_else(|| ApiError::unknown(&text))?;
    state.note(by, Action::Release, format!("block {reference}"), "").await?;
    let block = state.release(reference).await?;
    tracing::warn!(block = block.reference.as_str(), by, "a block was released by hand");
    Ok(Json(Unblocked { block }))
}

async fn learn(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    body: Result<Json<Lesson>, JsonRejection>,
) -> Answer<Lessons> {
    let Json(Lesson { is_spam, pairs }) = body?;
    let word = if is_spam { "spam" } else { "ham" };
    state.note(caller.user(), Action::Teach, "classifier".into(), word).await?;
    let (spam, ham) = state.learn(Correction { is_spam, pairs }).await?;
    tracing::warn!(spam, ham, "a correction was learned: a message is {}", if is_spam { "spam" } else { "not spam" });
    Ok(Json(Lessons { spam, ham }))
}

async fn forget(State(state): State<Arc<AdminState>>, caller: Caller) -> Answer<Lessons> {
    state.note(caller.user(), Action::Teach, "classifier".into(), "forget").await?;
    let (spam, ham) = state.forget_lessons().await?;
    tracing::warn!("all corrections were forgotten");
    Ok(Json(Lessons { spam, ham }))
}

async fn no_such_call() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "there is no such call")
}

async fn wrong_method() -> ApiError {
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "this call wants another method")
}
