//! The audit log as a table for a spreadsheet, a page at a time.

use model::Timestamp;
use model::sheet::line;

use crate::audit::{AuditEntry, AuditQuery};
use crate::error::AccessError;
use crate::gate::Gate;

/// Lines of the log that are in memory at once.
const PAGE: usize = 1000;

/// The log from its latest line on.
#[derive(Debug, Clone)]
pub struct AuditSheet {
    query: AuditQuery,
    /// How many lines may still come.
    left: usize,
    /// Older lines are not wanted.
    since: Option<Timestamp>,
}

impl AuditSheet {
    /// The lines that the query asks for; all of them when its limit is 0.
    pub fn new(query: AuditQuery) -> Self {
        let left = if query.limit == 0 { usize::MAX } else { query.limit };
        Self { query, left, since: None }
    }

    /// Only from then on: where older ones begin, it ends.
    #[must_use]
    pub fn since(self, since: Option<Timestamp>) -> Self {
        Self { since, ..self }
    }

    /// The line with the columns' names.
    pub fn head() -> String {
        line(&["id", "time", "who", "role", "client_ip", "action", "on", "detail"])
    }

    /// What to ask for next; `None` behind the last line.
    pub fn ask(&self) -> Option<AuditQuery> {
        let limit = self.left.min(PAGE);
        (limit > 0).then(|| AuditQuery { limit, ..self.query.clone() })
    }

    /// The lines that were found and are wanted, as text; the next question is for those behind all that were found.
    pub fn write(&mut self, found: &[AuditEntry], wanted: impl Fn(&AuditEntry) -> bool) -> String {
        let is_too_old = |line: &AuditEntry| self.since.is_some_and(|since| line.at < since);
        let whole = found.len() == self.left.min(PAGE) && !found.last().is_some_and(is_too_old);
        let text = found.iter().filter(|line| !is_too_old(line) && wanted(line)).map(row).collect();
        self.left = if whole { self.left - found.len() } else { 0 };
        self.query.before = found.last().map(|last| last.id);
        text
    }
}

impl Gate {
    /// The next lines of the log that are wanted, as text, which may be empty; `None` behind the last.
    ///
    /// # Errors
    /// When the store fails.
    pub fn audit_lines(
        &self,
        sheet: &mut AuditSheet,
        wanted: impl Fn(&AuditEntry) -> bool,
    ) -> Result<Option<String>, AccessError> {
        let Some(query) = sheet.ask() else { return Ok(None) };
        let found = self.audit(&query)?;
        Ok(Some(sheet.write(&found, wanted)))
    }
}

fn row(entry: &AuditEntry) -> String {
    let AuditEntry { id, at, who, role, client, action, on, detail } = entry;
    let client = client.map(|address| address.to_string()).unwrap_or_default();
    line(&[&id.to_string(), &at.to_string(), who, role, &client, action, on, detail])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines below `before` of a log of 2,500, latest first.
    fn log(query: &AuditQuery) -> Vec<AuditEntry> {
        let from = query.before.unwrap_or(2501);
        (1..from).rev().take(query.limit).map(entry).collect()
    }

    fn entry(id: u64) -> AuditEntry {
        let (who, role) = ("=cmd".to_owned(), "operator".to_owned());
        AuditEntry {
            id,
            at: Timestamp(0),
            who,
            role,
            client: None,
            action: "a".into(),
            on: "b".into(),
            detail: "c\rd".into(),
        }
    }

    fn written(limit: usize) -> (String, usize) {
        let (mut sheet, mut text, mut questions) =
            (AuditSheet::new(AuditQuery { limit, ..AuditQuery::default() }), String::new(), 0);
        while let Some(query) = sheet.ask() {
            text.push_str(&sheet.write(&log(&query), |_| true));
            questions += 1;
        }
        (text, questions)
    }

    #[test]
    fn every_line_comes_once_and_a_thousand_at_a_time() {
        let (text, questions) = written(0);
        assert_eq!((text.lines().count(), questions), (2500, 3));
        let last = text.lines().last().unwrap();
        assert_eq!(last, "\"1\",\"1970-01-01T00:00:00Z\",\"'=cmd\",\"operator\",\"\",\"a\",\"b\",\"c d\"");
        assert_eq!(written(1000), (text.lines().take(1000).map(|line| format!("{line}\r\n")).collect(), 1));
        assert_eq!(written(1500).0.lines().count(), 1500);
    }

    #[test]
    fn what_is_too_old_ends_it_and_what_is_not_wanted_is_left_out() {
        let timed = |query: &AuditQuery| {
            log(query).into_iter().map(|line| AuditEntry { at: Timestamp(line.id as i64), ..line })
        };
        let mut sheet = AuditSheet::new(AuditQuery::default()).since(Some(Timestamp(1400)));
        let (mut text, mut questions) = (String::new(), 0);
        while let Some(query) = sheet.ask() {
            let found: Vec<_> = timed(&query).collect();
            text.push_str(&sheet.write(&found, |line| line.id % 2 == 0));
            questions += 1;
        }
        assert_eq!((text.lines().count(), questions), (551, 2), "even ones from 1400 to 2500");
    }
}
