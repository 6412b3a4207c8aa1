//! Searches over the control socket.

use std::sync::Arc;

use access::Action;
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use limits::FoundEvidence;
use model::{Block, SubjectKey};
use pipeline::{BlockAsk, EvidenceAsk, Misasked};
use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::caller::Caller;
use super::error::ApiError;
use crate::state::AdminState;

/// The answer to `POST /control/search/blocks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockPage {
    /// The blocks, in the order that was asked for.
    pub blocks: Vec<Block>,
    /// What to ask with for the next page; `None`: this is the last.
    pub next: Option<String>,
}

/// The answer to `POST /control/search/evidence`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidencePage {
    /// The flagged messages, in the order that was asked for.
    pub evidence: Vec<FoundEvidence>,
    /// What to ask with for the next page; `None`: this is the last.
    pub next: Option<String>,
}

/// The body of `POST /control/search/owners`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnersQuery {
    /// Of whom.
    pub(super) subjects: Vec<SubjectKey>,
}

/// The answer to [`OwnersQuery`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OwnersFound {
    /// The services that own them, in the same order; empty where none is known to.
    pub(super) services: Vec<String>,
}

pub(super) async fn owners(
    State(state): State<Arc<AdminState>>,
    body: Result<Json<OwnersQuery>, JsonRejection>,
) -> Answer<OwnersFound> {
    let Json(OwnersQuery { subjects }) = body?;
    let directory = state.search.directory();
    let services = subjects.iter().map(|subject| directory.owner(subject).service.clone()).collect();
    Ok(Json(OwnersFound { services }))
}

pub(super) async fn blocks(
    State(state): State<Arc<AdminState>>,
    body: Result<Json<BlockAsk>, JsonRejection>,
) -> Answer<BlockPage> {
    let Json(ask) = body?;
    let (filter, ask) = ask.read(&state.search.directory())?;
    let page = state.searching(move |search| search.blocks(&filter, &ask)).await?;
    Ok(Json(BlockPage { blocks: page.rows, next: page.next.map(|next| next.to_string()) }))
}

pub(super) async fn evidence(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    body: Result<Json<EvidenceAsk>, JsonRejection>,
) -> Answer<EvidencePage> {
    let Json(ask) = body?;
    let (filter, ask) = ask.read(&state.search.directory())?;
    let on = filter.block.as_ref().map_or_else(|| "blocks".to_owned(), |reference| format!("block {reference}"));
    state.note(caller.user(), Action::SeeEvidence, on, "").await?;
    let page = state.searching(move |search| search.evidence(&filter, &ask)).await?;
    Ok(Json(EvidencePage { evidence: page.rows, next: page.next.map(|next| next.to_string()) }))
}

impl From<Misasked> for ApiError {
    fn from(error: Misasked) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string())
    }
}
