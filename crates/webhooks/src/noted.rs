//! What an event tells of a report, an exemption, a letter or a lockout: a field of its own beside `ticket`.

use limits::{Bounce, ExemptionNote, LockoutNote, Note, ReportNote};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Noted<'e> {
    Report(&'e ReportNote),
    Exemption(Exemption<'e>),
    Letter(Letter<'e>),
    Lockout(Lockout<'e>),
}

#[derive(Serialize)]
pub(crate) struct Exemption<'e> {
    number: u64,
    what: &'e str,
    since: String,
    until: String,
    by: &'e str,
    reason: &'e str,
    report: Option<u64>,
}

#[derive(Serialize)]
pub(crate) struct Letter<'e> {
    number: u32,
    recipient: &'e str,
    status: &'e str,
    said: &'e str,
}

#[derive(Serialize)]
pub(crate) struct Lockout<'e> {
    since: String,
    until: String,
    failures: u32,
    network: Option<String>,
    lifted_by: Option<&'e str>,
}

impl<'e> From<&'e Note> for Noted<'e> {
    fn from(note: &'e Note) -> Self {
        match note {
            Note::Report(report) => Self::Report(report),
            Note::Exemption(exemption) => Self::Exemption(exemption.into()),
            Note::Letter(bounce) => Self::Letter(bounce.into()),
            Note::Lockout(lockout) => Self::Lockout(lockout.into()),
        }
    }
}

impl<'e> From<&'e ExemptionNote> for Exemption<'e> {
    fn from(note: &'e ExemptionNote) -> Self {
        let ExemptionNote { number, what, since, until, by, reason, report } = note;
        let (since, until) = (since.to_string(), until.to_string());
        Self { number: *number, what, since, until, by, reason, report: *report }
    }
}

impl<'e> From<&'e Bounce> for Letter<'e> {
    fn from(bounce: &'e Bounce) -> Self {
        let Bounce { letter, recipient, status, said, .. } = bounce;
        Self { number: *letter, recipient, status, said }
    }
}

impl<'e> From<&'e LockoutNote> for Lockout<'e> {
    fn from(LockoutNote { lock, lifted_by }: &'e LockoutNote) -> Self {
        Self {
            since: lock.since.to_string(),
            until: lock.until.to_string(),
            failures: lock.failures,
            network: lock.network.map(|network| network.to_string()),
            lifted_by: lifted_by.as_deref(),
        }
    }
}
