//! What the provider's panel tells of accounts.

use access::Action;
use axum::routing::post;
use model::{SubjectKey, SubjectKind};

use super::blocks::BlockView;
use super::call::{Call, Named, Told, wait};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::types::When;
use super::{Answer, subject_names};

pub(super) fn routes() -> Vec<Route> {
    let changed = "/api/accounts/{account}/password-changed";
    let summary = "Tell that a password was changed";
    vec![
        Route::does::<BlockView>(changed, Action::TellPassword, summary, post(password_changed))
            .told::<PasswordChanged>(),
    ]
}

wire! {
    /// A password was changed.
    PasswordChanged {
        /// When; now, when it is left out.
        at: Option<When>,
    }
}

/// Releases the account, when a changed password is its way out and its block is older.
async fn password_changed(
    call: Call,
    Named(account): Named<String>,
    Told(PasswordChanged { at }): Told<PasswordChanged>,
) -> Answer<BlockView> {
    call.by_staff(Action::TellPassword, move |native, actor| {
        let at = at.map_or_else(|| native.gate.now(), |at| at.0);
        subject_names::visible(&account, "account")?;
        let account = SubjectKey::parse(SubjectKind::Account, &account).ok_or_else(Problem::nothing)?;
        native.note(actor, Action::TellPassword, &account.to_string(), "")?;
        Ok(native.view(wait(native.desk.password_changed(&account, at))?))
    })
    .await
}
