//! What is on its way out: letters to people, events to other programs.

use limits::{AlertJob, Delivery, DeliveryState, LetterKind};
use serde::Serialize;

use super::LIVE;
use super::block::subject_href;
use crate::render::Page;

/// What is on its way out.
#[derive(Debug, Clone, Serialize)]
pub struct DeliveryPage {
    letters: Vec<LetterRow>,
    events: Vec<EventRow>,
    live: u32,
}

#[derive(Debug, Clone, Serialize)]
struct LetterRow {
    kind: &'static str,
    block: String,
    created: i64,
    due: i64,
    tries: u32,
    error: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct EventRow {
    hook: String,
    kind: &'static str,
    subject: String,
    href: String,
    at: i64,
    state: &'static str,
    due: i64,
    tries: u32,
    error: Option<String>,
}

impl DeliveryPage {
    /// Letters that wait, and the latest events.
    pub fn new(letters: &[AlertJob], events: &[Delivery]) -> Self {
        Self {
            letters: letters.iter().map(LetterRow::of).collect(),
            events: events.iter().map(EventRow::of).collect(),
            live: LIVE,
        }
    }
}

impl LetterRow {
    fn of(job: &AlertJob) -> Self {
        Self {
            kind: letter(&job.kind),
            block: job.block.to_string(),
            created: job.created.0,
            due: job.due.0,
            tries: job.tries,
            error: job.last_error.clone(),
        }
    }
}

/// The words of a letter: `letter.WORD`.
fn letter(kind: &LetterKind) -> &'static str {
    match kind {
        LetterKind::Blocked => "blocked",
        LetterKind::Missing(_) => "missing",
        LetterKind::Received => "received",
        LetterKind::Answer(_) => "answer",
        LetterKind::Approved => "approved",
        _ => "other",
    }
}

impl EventRow {
    fn of(delivery: &Delivery) -> Self {
        let subject = &delivery.happening.block.subject;
        Self {
            hook: delivery.hook.clone(),
            kind: delivery.happening.kind.as_str(),
            subject: subject.name(),
            href: subject_href(subject),
            at: delivery.happening.at.0,
            state: match delivery.state() {
                DeliveryState::Waiting => "waiting",
                DeliveryState::Dead => "failed",
                DeliveryState::Delivered => "sent",
            },
            due: delivery.due.0,
            tries: delivery.tries,
            error: delivery.last_error.clone(),
        }
    }
}

impl Page for DeliveryPage {
    const TEMPLATE: &'static str = "delivery.html";
}
