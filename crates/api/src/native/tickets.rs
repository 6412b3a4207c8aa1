//! The tickets of blocked accounts, and those that customers and operators open.

use ::customers::ticket::{Author, Ticket, Whom};
use access::{Action, Actor, Owner, may};
use axum::routing::{get, post};
use pipeline::{TicketFile, Tickets};
use serde::Deserialize;

use super::call::{Asked, Call, Named, Told, wait};
use super::paging::Paging;
use super::parameters::{BELOW, CUSTOMER, LIMIT, Parameter, flag};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::types::{Limit, Name, Number, Text, When, Word};
use super::{Answer, Native, own_service, ruled};

const QUERY: &[Parameter] = &[flag("open", "Only those that still take answers."), CUSTOMER, BELOW, LIMIT];

pub(super) fn routes() -> Vec<Route> {
    use Action::{AnswerTicket, DecideTicket, KeepTicket, SeeTicket};
    let step = Route::does::<TicketView>;
    vec![
        Route::reads::<TicketPage>("/api/tickets", SeeTicket, "Find tickets", get(list)).asked(QUERY),
        Route::reads::<TicketView>("/api/tickets/{ticket}", SeeTicket, "See a ticket", get(show)),
        step("/api/tickets/{ticket}/answers", AnswerTicket, "Answer as the customer", post(answers))
            .told::<TicketText>(),
        step("/api/tickets/{ticket}/reply", DecideTicket, "Write to the customer", post(reply)).told::<TicketText>(),
        step("/api/tickets/{ticket}/approve", DecideTicket, "Release the account", post(approve)),
        step("/api/tickets/{ticket}/refuse", DecideTicket, "Keep it blocked, and say why", post(refuse))
            .told::<TicketText>(),
        step("/api/tickets/{ticket}/close", KeepTicket, "Take no more answers", post(close)),
    ]
}

wire! {
    /// One message of a ticket.
    TicketMessage {
        /// When.
        at: When,
        /// Who.
        from: Word<Author>,
        /// The address that a mail came from, as the mail says; null for what came otherwise.
        address: Option<String>,
        /// Whether that is the account itself that the ticket is about: whoever has stolen its password may have written.
        by_account: bool,
        /// What, quotes left out.
        body: String,
        /// The files that came with the mail, by name; they are not kept.
        attached: Vec<TicketFileName>,
    }
    /// A file that came with a reply.
    TicketFileName {
        /// Its name, as the mail says.
        name: String,
        /// Its size in bytes.
        size: u64,
    }
    /// A ticket with the counts of its block as they are now.
    TicketView {
        /// Its number.
        id: u64,
        /// Where it stands: "answering", "deciding", "approved", "refused" or "closed".
        state: String,
        /// Whether answers are still taken.
        is_open: bool,
        /// What it is about: "block", "diagnosis" or "question".
        about: String,
        /// The same in a line.
        title: String,
        /// The block's reference; null when it is about none.
        block: Option<String>,
        /// The number of the diagnosis whose result its first message is; null when it carries none.
        diagnosis: Option<u64>,
        /// Whom it concerns.
        subject: Party,
        /// The service that owns the subject, when one is known to.
        customer: Option<String>,
        /// When it was opened.
        opened_at: When,
        /// When something happened last.
        updated_at: When,
        /// Suspicious messages that led to it; 0 without a block.
        suspicious_messages: u64,
        /// Attempts to send that were refused since.
        refused_attempts: u64,
        /// What was written, oldest first.
        messages: Vec<TicketMessage>,
    }
    /// Whom something concerns.
    Party {
        /// What it is: "account", "ip", "domain" or, a customer's, "service".
        kind: String,
        /// Its name.
        name: String,
    }
    /// Some tickets.
    TicketPage {
        /// The tickets, latest first. A page may be shorter than the limit and have others behind it.
        items: Vec<TicketView>,
        /// What to give as `after` for the next page; null: this is the last.
        next: Option<String>,
    }
    /// What is said with a step.
    TicketText {
        /// The customer's answers, what he is told, or why he is refused.
        text: Text<1, 8000>,
    }
}

/// Which tickets.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TicketQuery {
    open: bool,
    customer: Option<Name>,
    after: Option<Number>,
    limit: Option<Limit>,
}

impl Party {
    pub(super) fn of(whom: &Whom) -> Self {
        Self { kind: whom.kind().to_owned(), name: whom.name() }
    }
}

