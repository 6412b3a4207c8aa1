//! Tables as files for a spreadsheet: their columns, and the lines of a page of them.

use model::sheet::line;
use model::{Block, Evidence, MessageId};

/// The columns of flagged messages.
pub const EVIDENCE: [&str; 8] =
    ["date", "destination_ip", "destination_domain", "spam_score", "message_id", "client_ip", "recipients", "signals"];

/// Flagged messages.
pub fn evidence(rows: &[Evidence]) -> String {
    let mut lines = String::new();
    for row in rows {
        let destination = row.destination_ip.map(|ip| ip.to_string()).unwrap_or_default();
        let domain = row.destination_domain.as_ref().map(ToString::to_string).unwrap_or_default();
        let client = row.client.map(|client| client.to_string()).unwrap_or_default();
        let signals: Vec<_> = row.hits.iter().map(|hit| format!("{}={}", hit.signal.as_str(), hit.points)).collect();
        lines.push_str(&line(&[
            &row.at.to_string(),
            &destination,
            &domain,
            &row.score.to_string(),
            row.message_id.as_ref().map_or("", MessageId::as_str),
            &client,
            &row.recipients.to_string(),
            &signals.join(" "),
        ]));
    }
    lines
}

/// The columns of blocks.
pub const BLOCKS: [&str; 15] = [
    "reference",
    "kind",
    "name",
    "service",
    "state",
    "since",
    "until",
    "strike",
    "rule",
    "reason",
    "messages",
    "spam",
    "attempts",
    "released",
    "released_by",
];

/// Blocks, each with the service that owns its subject; empty for nobody known.
pub fn blocks(rows: &[(Block, String)]) -> String {
    let mut lines = String::new();
    for (block, service) in rows {
        let (released, by) = block.released.as_ref().map(|(at, by)| (at.to_string(), by.as_str())).unwrap_or_default();
        lines.push_str(&line(&[
            block.reference.as_str(),
            block.subject.kind().as_str(),
            &block.subject.name(),
            service,
            block.state.as_str(),
            &block.since.to_string(),
            &block.until().to_string(),
            &block.strike.to_string(),
            &block.reason.rule,
            &block.reason.sentence,
            &block.messages.to_string(),
            &block.spam.to_string(),
            &block.attempts.to_string(),
            &released,
            by,
        ]));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_a_line() {
        let file = evidence(&[testkit::samples::evidence(1_700_000_000_000)]);
        let expected = "\"2023-11-14T22:13:20Z\",\"\",\"recipient.example\",\"410\",\"<1700000000000@shop.example>\",\"203.0.113.7\",\"3\",\"no_date=30\"";
        assert_eq!(file.lines().next(), Some(expected));
        assert_eq!(file.lines().count(), 1);
    }
}
