//! What letters about many blocks tell: the one that collects a customer's, and the operators' digest. Their fields are the
//! variables of the templates `collected` and `digest`.

use std::time::Duration;

use customers::ticket::{Ticket, TicketState};
use customers::{Customer, Language};
use limits::{AlertJob, Bounce, LetterKind};
use minijinja::Value;
use model::{Block, Timestamp};
use serde::Serialize;

use crate::facts::{MAX_VALUE, ReasonFacts, Subject, reason};
use crate::post::Post;
use crate::text::clean;
use crate::words::{length, minute};

/// No more blocks, tickets or letters than this are listed, each.
pub(crate) const MAX_LISTED: usize = 50;

/// A block in a list.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Line {
    subject: Subject,
    reference: String,
    since: String,
    until: String,
    /// Whether it ends by itself.
    automatic: bool,
    /// `time`, `ticket` or `password`; empty while its owner is not known, and with him how it ends.
    way_out: &'static str,
    /// When it ended; empty while it is in force.
    released: String,
    spam: u64,
    attempts: u64,
    reason: ReasonFacts,
    /// Whether an operator has decided it, and no rule.
    by_hand: bool,
    /// The ticket that leads out; 0 without one.
    ticket: u64,
    link: String,
}

impl Line {
    pub(crate) fn of(block: &Block, ticket: Option<&Ticket>, language: Language, post: &Post) -> Self {
        let released = block.released.as_ref().filter(|_| !block.is_active());
        Self {
            subject: Subject { kind: block.subject.kind().as_str(), name: clean(&block.subject.name(), MAX_VALUE) },
            reference: block.reference.to_string(),
            since: minute(language, block.since),
            until: minute(language, block.until()),
            automatic: block.automatic_release,
            way_out: if block.awaits_owner() { "" } else { block.way_out.as_str() },
            released: released.map(|(at, _)| minute(language, *at)).unwrap_or_default(),
            spam: block.spam,
            attempts: block.attempts,
            reason: reason(block, language),
            by_hand: block.reason.decided().is_some(),
            ticket: ticket.filter(|ticket| ticket.is_open().is_ok()).map_or(0, |ticket| ticket.id),
            link: clean(&post.link_to(&block.reference), MAX_VALUE),
        }
    }

    fn sample(language: Language, ticket: u64, released: &str) -> Self {
        Self {
            subject: Subject { kind: if ticket > 0 { "account" } else { "ip" }, name: "bob@shop.example".into() },
            reference: "k3x9qm2f7c".into(),
            since: "2026-11-21 10:15 UTC".into(),
            until: "2026-11-21 11:15 UTC".into(),
            automatic: ticket == 0,
            way_out: if ticket > 0 { "ticket" } else { "time" },
            released: released.into(),
            spam: 5,
            attempts: 12,
            reason: ReasonFacts {
                sentence: "5 messages that look like spam within 10 minutes".into(),
                count: 5,
                window: length(language, Duration::from_secs(600)),
            },
            by_hand: false,
            ticket,
            link: "https://portreeve.example/b/k3x9qm2f7c".into(),
        }
    }
}

/// Many blocks of one customer.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Collected {
    language: &'static str,
    customer: String,
    service: String,
    /// How many blocks.
    total: u64,
    /// How many of them an operator has decided, and no rule.
    decided: u64,
    /// How many of them have an open ticket.
    waiting: u64,
    /// The first of them.
    blocks: Vec<Line>,
    /// How many more.
    more: u64,
    node: String,
}

impl Collected {
    pub(crate) fn of(lines: Vec<Line>, owner: &Customer, post: &Post) -> Self {
        let total = count(lines.len());
        let those = |chosen: fn(&&Line) -> bool| count(lines.iter().filter(chosen).count());
        let (decided, waiting) = (those(|line| line.by_hand), those(|line| line.ticket > 0));
        let blocks: Vec<_> = lines.into_iter().take(MAX_LISTED).collect();
        Self {
            language: owner.language.as_str(),
            customer: clean(&owner.name, MAX_VALUE),
            service: clean(&owner.service, MAX_VALUE),
            total,
            decided,
            waiting,
            more: total - count(blocks.len()),
            blocks,
            node: clean(&post.node, MAX_VALUE),
        }
    }

