//! `/support/tickets`: the tickets of blocked accounts, and such as customers open.

use std::sync::Arc;

use access::{Action, Owner, Principal, Reach, Ruling, may};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use customers::Directory;
use customers::ticket::{Author, Message, Opening, Ticket, TicketState, Whom};
use model::{SubjectKey, SubjectKind, Timestamp};
use pipeline::TicketFile;
use serde::Deserialize;
use serde_json::{Value, json};

use super::aside;
use super::caller::Caller;
use super::extract::{Path, Query};
use super::moment::{moment, written};
use super::page::{Entry, answer};
use super::refusal::Refusal;
use crate::office::Office;

/// Tickets of one answer.
const MOST: usize = 10_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TicketQuery {
    archived: Option<bool>,
    status: Option<String>,
    subject: Option<String>,
    ticket_number: Option<u64>,
    customer_reply_needed: Option<bool>,
    product: Option<String>,
    service_name: Option<String>,
    min_creation_date: Option<String>,
    max_creation_date: Option<String>,
}

/// `GET /support/tickets`
pub(super) async fn list(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    Query(query): Query<TicketQuery>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let opened = query.opened()?;
    let files = aside(office.clone(), |office| Ok(office.tickets.list(false, MOST)?)).await?;
    let seen = files.iter().filter(|file| office.may_ticket(&caller.actor, Action::SeeTicket, file).is_allowed());
    let entries = seen.map(|file| (file, office.owner_of(&file.ticket).service.clone()));
    let wanted = entries.filter(|(file, service)| query.fits(&file.ticket, service) && opened(file.ticket.opened));
    let entry = |(file, service): (&TicketFile, String)| Entry {
        id: json!(file.ticket.id),
        object: shown(&file.ticket, &service),
    };
    answer(&headers, wanted.map(entry).collect())
}

impl TicketQuery {
    fn fits(&self, ticket: &Ticket, service: &str) -> bool {
        let is = |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        // Whatever is over is archived.
        self.archived.is_none_or(|archived| archived == ticket.is_open().is_err())
            && is(&self.status, state(ticket))
            && is(&self.product, PRODUCT)
            && is(&self.service_name, service)
            && self.subject.as_deref().is_none_or(|wanted| ticket.title().contains(wanted))
            && self.ticket_number.is_none_or(|number| number == ticket.id)
            && self.customer_reply_needed.is_none_or(|needed| needed == needs_reply(ticket))
    }

    /// Whether a ticket was opened when the query says; a time that can't be read is not passed over.
    fn opened(&self) -> Result<impl Fn(Timestamp) -> bool + use<>, Refusal> {
        let from = moment("minCreationDate", self.min_creation_date.as_deref())?;
        let to = moment("maxCreationDate", self.max_creation_date.as_deref())?;
        Ok(move |at| from.is_none_or(|from| at >= from) && to.is_none_or(|to| at <= to))
    }
}

const PRODUCT: &str = "email";

fn state(ticket: &Ticket) -> &'static str {
    if ticket.is_open().is_ok() { "open" } else { "closed" }
}

fn needs_reply(ticket: &Ticket) -> bool {
    matches!(ticket.state, TicketState::Answering | TicketState::Refused { .. })
}

fn author(author: Author) -> &'static str {
    match author {
        Author::Customer => "customer",
        Author::Support => "support",
    }
}

fn shown(ticket: &Ticket, service: &str) -> Value {
    // The first letter of a ticket is ours.
    let last = ticket.messages.last().map_or(Author::Support, |message| message.from);
    json!({
        "ticketId": ticket.id,
        "ticketNumber": ticket.id,
        "subject": ticket.title(),
        "state": state(ticket),
        "serviceName": (!service.is_empty()).then_some(service),
        "product": PRODUCT,
        "category": if ticket.block().is_some() { "incident" } else { "assistance" },
        "type": "genericRequest",
        "creationDate": written(ticket.opened),
        "updateDate": written(ticket.updated),
        "lastMessageFrom": author(last),
        "canBeClosed": ticket.is_open().is_ok(),
        "score": null,
        "accountId": service,
    })
}

/// `GET /support/tickets/{id}`
pub(super) async fn show(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let file = reached(&office, &caller, Action::SeeTicket, &id).await?;
    Ok(Json(shown(&file.ticket, &office.owner_of(&file.ticket).service)))
}

/// `GET /support/tickets/{id}/messages`
pub(super) async fn messages(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let ticket = reached(&office, &caller, Action::SeeTicket, &id).await?.ticket;
    let message = |(number, message): (usize, &Message)| {
        json!({
            "messageId": number + 1,
            "ticketId": ticket.id,
            "from": author(message.from),
            "body": message.body,
            "creationDate": written(message.at),
            "updateDate": written(message.at),
        })
    };
    Ok(Json(ticket.messages.iter().enumerate().map(message).collect()))
}

#[derive(Deserialize)]
struct Said {
    body: String,
}

impl Said {
    fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let said: Self = serde_json::from_slice(bytes).map_err(|error| Refusal::bad(format!("body: {error}")))?;
        fits(&said.body).map(|()| said)
    }
}

