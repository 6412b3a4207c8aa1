//! Tickets in maps: those of blocks are in their cases, the others here.

use customers::ticket::{
    MAX_OPEN, MAX_OPEN_EACH, OpenTickets, Opening, OpeningRefused, Step, StepRefused, Stepped, Ticket, TicketStore,
    Whom,
};
use limits::{AlertJob, Holdings, LetterKind};
use model::{Block, BlockRef, Timestamp};

use super::letters::Letters;
use super::{Case, MemoryStore, Result, State};

/// A ticket without a block.
pub(super) struct Loose {
    pub(super) ticket: Ticket,
    pub(super) letters: Letters,
}

impl Loose {
    pub(super) fn is_kept(&self, since: Timestamp) -> bool {
        self.ticket.is_open().is_ok() || self.ticket.updated >= since
    }
}

type Taken = std::result::Result<(Ticket, Option<LetterKind>), StepRefused>;

fn take(ticket: &Ticket, block: Option<&Block>, step: Step<'_>) -> Taken {
    let mut ticket = ticket.clone();
    let letter = step(&mut ticket)?;
    let is_over = block.is_some_and(|block| !block.is_active());
    if is_over && ticket.is_open().is_ok() {
        return Err(StepRefused::BlockOver { id: ticket.id });
    }
    Ok((ticket, letter))
}

impl State {
    fn step_of_block(&mut self, id: u64, step: Step<'_>) -> Stepped {
        let is_it = |case: &&mut Case| case.ticket.as_ref().is_some_and(|ticket| ticket.id == id);
        let case = self.cases.values_mut().find(is_it)?;
        let before = case.ticket.clone()?;
        let taken = take(&before, Some(&case.block), step).map(|(ticket, letter)| {
            let happened = ticket.has_stepped(before.is_open().is_ok(), letter.as_ref(), Some(&case.block));
            case.ticket = Some(ticket.clone());
            case.letters.queue(letter, ticket.updated);
            (ticket, happened)
        });
        Some(taken.map(|(ticket, happened)| {
            self.deliveries.note([happened]);
            ticket
        }))
    }

    fn step_alone(&mut self, id: u64, step: Step<'_>) -> Stepped {
        let loose = self.loose.get_mut(&id)?;
        let was_open = loose.ticket.is_open().is_ok();
        let taken = take(&loose.ticket, None, step).map(|(ticket, letter)| {
            let happened = ticket.has_stepped(was_open, letter.as_ref(), None);
            loose.ticket = ticket.clone();
            loose.letters.queue(letter.filter(LetterKind::needs_no_block), ticket.updated);
            (ticket, happened)
        });
        Some(taken.map(|(ticket, happened)| {
            self.deliveries.note([happened]);
            ticket
        }))
    }

    fn begin(&mut self, opening: &Opening, node: &str, at: Timestamp) -> std::result::Result<Ticket, OpeningRefused> {
        let diagnosis = opening.about.diagnosis();
        let loose = || self.loose.values().map(|loose| &loose.ticket);
        if let Some(known) = loose().find(|ticket| diagnosis.is_some() && ticket.about.diagnosis() == diagnosis) {
            return Ok(known.clone());
        }
        let open = || loose().filter(|ticket| ticket.is_open().is_ok());
        let (same, all) = (open().filter(|ticket| ticket.subject == opening.whom).count(), open().count());
        if same >= MAX_OPEN_EACH {
            return Err(OpeningRefused::TooMany(same));
        }
        if all >= MAX_OPEN {
            return Err(OpeningRefused::Crowded(all));
        }
        self.tickets += 1;
        let ticket = Ticket::begun(self.tickets, opening, at);
        let letters = Letters::beginning(Some(&AlertJob::opened(ticket.id, node, at)));
        self.loose.insert(ticket.id, Loose { ticket: ticket.clone(), letters });
        self.deliveries.note([ticket.has_opened(None)]);
        Ok(ticket)
    }
}

impl TicketStore for MemoryStore {
    fn ticket(&self, id: u64) -> Result<Option<Ticket>> {
        let state = self.state();
        let mut of_blocks = state.cases.values().filter_map(|case| case.ticket.as_ref());
        let alone = state.loose.get(&id).map(|loose| &loose.ticket);
        Ok(alone.or_else(|| of_blocks.find(|ticket| ticket.id == id)).cloned())
    }

    fn ticket_of(&self, block: &BlockRef) -> Result<Option<Ticket>> {
        Ok(self.state().cases.get(block).and_then(|case| case.ticket.clone()))
    }

    fn tickets(&self, only_open: bool, limit: usize) -> Result<Vec<(Ticket, Option<Block>)>> {
        self.tickets_before(u64::MAX, only_open, limit)
    }

    fn tickets_before(&self, number: u64, only_open: bool, limit: usize) -> Result<Vec<(Ticket, Option<Block>)>> {
        let state = self.state();
        let both = |case: &Case| case.ticket.clone().map(|ticket| (ticket, Some(case.block.clone())));
        let alone = state.loose.values().map(|loose| (loose.ticket.clone(), None));
        let mut tickets: Vec<_> = state.cases.values().filter_map(both).chain(alone).collect();
        tickets.retain(|(ticket, _)| ticket.id < number && (!only_open || ticket.is_open().is_ok()));
        tickets.sort_by_key(|(ticket, _)| std::cmp::Reverse(ticket.id));
        tickets.truncate(limit);
        Ok(tickets)
    }

    fn tickets_within(&self, service: &str, within: &Holdings, limit: usize) -> Result<Vec<(Ticket, Option<Block>)>> {
        let mut tickets = self.tickets_before(u64::MAX, false, usize::MAX)?;
        tickets.retain(|(ticket, _)| match &ticket.subject {
            Whom::Subject(subject) => within.holds(subject),
            Whom::Service { service: named } => named == service,
        });
        tickets.truncate(limit);
        Ok(tickets)
    }

    fn open_tickets(&self) -> Result<OpenTickets> {
        let state = self.state();
        let of_blocks = state.cases.values().filter_map(|case| case.ticket.as_ref());
        let mut open = OpenTickets::default();
        of_blocks.chain(state.loose.values().map(|loose| &loose.ticket)).for_each(|ticket| open.count(ticket));
        Ok(open)
    }

    fn step(&self, id: u64, step: Step<'_>) -> Result<Stepped> {
        let mut state = self.state();
        Ok(if state.loose.contains_key(&id) { state.step_alone(id, step) } else { state.step_of_block(id, step) })
    }

    fn open_ticket(
        &self,
        opening: &Opening,
        node: &str,
        at: Timestamp,
    ) -> Result<std::result::Result<Ticket, OpeningRefused>> {
        Ok(self.state().begin(opening, node, at))
    }
}
