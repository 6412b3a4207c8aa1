//! How somebody stands, and a block by hand, over the control socket.

use std::sync::Arc;
use std::time::Duration;

use ::access::Action;
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use model::{Block, SubjectKey};
use pipeline::{NewBlock, SubjectStanding};
use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::caller::Caller;
use crate::state::AdminState;

/// The body of `POST /control/blocks`; the answer is the block, in force and on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockByHand {
    /// Whom.
    pub subject: SubjectKey,
    /// How long; `None`: as long as the next step of the ladder.
    #[serde(default)]
    pub length: Option<Duration>,
    /// Why, as the customer reads it.
    pub reason: String,
    /// Who does it, for the log, 1 to 64 characters.
    pub by: String,
}

/// The body of `POST /control/standing`; the answer is a [`SubjectStanding`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingQuery {
    /// Who.
    pub subject: SubjectKey,
}

pub(super) async fn block(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    body: Result<Json<BlockByHand>, JsonRejection>,
) -> Answer<Block> {
    let Json(BlockByHand { subject, length, reason, by }) = body?;
    let by = caller.name(&by)?;
    state.note(&by, Action::Block, subject.to_string(), &reason).await?;
    let block = state.block_by_hand(NewBlock { subject, length, reason }).await?;
    tracing::warn!(
        block = block.reference.as_str(),
        kind = block.subject.kind().as_str(),
        subject = block.subject.name(),
        by,
        "somebody was blocked by hand"
    );
    Ok(Json(block))
}

pub(super) async fn show(
    State(state): State<Arc<AdminState>>,
    body: Result<Json<StandingQuery>, JsonRejection>,
) -> Answer<SubjectStanding> {
    let Json(StandingQuery { subject }) = body?;
    Ok(Json(state.standings.of(&subject)))
}
