//! The site itself: its configuration, and what is on its way out.

use access::{Action, Owner};
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::fault::Fault;
use super::parts::Console;
use super::respond::page;
use super::visit::Visit;
use crate::view::{DeliveryPage, SettingsPage};

/// How many events and letters are shown.
const MOST: usize = 100;

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

/// `GET /console/delivery`
pub(super) async fn delivery(State(console): State<Console>, visit: Visit) -> Result<Response, Fault> {
    visit.must(Action::SeeSite, Owner::Site)?;
    let (mut letters, events) = console
        .aside(|parts| {
            let events = parts.webhooks.as_ref().map(|webhooks| webhooks.list(None, None, MOST)).transpose();
            Ok::<_, Fault>(((parts.letters)()?, events?.unwrap_or_default()))
        })
        .await?;
    letters.truncate(MOST);
    let frame = visit.frame(&console, "delivery").await;
    page(&console, &frame, &DeliveryPage::new(&letters, &events))
}
