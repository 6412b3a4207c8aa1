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
pub const BLOCKS: [&str; 18] = [
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
    "way_out",
    "automatic_release",
    "monitored",
];

/// Blocks, each with the service that owns its subject (empty for nobody known); `until` is empty where somebody has to release it.
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
            &block.ends_at().map(|end| end.to_string()).unwrap_or_default(),
            &block.strike.to_string(),
            &block.reason.rule,
            &block.reason.sentence,
            &block.messages.to_string(),
            &block.spam.to_string(),
            &block.attempts.to_string(),
            &released,
            by,
            block.way_out.as_str(),
            truth(block.automatic_release),
            truth(block.reason.monitored),
        ]));
    }
    lines
}

fn truth(is_so: bool) -> &'static str {
    if is_so { "true" } else { "false" }
}

#[cfg(test)]
mod tests {
    use model::WayOut;

    use super::*;

    #[test]
    fn a_message_is_a_line() {
        let file = evidence(&[testkit::samples::evidence(1_700_000_000_000)]);
        let expected = "\"2023-11-14T22:13:20Z\",\"\",\"recipient.example\",\"410\",\"<1700000000000@shop.example>\",\"203.0.113.7\",\"3\",\"no_date=30\"";
        assert_eq!(file.lines().next(), Some(expected));
        assert_eq!(file.lines().count(), 1);
    }

    #[test]
    fn only_a_block_that_ends_by_itself_has_an_end() {
        let ending = testkit::samples::block("one", 1);
        let mut waiting = Block { automatic_release: false, way_out: WayOut::Ticket, ..ending.clone() };
        waiting.reason.monitored = true;
        let ending = Block { automatic_release: true, way_out: WayOut::Time, ..ending };
        let until = ending.until().to_string();
        let file = blocks(&[(ending, "shop".to_owned()), (waiting, String::new())]);
        let cells: Vec<Vec<&str>> =
            file.lines().map(|line| line.split("\",\"").map(|cell| cell.trim_matches('"')).collect()).collect();
        let column = |name| BLOCKS.iter().position(|known| *known == name).unwrap();
        let of =
            |row: usize| ["until", "way_out", "automatic_release", "monitored"].map(|name| cells[row][column(name)]);
        assert_eq!([of(0), of(1)], [[until.as_str(), "time", "true", "false"], ["", "ticket", "false", "true"]]);
    }
}
