//! The queue of messages that were flagged by mistake, and what an operator decides.

use std::time::Duration;

use access::{Action, Owner};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use customers::report::Report;
use pipeline::{Decision, Wish};
use serde::Deserialize;

use super::fault::Fault;
use super::form::Sent;
use super::numbered;
use super::parts::Console;
use super::respond::{done, page};
use super::visit::Visit;
use crate::view::{ReportPage, ReportRow, ReportsPage};

const LIST: &str = "/console/reports";
/// How long what is exempt from here stays so; the command line can say another time.
const EXEMPT: Duration = Duration::from_secs(90 * 86_400);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    all: String,
    before: String,
}

/// `GET /console/reports`
pub(super) async fn list(
    State(console): State<Console>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    visit.must(Action::SeeSite, Owner::Site)?;
    let only_open = wanted.all.is_empty();
    let below = numbered::below(&wanted.before);
    let found = console
        .aside(move |parts| Ok::<_, Fault>(parts.reports()?.list_before(below, only_open, numbered::ROWS + 1)?))
        .await?;
    let (reports, pages) =
        numbered::page_of(found, |report| report.id, LIST, &wanted.before, ("all", if only_open { "" } else { "1" }));
    let frame = visit.frame(&console, "reports").await;
    page(&console, &frame, &ReportsPage::new(reports.iter().map(ReportRow::of).collect(), only_open, pages))
}

/// `GET /console/reports/{id}`
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let actor = visit.must(Action::SeeSite, Owner::Site)?;
    let id = id.parse().map_err(|_| Fault::Missing)?;
    let report = console.aside(move |parts| Ok::<_, Fault>(parts.reports()?.show(id)?)).await?;
    console.note(actor, Action::SeeReport, format!("report {id}")).await?;
    let frame = visit.frame(&console, "reports").await;
    page(&console, &frame, &ReportPage::new(&report, visit.may(Action::DecideReport, Owner::Site)))
}

/// `POST /console/reports/{id}/{step}`
pub(super) async fn decide(
    State(console): State<Console>,
    visit: Visit,
    Path((id, step)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Fault> {
    let actor = visit.must(Action::DecideReport, Owner::Site)?;
    let id = id.parse().map_err(|_| Fault::Missing)?;
    let decision = decision(&step, &sent).ok_or(Fault::Missing)?;
    console.note(actor, Action::DecideReport, format!("report {id} {step}")).await?;
    let (by, runtime) = (actor.name.clone(), tokio::runtime::Handle::current());
    console.aside(move |parts| Ok::<_, Fault>(runtime.block_on(parts.reports()?.decide(id, &decision, &by))?)).await?;
    Ok(done(&format!("/console/reports/{id}"), "decided"))
}

fn decision(step: &str, sent: &Sent) -> Option<Decision> {
    let is_ham = match step {
        "confirm" => true,
        "decline" => false,
        _ => return None,
    };
    let chosen = |name| is_ham && sent.field(name) == "yes";
    let wishes = [(chosen("fingerprint"), Wish::Fingerprint), (chosen("sender"), Wish::Sender(None))];
    Some(Decision {
        is_ham,
        reason: model::names::bounded(sent.field("text").trim(), Report::MAX_REASON).to_owned(),
        exempt: wishes.into_iter().filter(|(chosen, _)| *chosen).map(|(_, wish)| wish).collect(),
        length: EXEMPT,
        release: chosen("release"),
    })
}
