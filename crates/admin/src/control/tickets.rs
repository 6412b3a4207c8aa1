//! Tickets and password changes over the control socket.

use std::sync::Arc;

use access::Action;
use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use customers::ticket::{Author, Opening, Ticket};
use model::{SubjectKey, SubjectKind};
use pipeline::{TicketError, TicketFile, Tickets};

use super::answer::Answer;
use super::caller::Caller;
use super::diagnoses;
use super::error::ApiError;
use super::types::{
    BlockQuery, KeyRotated, NewTicket, NumberedQuery, Operator, PasswordChanged, TicketList, TicketStep, TicketView,
    Unblocked,
};
use crate::state::AdminState;

pub(super) async fn list(
    State(state): State<Arc<AdminState>>,
    query: Result<Query<NumberedQuery>, QueryRejection>,
) -> Answer<TicketList> {
    let Query(NumberedQuery { active, below, limit }) = query?;
    let limit = limit.min(BlockQuery::MAX);
    let files = state.with_tickets(move |tickets| tickets.list_before(below, active, limit)).await?;
    Ok(Json(TicketList { tickets: files.into_iter().map(TicketView::from).collect() }))
}

pub(super) async fn show(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<TicketView> {
    let id = number(&id)?;
    state.note(caller.user(), Action::SeeEvidence, format!("ticket {id}"), "").await?;
    let file = state.with_tickets(move |tickets| tickets.show(id)).await?;
    Ok(Json(file.into()))
}

pub(super) async fn open(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    body: Result<Json<NewTicket>, JsonRejection>,
) -> Answer<TicketView> {
    let Json(NewTicket { whom, title, text, by_customer, by }) = body?;
    let by = caller.name(&by)?;
    fits(&text)?;
    let author = if by_customer { Author::Customer } else { Author::Support };
    let opening = Opening::question(whom, &title, author, &text).map_err(TicketError::from)?;
    begin(&state, opening, &by).await
}

/// Opens the ticket that carries the result of a diagnosis.
pub(super) async fn diagnosed(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Result<Json<Operator>, JsonRejection>,
) -> Answer<TicketView> {
    let Json(Operator { by }) = body?;
    let by = caller.name(&by)?;
    let id = diagnoses::number(&id)?;
    let task = state.diagnosing(move |diagnoses| diagnoses.show(id)).await?;
    begin(&state, task.opening(Author::Support)?, &by).await
}

async fn begin(state: &AdminState, opening: Opening, by: &str) -> Answer<TicketView> {
    state.note(by, Action::DecideTicket, opening.whom.to_string(), "open").await?;
    let file = state.with_tickets(move |tickets| tickets.open(&opening)).await?;
    tracing::warn!(ticket = file.ticket.id, whom = %file.ticket.subject, by, "a ticket was opened");
    Ok(Json(file.into()))
}

fn fits(text: &str) -> Result<(), ApiError> {
    if text.len() <= Ticket::MAX_BODY {
        return Ok(());
    }
    let sentence = format!("text: expected at most {} bytes, found {}", Ticket::MAX_BODY, text.len());
    Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, sentence))
}

pub(super) async fn step(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    Path((id, word)): Path<(String, String)>,
    body: Result<Json<TicketStep>, JsonRejection>,
) -> Answer<TicketView> {
    let (id, Json(TicketStep { text, by })) = (number(&id)?, body?);
    let by = &caller.name(&by)?;
    let step = step_of(&word).ok_or_else(|| ApiError::new(StatusCode::NOT_FOUND, "there is no such call"))?;
    fits(&text)?;
    state.note(by, Action::DecideTicket, format!("ticket {id}"), &word).await?;
    let file = state.with_tickets(move |tickets| step(tickets, id, &text)).await?;
    let block = file.block.as_ref().map(|block| block.reference.as_str()).unwrap_or_default();
    tracing::warn!(ticket = id, block, step = word, by, "an operator took a step");
    Ok(Json(file.into()))
}

type Step = fn(&Tickets, u64, &str) -> Result<TicketFile, TicketError>;

fn step_of(word: &str) -> Option<Step> {
    match word {
        "reply" => Some(Tickets::answer),
        "answered" => Some(Tickets::replied),
        "refuse" => Some(Tickets::refuse),
        "reopen" => Some(|tickets, id, text| tickets.reopen(id, Author::Support, text)),
        "close" => Some(|tickets, id, _| tickets.close(id)),
        "approve" => Some(|tickets, id, _| tokio::runtime::Handle::current().block_on(tickets.approve(id))),
        _ => None,
    }
}

pub(super) async fn password_changed(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    body: Result<Json<PasswordChanged>, JsonRejection>,
) -> Answer<Unblocked> {
    let Json(PasswordChanged { account, at, by }) = body?;
    let by = &caller.name(&by)?;
    let wrong = || ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "account: expected an account's login");
    let account = SubjectKey::parse(SubjectKind::Account, &account).ok_or_else(wrong)?;
    let at = at.unwrap_or_else(|| state.clock.now());
    state.note(by, Action::TellPassword, account.to_string(), "").await?;
    let block = state.password_changed(account, at).await?;
    tracing::warn!(block = block.reference.as_str(), by, "a changed password has released a block");
    Ok(Json(Unblocked { block }))
}

pub(super) async fn rotate_key(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    body: Result<Json<Operator>, JsonRejection>,
) -> Answer<KeyRotated> {
    let Json(Operator { by }) = body?;
    let by = &caller.name(&by)?;
    state.note(by, Action::ChangeSite, "reply key".into(), "rotate").await?;
    let off = || ApiError::new(StatusCode::CONFLICT, "no replies are taken by mail: lmtp.listen is empty");
    let rotated = state.rotate_reply_key().await.ok_or_else(off)?;
    let earlier_until = rotated.map_err(|error| ApiError::new(StatusCode::SERVICE_UNAVAILABLE, error))?;
    tracing::warn!(by, "a new key signs the addresses that letters are answered to");
    Ok(Json(KeyRotated { earlier_until }))
}

fn number(text: &str) -> Result<u64, ApiError> {
    let shown: String = text.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    text.parse().map_err(|_| ApiError::new(StatusCode::NOT_FOUND, format!("there is no ticket {shown}")))
}

impl From<TicketFile> for TicketView {
    fn from(file: TicketFile) -> Self {
        let TicketFile { ticket, block, evidence, bounces } = file;
        let (suspicious, attempts) = block.as_ref().map_or((0, 0), |block| (block.spam, block.attempts));
        Self { title: ticket.title(), ticket, suspicious, attempts, block, evidence, bounces }
    }
}

impl From<TicketView> for TicketFile {
    fn from(view: TicketView) -> Self {
        let TicketView { ticket, block, evidence, bounces, .. } = view;
        Self { ticket, block, evidence, bounces }
    }
}
