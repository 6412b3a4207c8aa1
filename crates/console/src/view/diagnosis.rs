//! Diagnoses: the list, and one with what was found so far.

use std::collections::BTreeMap;

use customers::Language;
use diagnostics::{Check, Finding, Task};
use serde::Serialize;

use super::LIVE;
use super::paging::Paging;
use crate::render::Page;

/// Seconds between two looks at one that runs.
const SOON: u32 = 2;

/// A diagnosis in a list.
#[derive(Debug, Clone, Serialize)]
pub struct TaskRow {
    id: u64,
    state: &'static str,
    name: String,
    kind: &'static str,
    created: i64,
    fails: u64,
    over: bool,
}

impl TaskRow {
    /// A diagnosis.
    pub fn of(task: &Task) -> Self {
        let fails = task.findings.iter().filter(|finding| finding.outcome.as_str() == "fail").count();
        Self {
            id: task.id,
            state: task.state.as_str(),
            name: task.patient.name(),
            kind: task.patient.kind().as_str(),
            created: task.created.0,
            fails: fails as u64,
            over: task.state.is_over(),
        }
    }
}

/// What somebody wants diagnosed, as he has typed it.
#[derive(Debug, Clone, Default)]
pub struct Wished {
    /// The word of its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Fields that can't be used, each with the key of the words for it.
    pub wrong: Vec<(&'static str, &'static str)>,
}

/// The list of diagnoses, with the form for a new one.
#[derive(Debug, Clone, Serialize)]
pub struct DiagnosesPage {
    rows: Vec<TaskRow>,
    kind: String,
    name: String,
    /// The keys of what is wrong with what was typed, by field.
    wrong: BTreeMap<&'static str, &'static str>,
    may_start: bool,
    pages: Paging,
    live: u32,
}

impl DiagnosesPage {
    /// Diagnoses, latest first; the form begins with what is wished.
    pub fn new(rows: Vec<TaskRow>, wished: Wished, may_start: bool, pages: Paging) -> Self {
        let Wished { kind, name, wrong } = wished;
        Self { rows, kind, name, wrong: wrong.into_iter().collect(), may_start, pages, live: LIVE }
    }
}

impl Page for DiagnosesPage {
    const TEMPLATE: &'static str = "diagnoses.html";
}

/// One diagnosis.
#[derive(Debug, Clone, Serialize)]
pub struct DiagnosisPage {
    task: TaskRow,
    by: String,
    done: usize,
    checks: usize,
    percent: usize,
    error: Option<String>,
    cause: Option<String>,
    findings: Vec<FindingRow>,
    may_start: bool,
    live: u32,
}

#[derive(Debug, Clone, Serialize)]
struct FindingRow {
    /// The check's name for people.
    title: String,
    outcome: &'static str,
    found: String,
    means: String,
    advice: String,
}

impl FindingRow {
    fn of(finding: &Finding, language: Language) -> Self {
        let told = |text: &str| diagnostics::told(text, language);
        Self {
            title: told(title(finding.check)),
            outcome: finding.outcome.as_str(),
            found: told(&finding.found),
            means: told(&finding.means),
            advice: told(&finding.advice),
        }
    }
}

fn title(check: Check) -> &'static str {
    diagnostics::rows().iter().find(|row| row.check == check).map_or(check.as_str(), |row| row.title)
}

impl DiagnosisPage {
    /// A diagnosis as it stands, told in that language.
    pub fn new(task: &Task, may_start: bool, language: Language) -> Self {
        let told = |text: &str| diagnostics::told(text, language);
        let done = task.findings.len();
        Self {
            by: task.by.clone(),
            done,
            checks: task.checks,
            percent: done * 100 / task.checks.max(1),
            error: task.error.as_deref().map(told),
            cause: task.summary().cause.map(|cause| told(cause.sentence())),
            findings: task.findings.iter().map(|finding| FindingRow::of(finding, language)).collect(),
            may_start,
            live: if task.state.is_over() { 0 } else { SOON },
            task: TaskRow::of(task),
        }
    }
}

impl Page for DiagnosisPage {
    const TEMPLATE: &'static str = "diagnosis.html";
}
