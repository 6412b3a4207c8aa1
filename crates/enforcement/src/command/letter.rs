//! What the command reads on its standard input: one JSON object and a line feed.

use model::{SubjectKey, Timestamp};
use serde::Serialize;

use super::errands::{Errand, Goal};

#[derive(Serialize)]
struct Letter<'a> {
    event: &'static str,
    node: &'a str,
    block: &'a str,
    kind: &'static str,
    subject: String,
    /// Of an address: in CIDR notation, as packet filters take it.
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<String>,
    since: String,
    /// Missing when the block lasts until somebody releases it.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_left: Option<u64>,
    strike: u32,
    rule: &'a str,
    reason: &'a str,
    messages: u64,
    spam: u64,
}

/// The letter of an errand.
pub(super) fn write(errand: &Errand, node: &str, now: Timestamp) -> Vec<u8> {
    let block = &errand.block;
    let until = block.automatic_release.then(|| block.until());
    let letter = Letter {
        event: match errand.goal {
            Goal::Blocked => "blocked",
            Goal::Released => "released",
        },
        node,
        block: block.reference.as_str(),
        kind: block.subject.kind().as_str(),
        subject: block.subject.name(),
        network: match &block.subject {
            SubjectKey::Ip(network) => Some(network.net().to_string()),
            SubjectKey::Account(_) | SubjectKey::Domain(_) => None,
        },
        since: block.since.to_string(),
        until: until.map(|until| until.to_string()),
        seconds_left: until.map(|until| until.since(now).as_secs()),
        strike: block.strike,
        rule: &block.reason.rule,
        reason: &block.reason.sentence,
        messages: block.messages,
        spam: block.spam,
    };
    // Strings and numbers only: it can't fail.
    let mut text = serde_json::to_vec(&letter).unwrap_or_default();
    text.push(b'\n');
    text
}
