//! What is on its way out: letters to people, events for other programs.

use limits::{Delivery, DeliveryState, LetterState, Matter, Posted};
use serde::Serialize;
use webhooks::{Receiver, Tested};

use super::LIVE;
use super::block::{percent, subject_href};
use super::frame::{Message, Tone};
use super::paging::Paging;
use crate::render::Page;
use crate::words::Words;

/// What is on its way out.
#[derive(Debug, Clone, Serialize)]
pub struct DeliveryPage {
    receivers: Vec<ReceiverRow>,
    events: List<EventRow>,
    /// The receiver that events are shown of; empty for all.
    hook: String,
    letters: List<LetterRow>,
    /// Letters that wait.
    waiting: u64,
    may_change: bool,
    live: u32,
}

/// A page of a list, of those in one state.
#[derive(Debug, Clone, Serialize)]
struct List<R> {
    rows: Vec<R>,
    /// The states to choose from, and the chosen one; empty for all.
    states: Vec<&'static str>,
    state: &'static str,
    pages: Paging,
}

/// One event, with what is sent.
#[derive(Debug, Clone, Serialize)]
pub struct EventPage {
    event: EventRow,
    body: String,
    may_change: bool,
    live: u32,
}

#[derive(Debug, Clone, Serialize)]
struct ReceiverRow {
    name: String,
    href: String,
    waiting: u64,
    oldest: Option<i64>,
    dead: u64,
    since: Option<i64>,
    error: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct LetterRow {
    kind: &'static str,
    state: &'static str,
    /// What it is about, and where more is shown of that.
    about: String,
    about_href: String,
    href: String,
    /// Whom it has reached.
    told: String,
    created: i64,
    /// When it is tried again, was sent or given up.
    at: i64,
    tries: u32,
    error: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct EventRow {
    hook: String,
    id: String,
    href: String,
    kind: &'static str,
    subject: String,
    /// Where more is shown of it; services have no page.
    subject_href: Option<String>,
    happened: i64,
    state: &'static str,
    at: i64,
    tries: u32,
    error: Option<String>,
}

impl DeliveryPage {
    /// Who is told of events; so many letters wait.
    pub fn new(receivers: &[Receiver], waiting: u64, may_change: bool) -> Self {
        let event_states = DeliveryState::ALL.iter().map(|state| state.as_str()).collect();
        let letter_states = LetterState::ALL.iter().map(|state| state.as_str()).collect();
        Self {
            receivers: receivers.iter().map(ReceiverRow::of).collect(),
            events: List::in_states(event_states),
            hook: String::new(),
            letters: List::in_states(letter_states),
            waiting,
            may_change,
            live: LIVE,
        }
    }

    /// With events for that receiver, or for all; in that state, or in any.
    #[must_use]
    pub fn with_events(
        mut self,
        events: &[Delivery],
        hook: String,
        state: Option<DeliveryState>,
        pages: Paging,
    ) -> Self {
        let (rows, state) = (events.iter().map(EventRow::of).collect(), state.map_or("", DeliveryState::as_str));
        self.events = List { rows, state, pages, ..self.events };
        Self { hook, ..self }
    }

    /// With letters in that state, or in any.
    #[must_use]
    pub fn with_letters(mut self, letters: &[Posted], state: Option<LetterState>, pages: Paging) -> Self {
        let (rows, state) = (letters.iter().map(LetterRow::of).collect(), state.map_or("", LetterState::as_str));
        self.letters = List { rows, state, pages, ..self.letters };
        self
    }
}

impl<R> List<R> {
    fn in_states(states: Vec<&'static str>) -> Self {
        Self { rows: Vec::new(), states, state: "", pages: Paging::default() }
    }
}

impl EventPage {
    /// An event with its body.
    pub fn new(delivery: &Delivery, body: &str, may_change: bool) -> Self {
        Self { event: EventRow::of(delivery), body: readable(body), may_change, live: LIVE }
    }
}

/// JSON as people read it; anything else as it is.
fn readable(body: &str) -> String {
    let parsed = serde_json::from_str::<serde_json::Value>(body).ok();
    parsed.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_else(|| body.to_owned())
}

impl Message {
    /// What came of trying a receiver.
    pub fn tested(hook: &str, tested: &Tested, words: &Words) -> Self {
        let took = format!("{} ms", tested.took.as_millis());
        match &tested.outcome {
            Ok(status) => {
                let gaps = [("hook", hook), ("status", &*status.to_string()), ("took", &took)];
                Self { tone: Tone::Good, text: words.fill("delivery.tested", &gaps) }
            }
            Err(error) => {
                let gaps = [("hook", hook), ("error", &*error.to_string()), ("took", &took)];
                Self { tone: Tone::Bad, text: words.fill("delivery.tested.bad", &gaps) }
            }
        }
    }
}

impl ReceiverRow {
    fn of(receiver: &Receiver) -> Self {
        Self {
            href: format!("/console/delivery/receivers/{}", percent(&receiver.name)),
            name: receiver.name.clone(),
            waiting: receiver.waiting,
            oldest: receiver.oldest.map(|oldest| oldest.0),
            dead: receiver.dead,
            since: receiver.failing.as_ref().map(|(since, _)| since.0),
            error: receiver.failing.as_ref().map(|(_, error)| error.clone()),
        }
    }
}

impl LetterRow {
    fn of(posted: &Posted) -> Self {
        let job = &posted.letter;
        let state = match posted.state() {
            LetterState::GivenUp => "failed",
            state => state.as_str(),
        };
        let error = Some(posted.why()).filter(|why| !why.is_empty());
        Self {
            kind: job.kind.word(),
            state,
            about: job.about.to_string(),
            about_href: matter_href(&job.about),
            href: format!("/console/delivery/letters/{}/{}", percent(&job.about.to_string()), job.number),
            told: job.told.join(", "),
            created: job.created.0,
            at: job.sent.or(job.given_up).unwrap_or(job.due).0,
            tries: job.tries,
            error: error.filter(|_| !posted.bounces.is_empty() || job.sent.is_none()),
        }
    }
}

/// Where more is shown of what a letter is about.
pub(super) fn matter_href(about: &Matter) -> String {
    match about {
        Matter::Block(block) => format!("/console/blocks/{}", percent(block.as_str())),
        Matter::Ticket(ticket) => format!("/console/tickets/{ticket}"),
    }
}

impl EventRow {
    fn of(delivery: &Delivery) -> Self {
        let (topic, id) = (&delivery.happening.topic, delivery.happening.id());
        let state = match delivery.state() {
            DeliveryState::Waiting => "waiting",
            DeliveryState::Dead => "failed",
            DeliveryState::Delivered => "sent",
        };
        Self {
            hook: delivery.hook.clone(),
            href: format!("/console/delivery/events/{}/{}", percent(&delivery.hook), percent(&id)),
            id,
            kind: delivery.happening.kind.as_str(),
            subject: topic.named().1,
            subject_href: topic.subject().map(subject_href),
            happened: delivery.happening.at.0,
            state,
            at: delivery.delivered.or(delivery.dead).unwrap_or(delivery.due).0,
            tries: delivery.tries,
            error: delivery.last_error.clone().filter(|_| delivery.delivered.is_none()),
        }
    }
}

impl Page for DeliveryPage {
    const TEMPLATE: &'static str = "delivery.html";
}

impl Page for EventPage {
    const TEMPLATE: &'static str = "event.html";
}
