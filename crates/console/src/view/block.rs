//! Blocks: the list, and one with everything that is known of it.

use model::{Block, BlockState, Evidence, SubjectKey, Timestamp};
use serde::Serialize;

use super::LIVE;
use super::evidence::{EvidenceRow, SignalCount};
use super::paging::Paging;
use crate::render::Page;
use crate::words::Words;

/// A block as tables and pages show it.
#[derive(Debug, Clone, Serialize)]
pub struct BlockRow {
    reference: String,
    /// Its page.
    pub href: String,
    kind: &'static str,
    name: String,
    subject_href: String,
    /// Its service, when a customer is known to own it.
    pub owner: Option<String>,
    state: &'static str,
    since: i64,
    until: i64,
    /// Seconds until it ends or may be ended.
    left: Option<u64>,
    strike: u32,
    reason: String,
    rule: String,
    /// Whether an operator has decided it.
    by_hand: bool,
    way_out: &'static str,
    /// Whether nobody could say yet whose it is.
    awaits_owner: bool,
    messages: u64,
    spam: u64,
    attempts: u64,
    released: Option<Released>,
}

#[derive(Debug, Clone, Serialize)]
struct Released {
    at: i64,
    by: &'static str,
}

impl BlockRow {
    /// A block as it is now.
    pub fn of(block: &Block, now: Timestamp, words: &Words) -> Self {
        let left = block.until().since(now).as_secs();
        Self {
            reference: block.reference.to_string(),
            href: format!("/console/blocks/{}", block.reference),
            kind: block.subject.kind().as_str(),
            name: block.subject.name(),
            subject_href: subject_href(&block.subject),
            owner: None,
            state: state(block),
            since: block.since.0,
            until: block.until().0,
            left: (block.is_active() && left > 0).then_some(left),
            strike: block.strike,
            reason: alerts::reason_in(words.language(), &block.reason),
            rule: block.reason.rule.clone(),
            by_hand: block.reason.decided().is_some(),
            way_out: block.way_out.as_str(),
            awaits_owner: block.awaits_owner(),
            messages: block.messages,
            spam: block.spam,
            attempts: block.attempts,
            released: block.released.as_ref().map(|(at, by)| Released { at: at.0, by: releaser(by) }),
        }
    }

    /// The same with the page that its owner sees.
    #[must_use]
    pub fn for_owner(self) -> Self {
        Self { href: format!("/console/case/{}", self.reference), ..self }
    }

    /// Its state's word.
    pub(crate) fn state(&self) -> &'static str {
        self.state
    }

    /// Whether it is in force.
    pub(crate) fn is_active(&self) -> bool {
        !["unblocked", "noted"].contains(&self.state)
    }

    /// The words that say why: `why.KIND` and others.
    pub(crate) fn why(&self) -> &'static str {
        match self.state {
            "unblocked" => "why.was.",
            "would" => "why.would.",
            "noted" => "why.noted.",
            _ => "why.",
        }
    }

    /// Its subject's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The same with its owner's service.
    #[must_use]
    pub fn owned(self, owner: Option<String>) -> Self {
        Self { owner, ..self }
    }
}

/// The state's word in templates and style sheet; what monitor mode has noted is never called blocked.
fn state(block: &Block) -> &'static str {
    match block.state {
        BlockState::BlockedForSpam if block.is_noted() => "would",
        _ if block.reason.monitored => "noted",
        BlockState::BlockedForSpam => "blocked",
        BlockState::Unblocking => "unblocking",
        BlockState::Unblocked => "unblocked",
    }
}

/// Who released it, in a word the console has words for.
fn releaser(by: &str) -> &'static str {
    match by {
        "end of monitor mode" => "mode",
        _ => ["time", "ticket", "password", "customer", "report"]
            .into_iter()
            .find(|known| *known == by)
            .unwrap_or("operator"),
    }
}

/// The page of a subject.
pub(crate) fn subject_href(subject: &SubjectKey) -> String {
    format!("/console/subjects/{}/{}", subject.kind(), percent(&subject.name()))
}

/// A name as one segment of a path (RFC 3986 3.3).
pub(crate) fn percent(name: &str) -> String {
    let mut path = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@:".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path
}

