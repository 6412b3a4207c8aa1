//! Letters over the control socket: sent at once, given up.

use std::sync::Arc;

use ::access::Action;
use alerts::{LetterError, OutboxHandle};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use limits::{AlertJob, LetterName, Matter};

use super::answer::Answer;
use super::caller::Caller;
use super::error::ApiError;
use super::reports::DoneBy;
use crate::state::{AdminState, aside};

type Step = fn(&OutboxHandle, &Matter, u32) -> Result<AlertJob, LetterError>;
type Body = Result<Json<DoneBy>, JsonRejection>;

pub(super) async fn send(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer<AlertJob> {
    state.step(&caller, &id, body, ("send", OutboxHandle::send_now)).await
}

pub(super) async fn give_up(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer<AlertJob> {
    state.step(&caller, &id, body, ("give up", OutboxHandle::give_up)).await
}

impl AdminState {
    async fn step(&self, caller: &Caller, id: &str, body: Body, (what, step): (&str, Step)) -> Answer<AlertJob> {
        let Json(DoneBy { by }) = body?;
        let by = &caller.name(&by)?;
        let named = LetterName::parse(id).ok_or_else(no_such_letter)?;
        let outbox = self.outbox.clone().ok_or_else(no_such_letter)?;
        self.note(by, Action::ChangeSite, named.said(), what).await?;
        Ok(Json(aside(move || step(&outbox, &named.about, named.number)).await?))
    }
}

fn no_such_letter() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "there is no such letter")
}

impl From<LetterError> for ApiError {
    fn from(error: LetterError) -> Self {
        let status = match &error {
            LetterError::Unknown(..) => StatusCode::NOT_FOUND,
            LetterError::Sent(..) => StatusCode::CONFLICT,
            LetterError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}
