//! Tickets for operators.

use access::{Action, Owner};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use customers::ticket::{Author, Ticket, Whom};
use pipeline::{TicketError, TicketFile, Tickets};
use serde::Deserialize;

use super::fault::Fault;
use super::form::Sent;
use super::home::row;
use super::numbered;
use super::parts::Console;
use super::respond::{done, page};
use super::visit::Visit;
use crate::view::{TicketPage, TicketRow, TicketsPage};

const LIST: &str = "/console/tickets";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    all: String,
    before: String,
}

/// `GET /console/tickets`
pub(super) async fn list(
    State(console): State<Console>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    visit.must(Action::SeeSite, Owner::Site)?;
    let only_open = wanted.all.is_empty();
    let below = numbered::below(&wanted.before);
    let found = console.aside(move |parts| parts.tickets.list_before(below, only_open, numbered::ROWS + 1)).await?;
    let (files, pages) = numbered::page_of(
        found,
        |file| file.ticket.id,
        LIST,
        &wanted.before,
        ("all", if only_open { "" } else { "1" }),
    );
    let rows = files.iter().map(|file| TicketRow::of(&file.ticket, owner(&console, &file.ticket)));
    let frame = visit.frame(&console, "tickets").await;
    page(&console, &frame, &TicketsPage::new(rows.collect(), only_open, pages))
}

fn owner(console: &Console, ticket: &Ticket) -> Option<String> {
    let service = match &ticket.subject {
        Whom::Subject(subject) => console.service(subject),
        Whom::Service { service } => service.clone(),
    };
    Some(service).filter(|service| !service.is_empty())
}

/// `GET /console/tickets/{id}`
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let actor = visit.must(Action::SeeSite, Owner::Site)?;
    let id = number(&id)?;
    let file = console.aside(move |parts| parts.tickets.show(id)).await?;
    console.note(actor, Action::SeeEvidence, format!("ticket {id}")).await?;
    let frame = visit.frame(&console, "tickets").await;
    let block = file.block.as_ref().map(|block| row(&console, block, &frame));
    let may_change = visit.may(Action::DecideTicket, Owner::Site);
    let shown = TicketPage::new(
        &file.ticket,
        owner(&console, &file.ticket),
        block,
        &file.evidence,
        console.site().spam,
        may_change,
    );
    page(&console, &frame, &shown)
}

/// `POST /console/tickets/{id}/{step}`
pub(super) async fn step(
    State(console): State<Console>,
    visit: Visit,
    Path((id, word)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Fault> {
    let actor = visit.must(Action::DecideTicket, Owner::Site)?;
    let id = number(&id)?;
    let (step, told) = step_of(&word).ok_or(Fault::Missing)?;
    let text = model::names::bounded(sent.field("text"), Ticket::MAX_BODY).to_owned();
    console.note(actor, Action::DecideTicket, format!("ticket {id} {word}")).await?;
    console.aside(move |parts| step(&parts.tickets, id, &text)).await?;
    Ok(done(&format!("/console/tickets/{id}"), told))
}

fn number(text: &str) -> Result<u64, Fault> {
    text.parse().map_err(|_| Fault::Missing)
}

type Step = fn(&Tickets, u64, &str) -> Result<TicketFile, TicketError>;

/// A step, and the word that tells of it.
fn step_of(word: &str) -> Option<(Step, &'static str)> {
    match word {
        "approve" => {
            Some((|tickets, id, _| tokio::runtime::Handle::current().block_on(tickets.approve(id)), "approved"))
        }
        "refuse" => Some((Tickets::refuse, "refused")),
        "reply" => Some((Tickets::answer, "replied")),
        "close" => Some((|tickets, id, _| tickets.close(id), "closed")),
        "reopen" => Some((|tickets, id, text| tickets.reopen(id, Author::Support, text), "reopened")),
        _ => None,
    }
}