impl Native {
    pub(super) fn ticket_view(&self, file: TicketFile) -> TicketView {
        let TicketFile { ticket, block, .. } = file;
        let service = self.service_of_whom(&ticket.subject);
        let messages = ticket.messages.iter().map(|message| TicketMessage {
            at: When(message.at),
            from: Word(message.from),
            address: message.address.clone(),
            by_account: message.by_account,
            body: message.body.clone(),
            attached: message
                .attached
                .iter()
                .map(|file| TicketFileName { name: file.name.clone(), size: file.size })
                .collect(),
        });
        TicketView {
            id: ticket.id,
            state: ticket.state.as_str().to_owned(),
            is_open: ticket.is_open().is_ok(),
            about: ticket.about.as_str().to_owned(),
            title: ticket.title(),
            block: ticket.block().map(ToString::to_string),
            diagnosis: ticket.about.diagnosis(),
            subject: Party::of(&ticket.subject),
            customer: (!service.is_empty()).then_some(service),
            opened_at: When(ticket.opened),
            updated_at: When(ticket.updated),
            suspicious_messages: block.as_ref().map_or(0, |block| block.spam),
            refused_attempts: block.as_ref().map_or(0, |block| block.attempts),
            messages: messages.collect(),
        }
    }

    pub(super) fn ticket_for(&self, actor: &Actor, action: Action, id: u64) -> Result<TicketFile, Problem> {
        let file = self.tickets.show(id)?;
        let admitted = self.admit_to_ticket(actor, action, &file.ticket);
        admitted.map(|()| file).map_err(|problem| problem.about("ticket", id))
    }

    /// The ticket of a block is whose the block is; whoever has the block's link may see it too.
    fn admit_to_ticket(&self, actor: &Actor, action: Action, ticket: &Ticket) -> Result<(), Problem> {
        let service = self.service_of_whom(&ticket.subject);
        let owner = match ticket.block() {
            Some(reference) => Owner::Block { service: &service, reference },
            None => Owner::Service(&service),
        };
        ruled(may(&actor.principal, action, owner))
    }

    pub(super) fn service_of_whom(&self, whom: &Whom) -> String {
        match whom {
            Whom::Subject(subject) => self.service_of(subject),
            Whom::Service { service } => service.clone(),
        }
    }
}

async fn list(call: Call, Asked(ask): Asked<TicketQuery>) -> Answer<TicketPage> {
    let TicketQuery { open, customer, after, limit } = ask;
    let customer = Text::of(customer);
    call.aside(move |native, actor| {
        own_service(&actor.principal, customer.as_deref())?;
        let (files, next) = Paging::new(after, limit).page(
            |below, many| Ok(native.tickets.list_before(below, open, many)?),
            |file| file.ticket.id,
            |file| {
                let asked = customer.as_deref().is_none_or(|one| native.service_of_whom(&file.ticket.subject) == one);
                asked && native.admit_to_ticket(actor, Action::SeeTicket, &file.ticket).is_ok()
            },
        )?;
        Ok(TicketPage { items: files.into_iter().map(|file| native.ticket_view(file)).collect(), next })
    })
    .await
}

async fn show(call: Call, Named(id): Named<Number>) -> Answer<TicketView> {
    call.aside(move |native, actor| {
        let file = native.ticket_for(actor, Action::SeeTicket, id.0)?;
        Ok(native.ticket_view(file))
    })
    .await
}

/// The customer answers.
async fn answers(call: Call, id: Named<Number>, Told(said): Told<TicketText>) -> Answer<TicketView> {
    let answered = move |tickets: &Tickets, id| Ok(tickets.replied(id, &said.text.0)?);
    step(call, id, Action::AnswerTicket, "answered", answered).await
}

/// The support desk writes to the customer.
async fn reply(call: Call, id: Named<Number>, Told(said): Told<TicketText>) -> Answer<TicketView> {
    let told = move |tickets: &Tickets, id| Ok(tickets.answer(id, &said.text.0)?);
    step(call, id, Action::DecideTicket, "reply", told).await
}

/// The account stays blocked, for this reason.
async fn refuse(call: Call, id: Named<Number>, Told(said): Told<TicketText>) -> Answer<TicketView> {
    let refused = move |tickets: &Tickets, id| Ok(tickets.refuse(id, &said.text.0)?);
    step(call, id, Action::DecideTicket, "refuse", refused).await
}

/// No more answers are taken.
async fn close(call: Call, id: Named<Number>) -> Answer<TicketView> {
    step(call, id, Action::KeepTicket, "close", |tickets, id| Ok(tickets.close(id)?)).await
}

/// The account is released.
async fn approve(call: Call, id: Named<Number>) -> Answer<TicketView> {
    step(call, id, Action::DecideTicket, "approve", |tickets, id| Ok(wait(tickets.approve(id))?)).await
}

async fn step(
    call: Call,
    Named(id): Named<Number>,
    action: Action,
    word: &'static str,
    take: impl FnOnce(&Tickets, u64) -> Result<TicketFile, Problem> + Send + 'static,
) -> Answer<TicketView> {
    let id = id.0;
    call.aside(move |native, actor| {
        native.ticket_for(actor, action, id)?;
        native.note(actor, action, &format!("ticket {id}"), word)?;
        Ok(native.ticket_view(take(&native.tickets, id)?))
    })
    .await
}
