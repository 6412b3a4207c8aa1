//! Where a customer grants a consumer key that a program has asked for (the provider API's `validationUrl`).
//!
//! Security: the token in the address opens nothing; who is logged in gives at most what he has himself. The way back to
//! the program is a link that he follows himself, and its host is shown.

use std::time::Duration;

use access::{Action, Owner, Role};
use axum::extract::{Path, State};
use axum::response::Response;

use super::fault::Fault;
use super::form::Sent;
use super::parts::Console;
use super::respond::page;
use super::visit::Visit;
use crate::view::KeyPage;

/// `GET /console/keys/{token}`
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
    Path(token): Path<String>,
) -> Result<Response, Fault> {
    let (actor, grant) = visit.grant()?;
    let (application, key) = console.aside(move |parts| parts.gate.waiting_credential(&token)).await?;
    let shown = KeyPage::new(&application, &key, actor.name.trim_start_matches("user "), grant);
    page(&console, &visit.plain(&console), &shown)
}

/// `POST /console/keys/{token}`
pub(super) async fn answer(
    State(console): State<Console>,
    visit: Visit,
    Path(token): Path<String>,
    sent: Sent,
) -> Result<Response, Fault> {
    let (actor, grant) = visit.grant()?;
    if grant.role == Role::Auditor {
        visit.must(Action::ManageAccess, Owner::Site)?;
    }
    let granted = sent.field("answer") == "grant";
    let lifetime = sent.field("lifetime").parse().ok().map(Duration::from_secs);
    let (by, given, waiting) = (actor.clone(), grant.clone(), token.clone());
    let (application, key) = console.aside(move |parts| parts.gate.waiting_credential(&waiting)).await?;
    let shown = KeyPage::new(&application, &key, actor.name.trim_start_matches("user "), grant).answered(granted);
    console
        .aside(move |parts| {
            let word = if granted { "grant" } else { "refuse" };
            parts.gate.note(&by, Action::Enter, &format!("credential {}", key.id), word)?;
            match granted {
                true => parts.gate.grant_credential(&token, given, &by, lifetime),
                false => parts.gate.refuse_credential(&token, &by),
            }
        })
        .await?;
    page(&console, &visit.plain(&console), &shown)
}
