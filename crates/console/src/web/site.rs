//! The site itself: its configuration.

use access::{Action, Owner};
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::fault::Fault;
use super::parts::Console;
use super::respond::page;
use super::visit::Visit;
use crate::view::SettingsPage;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    all: String,
}

/// `GET /console/settings`
pub(super) async fn settings(
    State(console): State<Console>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    visit.must(Action::SeeSite, Owner::Site)?;
    let frame = visit.frame(&console, "settings").await;
    page(&console, &frame, &SettingsPage::new(&console.site().settings, !wanted.all.is_empty()))
}
