//! What a letter can tell of a false-positive report: the variables `report.…` of its templates.

use customers::Language;
use limits::{LetterKind, ReportFlaw, ReportLetter};
use serde::Serialize;

use crate::facts::{MAX_MESSAGE_ID, MAX_VALUE, lines};
use crate::letter::Letter;
use crate::post::Post;
use crate::text::clean;

/// The report; of other letters its number is 0.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct ReportFacts {
    number: u64,
    /// The message that was reported.
    message_id: String,
    /// What the support desk says, by lines.
    said: Vec<String>,
    /// What to change in mail like it, as sentences in the letter's language.
    change: Vec<&'static str>,
    /// Whether the block goes on.
    blocked: bool,
    /// Whether a reply to the letter that has a flagged message attached reports it.
    by_mail: bool,
    /// What keeps a mail from being a report, in a word; empty in other letters.
    flaw: &'static str,
    /// The header fields that are missing or altered.
    fields: Vec<String>,
    /// The largest message that is taken, in KiB.
    most: usize,
    /// What the message scores today, and what spam scores.
    score: i32,
    spam: i32,
}

impl ReportFacts {
    pub(crate) fn of(letter: &Letter<'_>, language: Language, post: &Post) -> Self {
        let by_mail = letter.ticket.is_none() && post.report_address(&letter.block.reference).is_some();
        let facts = Self { blocked: letter.block.is_active(), by_mail, ..Self::default() };
        match &letter.job.kind {
            LetterKind::ReportReceived(report)
            | LetterKind::ReportConfirmed(report)
            | LetterKind::ReportDeclined(report) => facts.told(report, language),
            LetterKind::ReportUnusable(unusable) => facts.flawed(&unusable.flaw),
            _ => facts,
        }
    }

    fn told(self, report: &ReportLetter, language: Language) -> Self {
        Self {
            number: report.number,
            message_id: clean(&report.message_id, MAX_MESSAGE_ID),
            said: lines(&report.said),
            change: report.change.iter().filter_map(|name| changed(name, language)).collect(),
            ..self
        }
    }

    fn flawed(self, flaw: &ReportFlaw) -> Self {
        let facts = Self { flaw: flaw.word(), ..self };
        match flaw {
            ReportFlaw::Incomplete(fields) | ReportFlaw::Altered(fields) => {
                Self { fields: fields.iter().map(|field| clean(field, MAX_VALUE)).collect(), ..facts }
            }
            ReportFlaw::TooLarge(most) => Self { most: most / 1024, ..facts },
            ReportFlaw::NotFlagged(score, spam) => Self { score: *score, spam: *spam, ..facts },
            ReportFlaw::NothingAttached | ReportFlaw::SeveralAttached | ReportFlaw::NotAmong => facts,
        }
    }

    /// As it might be, for previews and for checking templates.
    pub(crate) fn sample(language: Language) -> Self {
        Self {
            number: 7,
            message_id: "<20261121101400.4711@shop.example>".into(),
            said: vec!["Your newsletter reads like ours would.".into()],
            change: ["unsubscribe", "open_links"].iter().filter_map(|name| changed(name, language)).collect(),
            blocked: true,
            by_mail: true,
            flaw: "incomplete",
            fields: vec!["Date".into(), "Message-ID".into()],
            ..Self::default()
        }
    }

    /// The same with nothing known that need not be.
    pub(crate) fn bare_sample() -> Self {
        Self { number: 7, message_id: "<1@shop.example>".into(), flaw: "not_among", ..Self::default() }
    }
}

fn changed(practice: &str, language: Language) -> Option<&'static str> {
    customers::report::practice(practice).map(|practice| practice.change_in(language))
}
