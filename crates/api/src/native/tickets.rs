//! The tickets of blocked accounts.

use std::sync::Arc;

use ::customers::ticket::Author;
use access::{Action, Actor};
use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use pipeline::{TicketFile, Tickets};
use serde::Deserialize;

use super::blocks::Subject;
use super::caller::Caller;
use super::problem::Problem;
use super::schema::wire;
use super::{Answer, Native};

wire! {
    /// One message of a ticket.
    TicketMessage {
        /// When (RFC 3339).
        at: String,
        /// "customer" or "support".
        from: String,
        /// What, quotes left out.
        body: String,
    }
    /// A ticket with the counts of its block as they are now.
    TicketView {
        /// Its number.
        id: u64,
        /// Where it stands.
        state: String,
        /// Whether answers are still taken.
        is_open: bool,
        /// The block's reference.
        block: String,
        /// Whom the block stops.
        subject: Subject,
        /// The service that owns the subject, when one is known to.
        customer: Option<String>,
        /// When it was opened.
        opened_at: String,
        /// When something happened last.
        updated_at: String,
        /// Suspicious messages that led to it.
        suspicious_messages: u64,
        /// Attempts to send that were refused since.
        refused_attempts: u64,
        /// What was written, oldest first.
        messages: Vec<TicketMessage>,
    }
    /// Some tickets.
    TicketList {
        /// The tickets, latest first.
        items: Vec<TicketView>,
    }
    /// What is said with a step.
    TicketText {
        /// The customer's answers, what he is told, or why he is refused.
        text: String,
    }
}

/// Which tickets.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TicketQuery {
    open: bool,
    limit: usize,
}

impl Default for TicketQuery {
    fn default() -> Self {
        Self { open: false, limit: 100 }
    }
}

impl Native {
    fn ticket_view(&self, file: TicketFile) -> TicketView {
        let TicketFile { ticket, block, .. } = file;
        let service = self.service_of(&ticket.subject);
        let author = |from| if from == Author::Customer { "customer" } else { "support" };
        let messages = ticket.messages.iter().map(|message| TicketMessage {
            at: message.at.to_string(),
            from: author(message.from).to_owned(),
            body: message.body.clone(),
        });
        TicketView {
            id: ticket.id,
            state: ticket.state.as_str().to_owned(),
            is_open: ticket.is_open().is_ok(),
            block: ticket.block.to_string(),
            subject: Subject::of(&ticket.subject),
            customer: (!service.is_empty()).then_some(service),
            opened_at: ticket.opened.to_string(),
            updated_at: ticket.updated.to_string(),
            suspicious_messages: block.spam,
            refused_attempts: block.attempts,
            messages: messages.collect(),
        }
    }

    fn ticket_for(&self, actor: &Actor, action: Action, id: u64) -> Result<TicketFile, Problem> {
        let file = self.tickets.show(id)?;
        let admitted = self.admit(actor, action, &file.ticket.subject, &file.ticket.block);
        admitted.map(|()| file).map_err(|problem| problem.about_ticket(id))
    }
}

pub(super) async fn list(
    State(native): State<Arc<Native>>,
    Caller(actor): Caller,
    query: Result<Query<TicketQuery>, QueryRejection>,
) -> Answer<TicketList> {
    let Query(TicketQuery { open, limit }) = query?;
    if !(1..=limits::MAX_PAGE).contains(&limit) {
        return Err(Problem::field("limit", "expected 1 to 1000"));
    }
    let found = native.aside(move |native| {
        let files = native.tickets.list(open, MOST)?;
        let seen = |file: &TicketFile| {
            native.admit(&actor, Action::SeeTicket, &file.ticket.subject, &file.ticket.block).is_ok()
        };
        let items = files.into_iter().filter(seen).take(limit).map(|file| native.ticket_view(file)).collect();
        Ok(TicketList { items })
    });
    found.await.map(Json)
}

/// A customer's tickets are looked for among so many.
const MOST: usize = 10_000;

pub(super) async fn show(
    State(native): State<Arc<Native>>,
    Caller(actor): Caller,
    Path(id): Path<String>,
) -> Answer<TicketView> {
    let id = number(&id)?;
    let shown = native.aside(move |native| {
        let file = native.ticket_for(&actor, Action::SeeTicket, id)?;
        Ok(native.ticket_view(file))
    });
    shown.await.map(Json)
}

type Said = Result<Json<TicketText>, JsonRejection>;

/// The customer answers.
pub(super) async fn answers(
    state: State<Arc<Native>>,
    caller: Caller,
    id: Path<String>,
    said: Said,
) -> Answer<TicketView> {
    let Json(TicketText { text }) = said?;
    step(state, caller, id, Action::AnswerTicket, "answered", move |tickets, id| Ok(tickets.replied(id, &text)?)).await
}

/// The support desk writes to the customer.
pub(super) async fn reply(
    state: State<Arc<Native>>,
    caller: Caller,
    id: Path<String>,
    said: Said,
) -> Answer<TicketView> {
    let Json(TicketText { text }) = said?;
    step(state, caller, id, Action::DecideTicket, "reply", move |tickets, id| Ok(tickets.answer(id, &text)?)).await
}

/// The account stays blocked, for this reason.
pub(super) async fn refuse(
    state: State<Arc<Native>>,
    caller: Caller,
    id: Path<String>,
    said: Said,
) -> Answer<TicketView> {
    let Json(TicketText { text }) = said?;
    step(state, caller, id, Action::DecideTicket, "refuse", move |tickets, id| Ok(tickets.refuse(id, &text)?)).await
}

/// No more answers are taken.
pub(super) async fn close(state: State<Arc<Native>>, caller: Caller, id: Path<String>) -> Answer<TicketView> {
    step(state, caller, id, Action::DecideTicket, "close", |tickets, id| Ok(tickets.close(id)?)).await
}

/// The account is released.
pub(super) async fn approve(state: State<Arc<Native>>, caller: Caller, id: Path<String>) -> Answer<TicketView> {
    let runtime = tokio::runtime::Handle::current();
    let approved = move |tickets: &Tickets, id| Ok(runtime.block_on(tickets.approve(id))?);
    step(state, caller, id, Action::DecideTicket, "approve", approved).await
}

async fn step(
    State(native): State<Arc<Native>>,
    Caller(actor): Caller,
    Path(id): Path<String>,
    action: Action,
    word: &'static str,
    take: impl FnOnce(&Tickets, u64) -> Result<TicketFile, Problem> + Send + 'static,
) -> Answer<TicketView> {
    let id = number(&id)?;
    let taken = native.aside(move |native| {
        native.ticket_for(&actor, action, id)?;
        native.note(&actor, action, &format!("ticket {id}"), word)?;
        Ok(native.ticket_view(take(&native.tickets, id)?))
    });
    taken.await.map(Json)
}

fn number(text: &str) -> Result<u64, Problem> {
    text.parse().map_err(|_| Problem::nothing())
}
