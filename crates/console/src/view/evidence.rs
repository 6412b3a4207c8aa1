//! The flagged messages of a block.

use std::collections::BTreeMap;

use model::{Evidence, Hit};
use serde::Serialize;

/// One message.
#[derive(Debug, Clone, Serialize)]
pub struct EvidenceRow {
    at: i64,
    destination: Option<String>,
    domain: Option<String>,
    score: i32,
    high: bool,
    message_id: Option<String>,
    hits: Vec<SignalRow>,
    headers: String,
    recipients: u32,
    client: Option<String>,
    queue_id: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct SignalRow {
    signal: String,
    points: i64,
    why: String,
}

/// A signal over all messages of a block.
#[derive(Debug, Clone, Serialize)]
pub struct SignalCount {
    signal: String,
    /// The most it gave to one message.
    points: i64,
    /// Why, as the first message says.
    why: String,
    count: u64,
}

impl EvidenceRow {
    /// A message with everything that is kept of it; `spam` is the spam score.
    pub fn whole(evidence: &Evidence, spam: i32) -> Self {
        Self {
            at: evidence.at.0,
            destination: evidence.destination_ip.map(|ip| ip.to_string()),
            domain: evidence.destination_domain.as_ref().map(ToString::to_string),
            score: evidence.score,
            high: evidence.score >= spam,
            message_id: evidence.message_id.as_ref().map(|id| id.as_str().to_owned()),
            hits: evidence.hits.iter().map(SignalRow::of).collect(),
            headers: read(&evidence.headers),
            recipients: evidence.recipients,
            client: evidence.client.map(|client| client.to_string()),
            queue_id: evidence.queue_id.as_ref().map(ToString::to_string),
        }
    }

    /// A message as the owner sees it: without header fields, since others may send by his address.
    pub fn for_owner(evidence: &Evidence, spam: i32, headers: bool) -> Self {
        let whole = Self::whole(evidence, spam);
        Self { headers: if headers { whole.headers } else { String::new() }, queue_id: None, ..whole }
    }
}

/// Header lines as people read them.
fn read(headers: &str) -> String {
    headers.lines().map(features::shown_header).collect::<Vec<_>>().join("\n")
}

impl SignalRow {
    fn of(hit: &Hit) -> Self {
        Self { signal: hit.signal.as_str().to_owned(), points: hit.points.into(), why: hit.why.clone() }
    }
}

impl SignalCount {
    /// The signals that weigh most, over all messages.
    pub fn most_telling(evidence: &[Evidence], most: usize) -> Vec<Self> {
        let mut counts: BTreeMap<&str, Self> = BTreeMap::new();
        for hit in evidence.iter().flat_map(|message| &message.hits) {
            let row = SignalRow::of(hit);
            let entry = counts.entry(hit.signal.as_str());
            let counted = entry.or_insert(Self { signal: row.signal, points: row.points, why: row.why, count: 0 });
            counted.count += 1;
            counted.points = counted.points.max(hit.points.into());
        }
        let mut counts: Vec<_> = counts.into_values().filter(|signal| signal.points > 0).collect();
        counts.sort_by_key(|signal| {
            std::cmp::Reverse(signal.points.saturating_mul(i64::try_from(signal.count).unwrap_or(i64::MAX)))
        });
        counts.truncate(most);
        counts
    }
}
