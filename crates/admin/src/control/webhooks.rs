//! Webhooks over the control socket.

use std::sync::Arc;

use access::Action;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use limits::{Delivery, DeliveryPlace, DeliveryState};
use serde::{Deserialize, Serialize};
use webhooks::{WebhookError, Webhooks};

use super::answer::Answer;
use super::caller::Caller;
use super::error::ApiError;
use crate::state::{AdminState, aside};

/// `GET /control/webhooks`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventList {
    /// The events, latest first.
    pub events: Vec<Delivery>,
}

/// The query of `GET /control/webhooks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventQuery {
    /// Of one webhook, or all.
    pub hook: Option<String>,
    /// "waiting", "dead" or "delivered", or all.
    pub state: Option<String>,
    /// Behind this place; from the first on otherwise.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

/// An event for one receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventView {
    /// The event, and where it stands.
    pub delivery: Delivery,
    /// The body, as JSON; empty in lists.
    pub body: String,
}

/// How many events a call was about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventCount {
    /// So many.
    pub events: u64,
}

/// What came of trying a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestView {
    /// The id that was sent.
    pub id: String,
    /// The status it was taken with.
    pub status: Option<u16>,
    /// Why it was not taken.
    pub error: Option<String>,
    /// How long it took.
    pub milliseconds: u64,
}

type Shared = State<Arc<AdminState>>;

pub(super) async fn list(State(state): Shared, query: Result<Query<EventQuery>, QueryRejection>) -> Answer<EventList> {
    let Query(EventQuery { hook, state: word, after, limit }) = query?;
    let wrong = || ApiError::new(StatusCode::BAD_REQUEST, format!("state: expected {}", words()));
    let chosen = word.map(|word| DeliveryState::from_word(&word).ok_or_else(wrong)).transpose()?;
    let limit = limit.min(super::types::BlockQuery::MAX);
    let nowhere = || ApiError::new(StatusCode::BAD_REQUEST, "after: expected what an earlier page told as next");
    let after = after.map(|text| DeliveryPlace::parse(&text).ok_or_else(nowhere)).transpose()?;
    let after = after.unwrap_or_else(DeliveryPlace::top);
    let found = with(&state, move |webhooks| webhooks.list_after(&after, hook.as_deref(), chosen, limit));
    Ok(Json(EventList { events: found.await? }))
}

fn words() -> String {
    DeliveryState::ALL.iter().map(|state| format!("\"{state}\"")).collect::<Vec<_>>().join(", ")
}

pub(super) async fn show(
    State(state): Shared,
    caller: Caller,
    Path((hook, id)): Path<(String, String)>,
) -> Answer<EventView> {
    // The body tells of flagged messages.
    state.note(caller.user(), Action::SeeEvidence, format!("event {id}"), "").await?;
    let (delivery, body) = with(&state, move |webhooks| webhooks.show(&hook, &id)).await?;
    Ok(Json(EventView { delivery, body }))
}

pub(super) async fn replay_dead(State(state): Shared, caller: Caller, Path(hook): Path<String>) -> Answer<EventCount> {
    counted(&state, &caller, "replay", (hook, None)).await
}

pub(super) async fn replay_one(
    State(state): Shared,
    caller: Caller,
    Path((hook, id)): Path<(String, String)>,
) -> Answer<EventCount> {
    counted(&state, &caller, "replay", (hook, Some(id))).await
}

pub(super) async fn drop_dead(State(state): Shared, caller: Caller, Path(hook): Path<String>) -> Answer<EventCount> {
    counted(&state, &caller, "drop", (hook, None)).await
}

pub(super) async fn drop_one(
    State(state): Shared,
    caller: Caller,
    Path((hook, id)): Path<(String, String)>,
) -> Answer<EventCount> {
    counted(&state, &caller, "drop", (hook, Some(id))).await
}

async fn counted(
    state: &AdminState,
    caller: &Caller,
    step: &'static str,
    (hook, id): (String, Option<String>),
) -> Answer<EventCount> {
    let (name, named) =
        (hook.clone(), id.as_ref().map_or_else(|| "dead letters".to_owned(), |id| format!("event {id}")));
    state.note(caller.user(), Action::ChangeSite, format!("{named} of webhook {hook}"), step).await?;
    let events = with(state, move |webhooks| match step {
        "replay" => webhooks.replay(&hook, id.as_deref()),
        _ => webhooks.discard(&hook, id.as_deref()),
    });
    let events = events.await?;
    tracing::warn!(webhook = name, event = named, events, step, by = caller.user(), "an operator took a step");
    Ok(Json(EventCount { events }))
}

pub(super) async fn test(State(state): Shared, caller: Caller, Path(hook): Path<String>) -> Answer<TestView> {
    state.note(caller.user(), Action::ChangeSite, format!("webhook {hook}"), "test").await?;
    let tested = office(&state)?.test(&hook).await?;
    let milliseconds = u64::try_from(tested.took.as_millis()).unwrap_or(u64::MAX);
    let (status, error) = match tested.outcome {
        Ok(status) => (Some(status), None),
        Err(error) => (None, Some(error.to_string())),
    };
    Ok(Json(TestView { id: tested.id, status, error, milliseconds }))
}

async fn with<T: Send + 'static>(
    state: &AdminState,
    work: impl FnOnce(&Webhooks) -> Result<T, WebhookError> + Send + 'static,
) -> Result<T, ApiError> {
    let office = office(state)?;
    Ok(aside(move || work(&office)).await?)
}

fn office(state: &AdminState) -> Result<Webhooks, ApiError> {
    let none = || ApiError::new(StatusCode::NOT_FOUND, "this daemon has no webhooks");
    state.webhooks.clone().ok_or_else(none)
}

impl From<WebhookError> for ApiError {
    fn from(error: WebhookError) -> Self {
        let status = match &error {
            WebhookError::UnknownHook(_) | WebhookError::UnknownEvent { .. } => StatusCode::NOT_FOUND,
            WebhookError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}