fn fits(body: &str) -> Result<(), Refusal> {
    if body.trim().is_empty() || body.len() > Ticket::MAX_BODY {
        return Err(Refusal::bad(format!("body: expected 1 to {} bytes of text", Ticket::MAX_BODY)));
    }
    Ok(())
}

/// `POST /support/tickets/{id}/reply`: the customer answers.
pub(super) async fn reply(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let said = Said::read(&body)?;
    let id = reached(&office, &caller, Action::AnswerTicket, &id).await?.ticket.id;
    aside(office, move |office| {
        office.gate.note(&caller.actor, Action::AnswerTicket, &format!("ticket {id}"), "")?;
        Ok(match writer(&caller) {
            Author::Support => office.tickets.answer(id, &said.body),
            Author::Customer => office.tickets.replied(id, &said.body),
        }?)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /support/tickets/{id}/close`: no more answers; the account stays blocked.
pub(super) async fn close(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    let id = reached(&office, &caller, Action::KeepTicket, &id).await?.ticket.id;
    aside(office, move |office| {
        office.gate.note(&caller.actor, Action::KeepTicket, &format!("ticket {id}"), "close")?;
        Ok(office.tickets.close(id)?)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /support/tickets/{id}/reopen`: with what the customer has to say. The ticket of a block that is over stays over.
pub(super) async fn reopen(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let said = Said::read(&body)?;
    let id = reached(&office, &caller, Action::KeepTicket, &id).await?.ticket.id;
    aside(office, move |office| {
        office.gate.note(&caller.actor, Action::KeepTicket, &format!("ticket {id}"), "reopen")?;
        Ok(office.tickets.reopen(id, writer(&caller), &said.body)?)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What opens a ticket. Category, product and urgency are read by a support desk of many products, and not by ours.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    subject: String,
    body: String,
    #[serde(default)]
    service_name: Option<String>,
}

/// `POST /support/tickets/create`: a question about a service, or about an account, an address or a domain of one.
pub(super) async fn create(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let Wanted { subject, body, service_name } =
        serde_json::from_slice(&body).map_err(|error| Refusal::bad(format!("body: {error}")))?;
    fits(&body)?;
    let whom = concerned(&office, &caller, service_name.as_deref())?;
    let empty = |_| Refusal::bad("subject: expected a line of text");
    let opening = Opening::question(whom, &subject, writer(&caller), &body).map_err(empty)?;
    let opened = aside(office, move |office| {
        office.gate.note(&caller.actor, Action::KeepTicket, &opening.whom.to_string(), "create")?;
        Ok(office.tickets.open(&opening)?)
    });
    let id = opened.await?.ticket.id;
    Ok(Json(json!({ "messageId": 1, "ticketId": id, "ticketNumber": id })))
}

/// Who writes: with an operator's consumer key the support desk, and never in the customer's name.
fn writer(caller: &Caller) -> Author {
    if caller.actor.principal.is_staff() { Author::Support } else { Author::Customer }
}

/// Whom a new ticket concerns. A customer of one service need not name it.
fn concerned(office: &Office, caller: &Caller, named: Option<&str>) -> Result<Whom, Refusal> {
    let principal = &caller.actor.principal;
    let only = match principal {
        Principal::Customer(Reach::Services(services)) if services.len() == 1 => services.first().map(String::as_str),
        _ => None,
    };
    let Some(name) = named.or(only).map(str::trim).filter(|name| !name.is_empty()) else {
        return Err(Refusal::bad("serviceName: name the service, account, address or domain that it is about"));
    };
    let missing = || Refusal::missing(name);
    let directory = office.directory();
    let whom = whom(&directory, name).ok_or_else(missing)?;
    match may(principal, Action::KeepTicket, Owner::Service(&whom.owner(&directory).service)) {
        Ruling::Allowed => Ok(whom),
        Ruling::Forbidden => Err(Refusal::forbidden("FORBIDDEN", "You may look, and change nothing")),
        Ruling::Hidden => Err(missing()),
    }
}

/// What a name stands for: a service, else an account, an address or a domain.
fn whom(directory: &Directory, name: &str) -> Option<Whom> {
    if directory.customer(name).is_some() {
        return Some(Whom::Service { service: name.to_owned() });
    }
    let kinds: &[SubjectKind] =
        if name.contains('@') { &[SubjectKind::Account] } else { &[SubjectKind::Ip, SubjectKind::Domain] };
    kinds.iter().find_map(|kind| SubjectKey::parse(*kind, name)).map(Whom::Subject)
}

async fn reached(office: &Arc<Office>, caller: &Caller, action: Action, id: &str) -> Result<TicketFile, Refusal> {
    let missing = || Refusal::missing(&format!("Ticket with id {id}"));
    let number: u64 = id.parse().map_err(|_| missing())?;
    let file = aside(office.clone(), move |office| Ok(office.tickets.show(number)?)).await?;
    match office.may_ticket(&caller.actor, action, &file) {
        Ruling::Allowed => Ok(file),
        Ruling::Forbidden => Err(Refusal::looks_only()),
        Ruling::Hidden => Err(missing()),
    }
}
