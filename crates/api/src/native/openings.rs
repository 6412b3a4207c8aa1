//! Tickets that are about no block: opened with a question, opened with the result of a diagnosis, taken up again.

use ::customers::ticket::{Author, Opening, Whom};
use access::{Action, Actor, Owner, Principal, Reach, may};
use axum::routing::post;
use model::SubjectKind;

use super::call::{Call, Named, Told};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::ticket_views::TicketView;
use super::tickets::TicketText;
use super::types::{Number, Text, Word, Words};
use super::{Answer, Native, ruled, subject_names};

pub(super) fn routes() -> Vec<Route> {
    use Action::KeepTicket;
    vec![
        Route::makes::<TicketView>("/api/tickets", KeepTicket, "Open a ticket with a question", post(open))
            .told::<TicketWanted>(),
        Route::makes::<TicketView>(
            "/api/diagnoses/{diagnosis}/ticket",
            KeepTicket,
            "Open a ticket that carries what a diagnosis found",
            post(diagnosed),
        ),
        Route::does::<TicketView>(
            "/api/tickets/{ticket}/reopen",
            KeepTicket,
            "Take a closed ticket up again",
            post(reopen),
        )
        .told::<TicketText>(),
    ]
}

wire! {
    /// What opens a ticket.
    TicketWanted {
        /// What it concerns.
        kind: Word<Concerned>,
        /// Its name: a login, an address, a domain or a service.
        name: Text<1, 320>,
        /// What it is about, in a line.
        title: Text<1, 200>,
        /// What there is to say.
        text: Text<1, 8000>,
    }
}

/// What a ticket may concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Concerned {
    /// Somebody who sends.
    Subject(SubjectKind),
    /// All that a customer has under one name.
    Service,
}

impl Words for Concerned {
    fn all() -> Vec<Self> {
        SubjectKind::ALL.iter().copied().map(Self::Subject).chain([Self::Service]).collect()
    }

    fn word(self) -> &'static str {
        match self {
            Self::Subject(kind) => kind.as_str(),
            Self::Service => "service",
        }
    }
}

impl Native {
    /// Whom a new ticket concerns, when the caller may open one about him.
    fn concerned(&self, actor: &Actor, kind: Concerned, name: &str) -> Result<Whom, Problem> {
        let whom = match kind {
            Concerned::Service => Whom::Service { service: name.to_owned() },
            Concerned::Subject(kind) => Whom::Subject(subject_names::meant(kind, name)?),
        };
        let admitted = ruled(may(&actor.principal, Action::KeepTicket, Owner::Service(&self.service_of_whom(&whom))));
        admitted.map_err(|problem| problem.about(kind.word(), name))?;
        if kind == Concerned::Service && !self.knows(&actor.principal, name) {
            return Err(Problem::field("name", "no customer has a service of that name"));
        }
        Ok(whom)
    }

    /// Whether there is such a service: one that a customer's key was made for needs no directory.
    fn knows(&self, principal: &Principal, service: &str) -> bool {
        matches!(principal, Principal::Customer(Reach::Services(_)))
            || self.search.directory().customer(service).is_some()
    }

    fn begin(&self, actor: &Actor, opening: &Opening) -> Result<TicketView, Problem> {
        self.note(actor, Action::KeepTicket, &opening.whom.to_string(), "open")?;
        Ok(self.ticket_view(self.tickets.open(opening)?))
    }
}

async fn open(call: Call, Told(wanted): Told<TicketWanted>) -> Answer<TicketView> {
    call.aside(move |native, actor| {
        let TicketWanted { kind, name, title, text } = wanted;
        let whom = native.concerned(actor, kind.0, &name.0)?;
        let opening = Opening::question(whom, &title.0, author(actor), &text.0)
            .map_err(|_| Problem::field("title", "expected a title and a text that can be seen"))?;
        native.begin(actor, &opening)
    })
    .await
}

async fn diagnosed(call: Call, Named(id): Named<Number>) -> Answer<TicketView> {
    call.aside(move |native, actor| {
        let task = native.diagnosis_for(actor, Action::KeepTicket, id.0)?;
        native.begin(actor, &task.opening(author(actor))?)
    })
    .await
}

async fn reopen(call: Call, Named(id): Named<Number>, Told(said): Told<TicketText>) -> Answer<TicketView> {
    call.aside(move |native, actor| {
        native.ticket_for(actor, Action::KeepTicket, id.0)?;
        native.note(actor, Action::KeepTicket, &format!("ticket {}", id.0), "reopen")?;
        Ok(native.ticket_view(native.tickets.reopen(id.0, author(actor), &said.text.0)?))
    })
    .await
}

fn author(actor: &Actor) -> Author {
    if actor.principal.is_staff() { Author::Support } else { Author::Customer }
}
