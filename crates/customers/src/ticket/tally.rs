//! How many tickets are open, by what they are about and where they stand.

use model::Timestamp;

use super::Ticket;

/// What a ticket can be about, in words.
const ABOUT: [&str; 3] = ["block", "diagnosis", "question"];
/// Where an open ticket can stand, in words.
const STATES: [&str; 3] = ["answering", "deciding", "refused"];
/// The state in which an operator is waited for.
const DECIDING: &str = "deciding";

/// Open tickets in numbers. Each kind and each state has a figure, so that a metric of them never appears or vanishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpenTickets {
    counts: [[u64; STATES.len()]; ABOUT.len()],
    waits_since: Option<Timestamp>,
}

impl OpenTickets {
    /// So many more of that kind stand there, the first of them since then. Words that are none of ours count nothing.
    pub fn add(&mut self, about: &str, state: &str, count: u64, since: Timestamp) {
        let places = (ABOUT.iter().position(|word| *word == about), STATES.iter().position(|word| *word == state));
        let (Some(row), Some(column)) = places else { return };
        if let Some(figure) = self.counts.get_mut(row).and_then(|row| row.get_mut(column)) {
            *figure = figure.saturating_add(count);
        }
        if state == DECIDING && count > 0 {
            self.waits_since = Some(self.waits_since.map_or(since, |before| before.min(since)));
        }
    }

    /// One more, if it is open.
    pub fn count(&mut self, ticket: &Ticket) {
        self.add(ticket.about.as_str(), ticket.state.as_str(), 1, ticket.since);
    }

    /// Every kind and state, in words, with its number.
    pub fn figures(&self) -> impl Iterator<Item = ([&'static str; 2], u64)> {
        let counts = self.counts.into_iter().flatten();
        ABOUT.into_iter().flat_map(|about| STATES.map(|state| [about, state])).zip(counts)
    }

    /// Since when the one that waits longest for an operator has waited.
    pub fn waits_since(&self) -> Option<Timestamp> {
        self.waits_since
    }
}

#[cfg(test)]
mod tests {
    use super::super::{About, Author, Opening, TicketState, Whom};
    use super::*;

    fn ticket(about: About, state: TicketState, since: i64) -> Ticket {
        let whom = Whom::Service { service: "hosting-4711".into() };
        let opening = Opening { whom, about, author: Author::Customer, text: "?".into() };
        Ticket { state, ..Ticket::begun(1, &opening, Timestamp(since)) }
    }

    #[test]
    fn every_kind_and_state_has_a_figure_of_its_own() {
        let abouts = [
            About::Block { block: testkit::samples::reference("k3x9") },
            About::Diagnosis { diagnosis: 1, result: serde_json::Value::Null },
            About::Question { title: "Why?".into() },
        ];
        let refused = TicketState::Refused { reason: "no".into() };
        let mut open = OpenTickets::default();
        for about in abouts {
            for state in [TicketState::Answering, TicketState::Deciding, refused.clone()] {
                open.count(&ticket(about.clone(), state, 7));
            }
            for over in [TicketState::Approved, TicketState::Closed] {
                open.count(&ticket(about.clone(), over, 1));
            }
        }
        assert!(open.figures().all(|(_, count)| count == 1), "{open:?}");
        assert_eq!(open.figures().count(), 9);
    }

    #[test]
    fn only_those_that_an_operator_decides_wait_for_him() {
        let mut open = OpenTickets::default();
        let question = || About::Question { title: "Why?".into() };
        open.count(&ticket(question(), TicketState::Answering, 1));
        assert_eq!(open.waits_since(), None);
        open.count(&ticket(question(), TicketState::Deciding, 5));
        open.count(&ticket(question(), TicketState::Deciding, 9));
        assert_eq!(open.waits_since(), Some(Timestamp(5)));
    }
}
