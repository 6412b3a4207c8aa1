//! A block as its owner sees it: what happened, what to do, and the way out.

use std::time::Duration;

use customers::report::{Report, ReportState};
use customers::ticket::Ticket;
use model::{Block, BlockState, Evidence, SubjectKey, Timestamp, WayOut};
use serde::Serialize;

use super::block::BlockRow;
use super::evidence::EvidenceRow;
use super::paging::Paging;
use super::ticket::{MessageRow, TicketRow, conversation};
use crate::advice;
use crate::render::Page;
use crate::words::Words;

/// Seconds between two looks while a release is on its way, and while a block lasts.
const SOON: u32 = 2;
const LATER: u32 = 15;

/// A block for its owner.
#[derive(Debug, Clone, Serialize)]
pub struct CasePage {
    block: BlockRow,
    advice: Vec<&'static str>,
    contact: String,
    /// How long the next block would be, as a sentence.
    next: String,
    /// Where the form "unblock" goes, when it may.
    unblock: Option<String>,
    ticket: Option<TicketRow>,
    messages: Vec<MessageRow>,
    /// Where the answers go, when they may.
    answer: Option<String>,
    rows: Vec<EvidenceRow>,
    pages: Paging,
    csv: String,
    /// Where a message flagged by mistake goes.
    report: Option<String>,
    /// Those that were reported before.
    reports: Vec<MadeRow>,
    live: u32,
}

impl CasePage {
    /// A block with its messages at `base`, the path of its page; `spam` is the spam score.
    pub fn new(block: &Block, evidence: &[Evidence], base: &str, spam: i32, now: Timestamp, words: &Words) -> Self {
        let time = block.way_out == WayOut::Time;
        let over = block.until() <= now;
        let headers = !matches!(block.subject, SubjectKey::Ip(_));
        Self {
            block: BlockRow::of(block, now, words),
            advice: advice::steps(block, evidence),
            contact: String::new(),
            next: String::new(),
            unblock: (block.is_active() && !block.is_noted() && time && over).then(|| format!("{base}/unblock")),
            ticket: None,
            messages: Vec::new(),
            answer: None,
            rows: evidence.iter().map(|message| EvidenceRow::for_owner(message, spam, headers)).collect(),
            pages: Paging::default(),
            csv: format!("{base}/evidence.csv"),
            report: None,
            reports: Vec::new(),
            live: live(block, now),
        }
    }

    /// With its ticket; answers go below `base`.
    #[must_use]
    pub fn with_ticket(self, ticket: &Ticket, base: &str) -> Self {
        let open = ticket.is_open().is_ok();
        Self {
            answer: open.then(|| format!("{base}/answers")),
            messages: conversation(ticket),
            ticket: Some(TicketRow::of(ticket, None)),
            ..self
        }
    }

    /// With the sentence that says whom to ask.
    #[must_use]
    pub fn with_contact(self, contact: String) -> Self {
        Self { contact, ..self }
    }

    /// With how long the next block would be, by this ladder, as long as this one is not over.
    #[must_use]
    pub fn with_next(self, block: &Block, ladder: &[Duration], words: &Words) -> Self {
        let threatens = block.state != BlockState::Unblocked && !block.reason.monitored;
        let length = limits::next_length(ladder, block.strike).filter(|_| threatens);
        let next = length.map(|length| words.fill("status.next", &[("length", &words.length(length))]));
        Self { next: next.unwrap_or_default(), ..self }
    }

    /// With the messages that were reported as flagged by mistake, and what was decided.
    #[must_use]
    pub fn with_reports(self, reports: &[Report]) -> Self {
        Self { reports: reports.iter().map(MadeRow::of).collect(), ..self }
    }

    /// With a form for messages flagged by mistake, below `base`.
    #[must_use]
    pub fn with_report(self, base: &str) -> Self {
        Self { report: Some(format!("{base}/report")), ..self }
    }
}

/// A report as its customer sees it.
#[derive(Debug, Clone, Serialize)]
struct MadeRow {
    message_id: String,
    state: &'static str,
    reported: i64,
    said: String,
}

impl MadeRow {
    fn of(report: &Report) -> Self {
        // What was put away was told to nobody.
        let word = report.state.word().filter(|_| !matches!(report.state, ReportState::Dropped(_)));
        Self {
            message_id: report.message_id.as_str().to_owned(),
            state: report.state.as_str(),
            reported: report.reported.0,
            said: word.map(|word| word.reason.clone()).unwrap_or_default(),
        }
    }
}

/// Seconds until the page may look different; 0 when it stays as it is.
fn live(block: &Block, now: Timestamp) -> u32 {
    let left = u32::try_from(block.until().since(now).as_secs()).unwrap_or(LATER);
    match block.state {
        BlockState::BlockedForSpam if left > 0 && block.way_out == WayOut::Time => (left + 1).min(LATER),
        BlockState::BlockedForSpam => LATER,
        BlockState::Unblocking => SOON,
        BlockState::Unblocked => 0,
    }
}

impl Page for CasePage {
    const TEMPLATE: &'static str = "case.html";
}
