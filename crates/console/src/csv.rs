//! Tables as files for a spreadsheet (RFC 4180).
//!
//! Security: the cells come from mail of a thief, and a spreadsheet runs a cell that begins like a formula. Such a cell
//! gets an apostrophe in front, which spreadsheets take for "this is text".

use model::{Block, Evidence, MessageId};

/// The flagged messages of a block.
pub fn evidence(rows: &[Evidence]) -> String {
    let mut file = line(&[
        "date",
        "destination_ip",
        "destination_domain",
        "spam_score",
        "message_id",
        "client_ip",
        "recipients",
        "signals",
    ]);
    for row in rows {
        let destination = row.destination_ip.map(|ip| ip.to_string()).unwrap_or_default();
        let domain = row.destination_domain.as_ref().map(ToString::to_string).unwrap_or_default();
        let client = row.client.map(|client| client.to_string()).unwrap_or_default();
        let signals: Vec<_> = row.hits.iter().map(|hit| format!("{}={}", hit.signal.as_str(), hit.points)).collect();
        file.push_str(&line(&[
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
    file
}

/// Blocks, each with the service that owns its subject; empty for nobody known.
pub fn blocks(rows: &[(Block, String)]) -> String {
    let mut file = line(&[
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
    ]);
    for (block, service) in rows {
        let (released, by) = block.released.as_ref().map(|(at, by)| (at.to_string(), by.as_str())).unwrap_or_default();
        file.push_str(&line(&[
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
    file
}

fn line(cells: &[&str]) -> String {
    let cells: Vec<_> = cells.iter().map(|text| cell(text)).collect();
    cells.join(",") + "\r\n"
}

fn cell(text: &str) -> String {
    let number = text.parse::<f64>().is_ok();
    let formula = !number
        && text
            .trim_start()
            .starts_with(['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    let guard = if formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\"").replace(['\r', '\n'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_it_is_a_formula_or_ends_its_cell() {
        for (text, expected) in [
            ("=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\""),
            (" @SUM(1)", "\"' @SUM(1)\""),
            ("-12", "\"-12\""),
            ("-1+cmd", "\"'-1+cmd\""),
            ("a\"b\r\nc", "\"a\"\"b  c\""),
            ("<1@a.example>", "\"<1@a.example>\""),
        ] {
            assert_eq!(cell(text), expected);
        }
    }

    #[test]
    fn a_message_is_a_line() {
        let file = evidence(&[testkit::samples::evidence(1_700_000_000_000)]);
        let expected = "\"2023-11-14T22:13:20Z\",\"\",\"recipient.example\",\"410\",\"<1700000000000@shop.example>\",\"203.0.113.7\",\"3\",\"no_date=30\"";
        assert_eq!(file.lines().nth(1), Some(expected));
        assert_eq!(file.lines().count(), 2);
    }
}