    /// As it might be, for previews and for checking templates; `bare`: with nothing that need not be.
    pub(crate) fn sample(language: Language, bare: bool) -> Value {
        let released = Line::sample(language, 0, "2026-11-21 11:15 UTC");
        let endless = Line { automatic: false, by_hand: bare, ..Line::sample(language, 0, "") };
        let password = Line { way_out: "password", ..endless.clone() };
        let mut blocks = vec![Line::sample(language, 4711, ""), released, Line::sample(language, 0, "")];
        blocks.extend([endless, password]);
        Value::from_serialize(Self {
            language: language.as_str(),
            customer: if bare { String::new() } else { "Shop Ltd".into() },
            service: if bare { String::new() } else { "hosting-4711".into() },
            total: if bare { 5 } else { 120 },
            decided: if bare { 5 } else { 2 },
            waiting: u64::from(!bare),
            more: if bare { 0 } else { 115 },
            blocks,
            node: "mx1.provider.example".into(),
        })
    }

    pub(crate) fn value(&self) -> Value {
        Value::from_serialize(self)
    }
}

/// A part that does not work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Concern {
    /// Its name.
    pub part: String,
    /// What is wrong.
    pub sentence: String,
}

/// A ticket in the digest.
#[derive(Debug, Clone, Serialize)]
struct Open {
    number: u64,
    name: String,
    /// Whether an operator is to decide; otherwise the customer is to answer.
    deciding: bool,
    /// How long it has been so.
    waited: String,
}

/// A letter that was given up.
#[derive(Debug, Clone, Serialize)]
struct Lost {
    name: String,
    error: String,
}

/// A letter that came back.
#[derive(Debug, Clone, Serialize)]
struct Returned {
    name: String,
    /// Whom it did not reach.
    recipient: String,
    /// Why: a status code and the other server's words.
    error: String,
}

/// The operators' digest.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DigestFacts {
    language: &'static str,
    since: String,
    until: String,
    /// Whether it comes early, because there were too many letters to send each.
    crowd: bool,
    /// Blocks that began.
    total: u64,
    /// How many of them are over.
    over: u64,
    blocks: Vec<Line>,
    more: u64,
    /// Open tickets, those that wait longest first.
    tickets: Vec<Open>,
    more_tickets: u64,
    /// Letters that were given up.
    lost: Vec<Lost>,
    more_lost: u64,
    /// Letters that the recipient's server has sent back.
    returned: Vec<Returned>,
    more_returned: u64,
    /// Events for webhooks that were given up.
    dead_events: u64,
    /// Parts that do not work.
    concerns: Vec<Concern>,
    node: String,
}

/// The first of many, with the names of whom they concern.
pub(crate) struct Named<T> {
    pub(crate) first: Vec<(String, T)>,
    /// How many there are.
    pub(crate) total: usize,
}

/// What a digest is made of.
pub(crate) struct Material {
    pub(crate) since: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) crowd: bool,
    pub(crate) blocks: Vec<Block>,
    pub(crate) tickets: Vec<Ticket>,
    pub(crate) lost: Named<AlertJob>,
    pub(crate) returned: Named<Bounce>,
    pub(crate) dead_events: u64,
    pub(crate) concerns: Vec<Concern>,
}

impl Material {
    /// Whether there is nothing to tell.
    pub(crate) fn is_empty(&self) -> bool {
        self.blocks.is_empty()
            && self.tickets.is_empty()
            && self.lost.total == 0
            && self.returned.total == 0
            && self.concerns.is_empty()
            && self.dead_events == 0
    }
}

