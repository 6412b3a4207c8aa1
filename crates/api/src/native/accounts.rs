//! What the provider's panel tells of accounts.

use std::sync::Arc;

use access::Action;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use model::{SubjectKey, SubjectKind, Timestamp};

use super::blocks::BlockView;
use super::caller::Caller;
use super::problem::Problem;
use super::schema::wire;
use super::{Answer, Native, staff};

wire! {
    /// A password was changed.
    PasswordChanged {
        /// When (RFC 3339); now, when it is left out.
        at: Option<String>,
    }
}

/// Releases the account, when a changed password is its way out and its block is older.
pub(super) async fn password_changed(
    State(native): State<Arc<Native>>,
    Caller(actor): Caller,
    Path(account): Path<String>,
    body: Result<Json<PasswordChanged>, JsonRejection>,
) -> Answer<BlockView> {
    staff(&actor, Action::TellPassword)?;
    let Json(PasswordChanged { at }) = body?;
    let wrong = || Problem::field("at", "expected a time like 2026-11-25T18:00:00Z");
    let at = at.map(|text| Timestamp::parse(&text).ok_or_else(wrong)).transpose()?.unwrap_or_else(|| native.gate.now());
    let account = SubjectKey::parse(SubjectKind::Account, &account).ok_or_else(Problem::nothing)?;
    let runtime = tokio::runtime::Handle::current();
    let told = native.aside(move |native| {
        native.note(&actor, Action::TellPassword, &account.to_string(), "")?;
        let block = runtime.block_on(native.desk.password_changed(&account, at))?;
        Ok(native.view(block))
    });
    told.await.map(Json)
}
