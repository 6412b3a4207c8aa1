//! The JSON that a receiver gets. Its shape is documented in config/webhooks.md; a change that breaks a receiver takes a new
//! [`VERSION`].

use std::sync::Arc;

use customers::{Customer, LiveDirectory};
use limits::{Happening, TicketNote, Topic};
use model::{Block, Evidence, Timestamp};
use serde::Serialize;

use crate::noted::Noted;

/// The version of the shape.
pub const VERSION: u32 = 1;

/// No more flagged messages than this are told; the link leads to all.
pub(crate) const MAX_EVIDENCE: usize = 20;

/// What every event says beside what happened.
#[derive(Debug, Clone)]
pub struct Teller {
    /// This node's name.
    pub node: String,
    /// The link to a block; `{ref}` stands for its reference.
    pub link: String,
    /// Who owns what.
    pub directory: LiveDirectory,
}

#[derive(Serialize)]
struct Event<'e, D> {
    version: u32,
    id: &'e str,
    #[serde(rename = "type")]
    kind: &'e str,
    timestamp: String,
    node: &'e str,
    data: D,
}

#[derive(Serialize)]
struct Happened<'e> {
    subject: Subject,
    customer: Option<Owner<'e>>,
    monitored: bool,
    block: BlockData<'e>,
    reason: ReasonData<'e>,
    counts: Counts,
    evidence: Vec<Message>,
    ticket: Option<&'e TicketNote>,
    #[serde(flatten)]
    noted: Option<Noted<'e>>,
}

/// What happened where there is no block.
#[derive(Serialize)]
struct Alone<'e> {
    subject: Subject,
    customer: Option<Owner<'e>>,
    ticket: Option<&'e TicketNote>,
    #[serde(flatten)]
    noted: Option<Noted<'e>>,
}

#[derive(Serialize)]
struct Subject {
    kind: &'static str,
    name: String,
}

#[derive(Serialize)]
struct Owner<'e> {
    service: &'e str,
    name: &'e str,
}

#[derive(Serialize)]
struct BlockData<'e> {
    reference: &'e str,
    state: &'static str,
    since: String,
    until: String,
    strike: u32,
    automatic_release: bool,
    way_out: &'static str,
    released: Option<Released<'e>>,
    link: String,
}

#[derive(Serialize)]
struct Released<'e> {
    at: String,
    by: &'e str,
}

#[derive(Serialize)]
struct ReasonData<'e> {
    sentence: &'e str,
    rule: &'e str,
    counter: &'e str,
    count: u64,
    window_seconds: u64,
}

#[derive(Serialize)]
struct Counts {
    messages: u64,
    spam: u64,
    attempts: u64,
}

#[derive(Serialize)]
struct Message {
    at: String,
    message_id: Option<String>,
    destination_ip: Option<String>,
    client: Option<String>,
    recipients: u32,
    score: i32,
    signals: Vec<String>,
}

#[derive(Serialize)]
struct Trial<'e> {
    message: &'e str,
}

impl Teller {
    /// The body that tells of a happening.
    pub(crate) fn body(&self, happening: &Happening, evidence: &[Evidence]) -> Vec<u8> {
        match &happening.topic {
            Topic::Block(block) => self.of_block(happening, block, evidence),
            Topic::Subject(_) | Topic::Service(_) => self.alone(happening),
        }
    }

    fn of_block(&self, happening: &Happening, block: &Block, evidence: &[Evidence]) -> Vec<u8> {
        let owner = self.owner(&happening.topic);
        let reason = &block.reason;
        let data = Happened {
            subject: subject(&happening.topic),
            customer: known(&owner),
            monitored: reason.monitored,
            block: self.block(block),
            reason: ReasonData {
                sentence: &reason.sentence,
                rule: &reason.rule,
                counter: &reason.counter,
                count: reason.count,
                window_seconds: reason.window.as_secs(),
            },
            counts: Counts { messages: block.messages, spam: block.spam, attempts: block.attempts },
            evidence: evidence.iter().take(MAX_EVIDENCE).map(message).collect(),
            ticket: happening.ticket.as_ref(),
            noted: happening.note.as_ref().map(Noted::from),
        };
        self.event(&happening.id(), happening.kind.as_str(), happening.at, data)
    }

    fn alone(&self, happening: &Happening) -> Vec<u8> {
        let owner = self.owner(&happening.topic);
        let (ticket, noted) = (happening.ticket.as_ref(), happening.note.as_ref().map(Noted::from));
        let data = Alone { subject: subject(&happening.topic), customer: known(&owner), ticket, noted };
        self.event(&happening.id(), happening.kind.as_str(), happening.at, data)
    }

    fn owner(&self, topic: &Topic) -> Arc<Customer> {
        let directory = self.directory.load();
        match (topic, topic.subject()) {
            (_, Some(subject)) => directory.owner(subject),
            (Topic::Service(service), None) => {
                directory.customer(service).cloned().unwrap_or_else(|| directory.unknown())
            }
            (_, None) => directory.unknown(),
        }
    }

    /// The body of a trial: it tells of nothing.
    pub(crate) fn trial(&self, id: &str, at: Timestamp) -> Vec<u8> {
        self.event(id, "test", at, Trial { message: "Nothing has happened: somebody tries this webhook." })
    }

    fn event(&self, id: &str, kind: &str, at: Timestamp, data: impl Serialize) -> Vec<u8> {
        let event = Event { version: VERSION, id, kind, timestamp: at.to_string(), node: &self.node, data };
        // Numbers, texts and lists: nothing that JSON can't hold.
        serde_json::to_vec(&event).unwrap_or_default()
    }

    fn block<'e>(&self, block: &'e Block) -> BlockData<'e> {
        let released = block.released.as_ref();
        BlockData {
            reference: block.reference.as_str(),
            state: block.state.as_str(),
            since: block.since.to_string(),
            until: block.until().to_string(),
            strike: block.strike,
            automatic_release: block.automatic_release,
            way_out: block.way_out.as_str(),
            released: released.map(|(at, by)| Released { at: at.to_string(), by }),
            link: self.link.replace("{ref}", block.reference.as_str()),
        }
    }
}

fn subject(topic: &Topic) -> Subject {
    let (kind, name) = topic.named();
    Subject { kind, name }
}

fn known(owner: &Customer) -> Option<Owner<'_>> {
    let is_known = !owner.service.is_empty() || !owner.name.is_empty();
    is_known.then(|| Owner { service: &owner.service, name: &owner.name })
}

fn message(evidence: &Evidence) -> Message {
    Message {
        at: evidence.at.to_string(),
        message_id: evidence.message_id.as_ref().map(ToString::to_string),
        destination_ip: evidence.destination_ip.map(|ip| ip.to_string()),
        client: evidence.client.as_ref().map(ToString::to_string),
        recipients: evidence.recipients,
        score: evidence.score,
        signals: evidence.hits.iter().map(|hit| hit.signal.0.to_string()).collect(),
    }
}
