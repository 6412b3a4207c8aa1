//! Tickets: the list, and one with its answers side by side.

use customers::ticket::{Author, Question, Ticket, TicketState};
use model::Evidence;
use serde::Serialize;

use super::LIVE;
use super::block::BlockRow;
use super::evidence::EvidenceRow;
use super::paging::Paging;
use crate::render::Page;

/// A ticket as lists and pages show it.
#[derive(Debug, Clone, Serialize)]
pub struct TicketRow {
    id: u64,
    /// `block`, `diagnosis` or `question`.
    about: &'static str,
    /// The same in a line, where there is no block.
    title: Option<String>,
    state: &'static str,
    name: String,
    owner: Option<String>,
    answers: [Option<String>; 3],
    updated: i64,
    /// Why it was refused.
    said: Option<String>,
}

/// What was written.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MessageRow {
    at: i64,
    from: &'static str,
    /// The address that a mail came from, and whether that is the locked account itself.
    address: Option<String>,
    by_account: bool,
    body: String,
    /// The files that came with it, in a line.
    attached: String,
}

impl TicketRow {
    /// A ticket, with its owner's service.
    pub fn of(ticket: &Ticket, owner: Option<String>) -> Self {
        let said = match &ticket.state {
            TicketState::Refused { reason } => Some(reason.clone()),
            _ => None,
        };
        Self {
            id: ticket.id,
            about: ticket.about.as_str(),
            title: ticket.block().is_none().then(|| ticket.title()),
            state: ticket.state.as_str(),
            name: ticket.subject.name(),
            owner,
            answers: Question::ALL.map(|question| ticket.answers.get(question).map(str::to_owned)),
            updated: ticket.updated.0,
            said,
        }
    }
}

/// The conversation of a ticket.
pub(crate) fn conversation(ticket: &Ticket) -> Vec<MessageRow> {
    let from = |author| match author {
        Author::Customer => "customer",
        Author::Support => "support",
    };
    let messages = ticket.messages.iter();
    messages
        .map(|message| MessageRow {
            at: message.at.0,
            from: from(message.from),
            address: message.address.clone(),
            by_account: message.by_account,
            body: message.body.clone(),
            attached: message.attached.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        })
        .collect()
}

/// The list of tickets.
#[derive(Debug, Clone, Serialize)]
pub struct TicketsPage {
    rows: Vec<TicketRow>,
    only_open: bool,
    pages: Paging,
    live: u32,
}

impl TicketsPage {
    /// The tickets, latest first.
    pub fn new(rows: Vec<TicketRow>, only_open: bool, pages: Paging) -> Self {
        Self { rows, only_open, pages, live: LIVE }
    }
}

impl Page for TicketsPage {
    const TEMPLATE: &'static str = "tickets.html";
}

/// One ticket.
#[derive(Debug, Clone, Serialize)]
pub struct TicketPage {
    ticket: TicketRow,
    block: Option<BlockRow>,
    /// What says why it is blocked.
    why: &'static str,
    messages: Vec<MessageRow>,
    rows: Vec<EvidenceRow>,
    /// Whether the viewer may write to the customer.
    may_write: bool,
    /// Whether he may approve or refuse: only a block is.
    may_decide: bool,
    may_reopen: bool,
    live: u32,
}

impl TicketPage {
    /// A ticket with its block, if it has one, and messages; `spam` is the spam score. `may_change` is whether the viewer may decide.
    pub fn new(
        ticket: &Ticket,
        owner: Option<String>,
        block: Option<BlockRow>,
        evidence: &[Evidence],
        spam: i32,
        may_change: bool,
    ) -> Self {
        Self {
            may_write: may_change && ticket.is_open().is_ok(),
            may_decide: may_change && ticket.is_open().is_ok() && block.is_some(),
            may_reopen: may_change
                && ticket.state == TicketState::Closed
                && block.as_ref().is_none_or(BlockRow::is_active),
            messages: conversation(ticket),
            ticket: TicketRow::of(ticket, owner),
            why: block.as_ref().map_or("why.", BlockRow::why),
            block,
            rows: evidence.iter().map(|message| EvidenceRow::whole(message, spam)).collect(),
            live: 0,
        }
    }
}

impl Page for TicketPage {
    const TEMPLATE: &'static str = "ticket.html";
}