impl DigestFacts {
    pub(crate) fn of(material: &Material, language: Language, post: &Post) -> Self {
        let Material { since, until, crowd, blocks, tickets, lost, returned, dead_events, concerns } = material;
        let mut waiting: Vec<_> = tickets.iter().collect();
        waiting.sort_by_key(|ticket| (ticket.since, ticket.id));
        let opened = |ticket: &&Ticket| Open {
            number: ticket.id,
            name: clean(&named(ticket), MAX_VALUE),
            deciding: ticket.state == TicketState::Deciding,
            waited: length(language, until.since(ticket.since)),
        };
        let of_block = |block: &Block| tickets.iter().find(|ticket| ticket.block() == Some(&block.reference));
        Self {
            language: language.as_str(),
            since: minute(language, *since),
            until: minute(language, *until),
            crowd: *crowd,
            total: count(blocks.len()),
            over: count(blocks.iter().filter(|block| !block.is_active()).count()),
            blocks: listed(blocks, |block| Line::of(block, of_block(block), language, post)),
            more: beyond(blocks.len()),
            tickets: waiting.iter().take(MAX_LISTED).map(opened).collect(),
            more_tickets: beyond(tickets.len()),
            lost: listed(&lost.first, |(name, letter)| lost_letter(name, letter)),
            more_lost: beyond(lost.total),
            returned: listed(&returned.first, |(name, bounce)| returned_letter(name, bounce)),
            more_returned: beyond(returned.total),
            dead_events: *dead_events,
            concerns: concerns.iter().take(MAX_LISTED).map(cleaned).collect(),
            node: clean(&post.node, MAX_VALUE),
        }
    }

    /// As it might be, for previews and for checking templates; `bare`: with nothing that need not be.
    pub(crate) fn sample(language: Language, bare: bool) -> Value {
        let full = Self {
            language: language.as_str(),
            since: "2026-11-20 06:00 UTC".into(),
            until: "2026-11-21 06:00 UTC".into(),
            crowd: true,
            total: 120,
            over: 80,
            blocks: vec![Line::sample(language, 4711, ""), Line::sample(language, 0, "2026-11-21 11:15 UTC")],
            more: 118,
            tickets: [true, false]
                .into_iter()
                .map(|deciding| Open {
                    number: 4711,
                    name: "bob@shop.example".into(),
                    deciding,
                    waited: length(language, Duration::from_secs(90_000)),
                })
                .collect(),
            more_tickets: 3,
            lost: vec![Lost { name: "bob@shop.example".into(), error: "the relay 127.0.0.1:25: refused".into() }],
            more_lost: 2,
            returned: vec![Returned {
                name: "bob@shop.example".into(),
                recipient: "owner@shop.example".into(),
                error: "5.1.1 550 no such user".into(),
            }],
            more_returned: 1,
            dead_events: 4,
            concerns: vec![Concern { part: "resolver".into(), sentence: "no name server answers".into() }],
            node: "mx1.provider.example".into(),
        };
        let nothing = Self {
            crowd: false,
            total: 0,
            over: 0,
            blocks: Vec::new(),
            more: 0,
            tickets: Vec::new(),
            more_tickets: 0,
            lost: Vec::new(),
            more_lost: 0,
            returned: Vec::new(),
            more_returned: 0,
            dead_events: 0,
            concerns: Vec::new(),
            ..full.clone()
        };
        Value::from_serialize(if bare { nothing } else { full })
    }

    pub(crate) fn value(&self) -> Value {
        Value::from_serialize(self)
    }
}

/// Whom a ticket concerns, and what it is about where it isn't a block.
fn named(ticket: &Ticket) -> String {
    if ticket.block().is_some() {
        ticket.subject.name()
    } else {
        format!("{}: {}", ticket.subject.name(), ticket.title())
    }
}

fn lost_letter(name: &str, letter: &AlertJob) -> Lost {
    let kind = match &letter.kind {
        LetterKind::Blocked => String::new(),
        kind => format!(" ({})", kind.word()),
    };
    let name = clean(&format!("{name}{kind}"), MAX_VALUE);
    Lost { name, error: clean(letter.last_error.as_deref().unwrap_or_default(), MAX_VALUE) }
}

fn returned_letter(name: &str, bounce: &Bounce) -> Returned {
    let error = format!("{} {}", bounce.status, bounce.said);
    Returned {
        name: clean(name, MAX_VALUE),
        recipient: clean(&bounce.recipient, MAX_VALUE),
        error: clean(error.trim(), MAX_VALUE),
    }
}

fn cleaned(concern: &Concern) -> Concern {
    Concern { part: concern.part.clone(), sentence: clean(&concern.sentence, MAX_VALUE) }
}

fn listed<T, L>(all: &[T], line: impl Fn(&T) -> L) -> Vec<L> {
    all.iter().take(MAX_LISTED).map(line).collect()
}

fn beyond(all: usize) -> u64 {
    count(all.saturating_sub(MAX_LISTED))
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
