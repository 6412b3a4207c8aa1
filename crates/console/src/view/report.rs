//! Reports of messages flagged by mistake: the queue, and one with what it scored then and what it scores now.

use std::collections::BTreeMap;

use customers::report::Report;
use model::Score;
use serde::Serialize;

use super::LIVE;
use super::paging::Paging;
use crate::render::Page;

/// A report in a list.
#[derive(Debug, Clone, Serialize)]
pub struct ReportRow {
    id: u64,
    state: &'static str,
    name: String,
    message_id: String,
    then: i32,
    now: i32,
    spam: i32,
    reported: i64,
}

impl ReportRow {
    /// A report.
    pub fn of(report: &Report) -> Self {
        Self {
            id: report.id,
            state: report.state.as_str(),
            name: report.subject.name(),
            message_id: report.message_id.as_str().to_owned(),
            then: report.then.total,
            now: report.now.total,
            spam: report.spam,
            reported: report.reported.0,
        }
    }
}

/// The queue.
#[derive(Debug, Clone, Serialize)]
pub struct ReportsPage {
    rows: Vec<ReportRow>,
    only_open: bool,
    pages: Paging,
    live: u32,
}

impl ReportsPage {
    /// Reports, latest first.
    pub fn new(rows: Vec<ReportRow>, only_open: bool, pages: Paging) -> Self {
        Self { rows, only_open, pages, live: LIVE }
    }
}

impl Page for ReportsPage {
    const TEMPLATE: &'static str = "reports.html";
}

/// One report.
#[derive(Debug, Clone, Serialize)]
pub struct ReportPage {
    report: ReportRow,
    block: String,
    from: String,
    by: String,
    flagged: i64,
    remarks: Vec<String>,
    difference: Vec<Difference>,
    findings: Vec<PracticeRow>,
    said: Option<String>,
    decided_by: String,
    may_decide: bool,
}

/// A signal, and what it gave then and gives now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Difference {
    signal: String,
    why: String,
    then: Option<i64>,
    now: Option<i64>,
}

#[derive(Debug, Clone, Serialize)]
struct PracticeRow {
    good: bool,
    sentence: String,
}

impl ReportPage {
    /// A report; `may_change` is whether the viewer may decide.
    pub fn new(report: &Report, may_change: bool) -> Self {
        let word = report.state.word();
        let practice = |good, sentence: &str| PracticeRow { good, sentence: sentence.to_owned() };
        Self {
            report: ReportRow::of(report),
            block: report.block.to_string(),
            from: report.from.clone(),
            by: report.by.clone(),
            flagged: report.flagged.0,
            remarks: report.remarks.clone(),
            difference: difference(&report.then, &report.now),
            findings: report.findings.iter().map(|finding| practice(finding.good, &finding.sentence)).collect(),
            said: word.map(|word| word.reason.clone()).filter(|reason| !reason.is_empty()),
            decided_by: word.map(|word| word.by.clone()).unwrap_or_default(),
            may_decide: may_change && report.is_open().is_ok(),
        }
    }
}

/// Every signal of either day, those that have changed most first.
fn difference(then: &Score, now: &Score) -> Vec<Difference> {
    let mut rows: BTreeMap<&str, Difference> = BTreeMap::new();
    for (score, is_now) in [(then, false), (now, true)] {
        for hit in &score.hits {
            let row = rows.entry(hit.signal.as_str()).or_insert_with(|| Difference {
                signal: hit.signal.as_str().to_owned(),
                why: hit.why.clone(),
                then: None,
                now: None,
            });
            let side = if is_now { &mut row.now } else { &mut row.then };
            *side = Some(side.unwrap_or(0).saturating_add(hit.points.into()));
        }
    }
    let mut rows: Vec<_> = rows.into_values().collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.then.unwrap_or(0) - row.now.unwrap_or(0)).unsigned_abs()));
    rows
}

impl Page for ReportPage {
    const TEMPLATE: &'static str = "report.html";
}

#[cfg(test)]
mod tests {
    use model::{Hit, SignalName};

    use super::*;

    #[test]
    fn what_has_changed_most_comes_first() {
        let hit = |signal, points| Hit { signal: SignalName::new(signal), points, why: String::new() };
        let then = Score::of(vec![hit("same", 40), hit("gone", 60)]);
        let now = Score::of(vec![hit("same", 40), hit("new", -10)]);
        let rows = difference(&then, &now);
        let told: Vec<_> = rows.iter().map(|row| (row.signal.as_str(), row.then, row.now)).collect();
        assert_eq!(told, [("gone", Some(60), None), ("new", None, Some(-10)), ("same", Some(40), Some(40))]);
    }
}
