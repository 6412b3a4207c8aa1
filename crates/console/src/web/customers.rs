//! Customers for operators: the list, and one with what happened around him.

use access::{Action, Owner};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use customers::registry::{CustomerQuery, CustomerView};
use customers::ticket::Ticket;
use limits::{Holdings, ReleasesLeft};
use model::SubjectKey;
use pipeline::{Dossier, Records};
use serde::Deserialize;

use super::fault::Fault;
use super::home::row;
use super::parts::{Console, Parts};
use super::respond::{page, queried};
use super::search;
use super::visit::Visit;
use crate::view::{BounceRow, CustomerPage, CustomerRow, CustomersPage, Frame, Happened, Paging, ReportRow, TicketRow};

/// Customers of a page.
const ROWS: usize = 50;
pub(super) const LIST: &str = "/console/customers";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    q: String,
    source: String,
    after: String,
}

/// `GET /console/customers`
pub(super) async fn list(
    State(console): State<Console>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    visit.must(Action::SeeCustomer, Owner::Site)?;
    let text = search::text(&wanted.q);
    let source = search::chosen(&wanted.source, &CustomersPage::SOURCES)?;
    let after = model::names::bounded(&wanted.after, MAX_NAME).to_owned();
    let owner = if after.is_empty() && source == "any" { asked(&console, &text).await? } else { None };
    let query = CustomerQuery {
        search: Some(text.clone()),
        source: Some(source.to_owned()).filter(|source| source != "any"),
        after: Some(after.clone()).filter(|after| !after.is_empty()),
        limit: ROWS,
    };
    let found = console.aside(move |parts| Ok::<_, Fault>(parts.customers()?.list(&query))).await?;
    let is_other =
        |view: &CustomerView| found.customers.iter().all(|one| one.customer.service != view.customer.service);
    let rows: Vec<_> =
        owner.iter().filter(|view| is_other(view)).chain(&found.customers).map(CustomerRow::of).collect();
    let link = |after: &str| queried(LIST, &[("q", &text), ("source", source), ("after", after)]);
    let pages = Paging {
        first: (!after.is_empty()).then(|| link("")),
        next: found.next.as_deref().map(link),
        shown: rows.len() as u64,
    };
    let frame = visit.frame(&console, "customers").await;
    let may_change = visit.may(Action::ChangeCustomer, Owner::Site);
    page(&console, &frame, &CustomersPage::new(rows, text.clone(), source.to_owned(), pages, may_change))
}

/// No service has a longer name, in bytes.
const MAX_NAME: usize = 4 * 320;

/// Who owns what was searched for, when it is an address, an account or a domain: also whom only the provider's directory knows.
async fn asked(console: &Console, text: &str) -> Result<Option<CustomerView>, Fault> {
    let Some(subject) = whole(text) else { return Ok(None) };
    let registry = console.parts().customers()?;
    registry.live().ask(&subject).await;
    console.aside(move |parts| Ok::<_, Fault>(parts.customers()?.owner(&subject))).await
}

fn whole(text: &str) -> Option<SubjectKey> {
    text.contains(['.', ':', '@']).then(|| pipeline::subject_of(text)).flatten()
}

/// `GET /console/customer/{service}`
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
    Path(service): Path<String>,
) -> Result<Response, Fault> {
    visit.must(Action::SeeCustomer, Owner::Site)?;
    let now = console.now();
    let known = console.aside(move |parts| known(parts, &service, now)).await?;
    let frame = visit.frame(&console, "customers").await;
    let happened = happened(&console, &known, &frame);
    let may_change = visit.may(Action::ChangeCustomer, Owner::Site);
    page(&console, &frame, &CustomerPage::new(&known.view, known.releases, happened, may_change, frame.words()))
}

/// What is known of a customer.
struct Known {
    view: CustomerView,
    releases: ReleasesLeft,
    dossier: Dossier,
}

fn known(parts: &Parts, service: &str, now: model::Timestamp) -> Result<Known, Fault> {
    let view = parts.customers()?.show(service)?;
    let holdings = (parts.holdings)(service).unwrap_or_else(Holdings::none);
    let records = Records { archive: &*parts.archive, tickets: &parts.tickets, reports: parts.reports.as_deref() };
    let dossier = Dossier::of(service, &holdings, records)?;
    Ok(Known { view, releases: parts.ledger.releases_left(service, now), dossier })
}

fn happened(console: &Console, known: &Known, frame: &Frame) -> Happened {
    let Dossier { blocks, tickets, reports, bounces } = &known.dossier;
    let ticket = |ticket: &Ticket| TicketRow::of(ticket, None);
    Happened {
        blocks: blocks.iter().map(|block| row(console, block, frame).owned(None)).collect(),
        tickets: tickets.iter().map(|file| ticket(&file.ticket)).collect(),
        reports: reports.iter().map(ReportRow::of).collect(),
        bounces: bounces.iter().map(BounceRow::of).collect(),
    }
}