/// The list of blocks.
#[derive(Debug, Clone, Serialize)]
pub struct BlocksPage {
    /// The blocks of this page.
    pub rows: Vec<BlockRow>,
    /// What is searched for.
    pub search: String,
    /// `active`, `all` or `ended`.
    pub state: String,
    /// `any` or a kind of subject.
    pub kind: String,
    /// The way on.
    pub pages: Paging,
    live: u32,
    filtered: bool,
    states: [&'static str; 3],
    kinds: [&'static str; 4],
    /// All of it as a file.
    file: String,
}

impl BlocksPage {
    /// The states to choose from.
    pub const STATES: [&'static str; 3] = ["active", "all", "ended"];
    /// The kinds to choose from.
    pub const KINDS: [&'static str; 4] = ["any", "account", "ip", "domain"];

    /// A page of the list.
    pub fn new(rows: Vec<BlockRow>, search: String, state: String, kind: String, pages: Paging) -> Self {
        let filtered = !search.is_empty() || state != "active" || kind != "any";
        let (states, kinds, file) = (Self::STATES, Self::KINDS, String::new());
        Self { rows, search, state, kind, pages, live: LIVE, filtered, states, kinds, file }
    }

    /// The same with the address of the whole list as a file.
    #[must_use]
    pub fn with_file(self, file: String) -> Self {
        Self { file, ..self }
    }
}

impl Page for BlocksPage {
    const TEMPLATE: &'static str = "blocks.html";
}

/// One block.
#[derive(Debug, Clone, Serialize)]
pub struct BlockPage {
    block: BlockRow,
    /// What says why.
    why: &'static str,
    scores: Option<Scores>,
    signals: Vec<SignalCount>,
    total: u64,
    rows: Vec<EvidenceRow>,
    search: String,
    pages: Paging,
    ticket: Option<u64>,
    may_release: bool,
    live: u32,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Scores {
    low: i32,
    high: i32,
}

/// Signals shown over all messages.
const TELLING: usize = 8;

impl BlockPage {
    /// A block with its messages; `spam` is the spam score.
    pub fn new(block: BlockRow, evidence: &[Evidence], spam: i32) -> Self {
        let scores = evidence.iter().map(|message| message.score);
        let scores = scores.clone().min().zip(scores.max()).map(|(low, high)| Scores { low, high });
        Self {
            why: block.why(),
            block,
            scores,
            signals: SignalCount::most_telling(evidence, TELLING),
            total: u64::try_from(evidence.len()).unwrap_or(u64::MAX),
            rows: evidence.iter().map(|message| EvidenceRow::whole(message, spam)).collect(),
            search: String::new(),
            pages: Paging::default(),
            ticket: None,
            may_release: false,
            live: LIVE,
        }
    }

    /// Shows only these of its messages.
    #[must_use]
    pub fn showing(self, rows: Vec<EvidenceRow>, search: String, pages: Paging) -> Self {
        Self { rows, search, pages, ..self }
    }

    /// With its ticket.
    #[must_use]
    pub fn with_ticket(self, ticket: Option<u64>) -> Self {
        Self { ticket, ..self }
    }

    /// With the way to release it.
    #[must_use]
    pub fn releasable(self, may: bool) -> Self {
        Self { may_release: may && ["blocked", "would"].contains(&self.block.state), ..self }
    }
}

impl Page for BlockPage {
    const TEMPLATE: &'static str = "block.html";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_monitor_mode_has_noted_is_never_called_blocked() {
        let words = Words::of(customers::Language::En);
        let mut block = testkit::samples::block("one", 1);
        let told = |block: &Block| {
            (BlockRow::of(block, Timestamp(1), words).state(), BlockRow::of(block, Timestamp(1), words).why())
        };
        assert_eq!(told(&block), ("blocked", "why."));
        block.reason.monitored = true;
        assert_eq!(told(&block), ("would", "why.would."));
        assert_eq!(told(&testkit::samples::released(block, 9)), ("noted", "why.noted."));
    }

    #[test]
    fn a_subject_has_one_segment_of_a_path() {
        let subject = testkit::samples::account("bob/../x y@shop.example");
        assert_eq!(subject_href(&subject), "/console/subjects/account/bob%2F..%2Fx%20y@shop.example");
    }
}
