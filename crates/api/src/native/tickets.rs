//! The tickets of blocked accounts, and those that customers and operators open.

use ::customers::ticket::{Answers, Ticket, Whom};
use access::{Action, Actor, Owner, may};
use axum::routing::{get, post};
use pipeline::{TicketFile, Tickets};
use serde::Deserialize;

use super::call::{Asked, Call, Named, Told, wait};
use super::openings::Concerned;
use super::paging::Paging;
use super::parameters::{self, BELOW, CUSTOMER, LIMIT, Parameter, SINCE, UNTIL, flag, parameter};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::sieve::Sieve;
use super::ticket_views::{Matter, Stands, TicketPage, TicketView};
use super::types::{Limit, Moment, Name, Number, Text, Word, Words};
use super::{Answer, Native, ruled};

const QUERY: &[Parameter] = &[
    flag("open", "Only those that still take answers."),
    parameter("state", parameters::word::<Stands>, "Only in this state."),
    parameter("about", parameters::word::<Matter>, "Only about such a thing."),
    parameter("kind", parameters::word::<Concerned>, "Only those that concern somebody of this kind."),
    CUSTOMER,
    SINCE,
    UNTIL,
    BELOW,
    LIMIT,
];

pub(super) fn routes() -> Vec<Route> {
    use Action::{AnswerTicket, DecideTicket, KeepTicket, SeeTicket};
    let step = Route::does::<TicketView>;
    vec![
        Route::reads::<TicketPage>("/api/tickets", SeeTicket, "Find tickets", get(list)).asked(QUERY),
        Route::reads::<TicketView>("/api/tickets/{ticket}", SeeTicket, "See a ticket", get(show)),
        step("/api/tickets/{ticket}/answers", AnswerTicket, "Answer as the customer", post(answers))
            .told::<TicketAnswers>(),
        step("/api/tickets/{ticket}/reply", DecideTicket, "Write to the customer", post(reply)).told::<TicketText>(),
        step("/api/tickets/{ticket}/approve", DecideTicket, "Release the account", post(approve)),
        step("/api/tickets/{ticket}/refuse", DecideTicket, "Keep it blocked, and say why", post(refuse))
            .told::<TicketText>(),
        step("/api/tickets/{ticket}/close", KeepTicket, "Take no more answers", post(close)),
    ]
}

wire! {
    /// What the customer answers: some of it, at least one.
    TicketAnswers {
        /// Whether he has sent the messages.
        sender: Option<Text<1, { Answers::MAX_ANSWER }>>,
        /// Whether he has a redirection to another address.
        redirection: Option<Text<1, { Answers::MAX_ANSWER }>>,
        /// Whether he has replied to spam.
        replied: Option<Text<1, { Answers::MAX_ANSWER }>>,
        /// What else there is to say; or all answers, as in a mail: "1. no 2. no 3. no".
        text: Option<Text<1, 8000>>,
    }
    /// What is said with a step.
    TicketText {
        /// What the customer is told, why he is refused, or why it is taken up again.
        text: Text<1, 8000>,
    }
}

/// Which tickets.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TicketQuery {
    open: bool,
    state: Option<Word<Stands>>,
    about: Option<Word<Matter>>,
    kind: Option<Word<Concerned>>,
    customer: Option<Name>,
    since: Option<Moment>,
    until: Option<Moment>,
    after: Option<Number>,
    limit: Option<Limit>,
}

impl Native {
    pub(super) fn ticket_view(&self, file: TicketFile) -> TicketView {
        let service = self.service_of_whom(&file.ticket.subject);
        TicketView::of(file, Some(service).filter(|service| !service.is_empty()))
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

impl TicketQuery {
    /// Whether it is one of those that were asked for, whoever asks.
    fn wants(&self, native: &Native, sieve: &Sieve, ticket: &Ticket) -> bool {
        self.state.is_none_or(|state| state.0 == Stands::of(&ticket.state))
            && self.about.is_none_or(|about| about.0 == Matter::of(&ticket.about))
            && self.kind.is_none_or(|kind| kind.0.word() == ticket.subject.kind())
            && sieve.lets_time(ticket.opened)
            && self.customer.as_ref().is_none_or(|one| native.service_of_whom(&ticket.subject) == one.0)
    }
}

async fn list(call: Call, Asked(ask): Asked<TicketQuery>) -> Answer<TicketPage> {
    let sieve = Sieve { kind: None, customer: ask.customer.clone(), since: ask.since, until: ask.until };
    call.aside(move |native, actor| {
        sieve.may(&actor.principal)?;
        let (files, next) = Paging::new(ask.after, ask.limit).page(
            |below, many| {
                let rows = native.tickets.list_before(below, ask.open, many)?;
                Ok(sieve.recent(rows, |file| file.ticket.opened))
            },
            |file| file.ticket.id,
            |file| {
                ask.wants(native, &sieve, &file.ticket)
                    && native.admit_to_ticket(actor, Action::SeeTicket, &file.ticket).is_ok()
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
async fn answers(call: Call, id: Named<Number>, Told(said): Told<TicketAnswers>) -> Answer<TicketView> {
    let TicketAnswers { sender, redirection, replied, text } = said;
    let given = [sender, redirection, replied].map(|answer| Text::of(answer).unwrap_or_default());
    let reply = Answers::as_reply(&Text::of(text).unwrap_or_default(), &given);
    if reply.is_empty() {
        return Err(Problem::field("text", "expected an answer, here or in sender, redirection or replied"));
    }
    let answered = move |tickets: &Tickets, id| Ok(tickets.replied(id, &reply)?);
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
