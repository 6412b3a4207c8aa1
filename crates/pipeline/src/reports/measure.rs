//! A reported message under the rules of today, and beside what was seen of it then.

use std::sync::Arc;

use customers::report::{Report, ReportState};
use model::{Block, Envelope, Evidence, Login, Message, Score, Session, SubjectKey, Submission, Timestamp, Via};
use scoring::table;
use serde::{Deserialize, Serialize};

use super::check::Named;
use super::practices;
use crate::seam::{Appraisal, Judge};

/// A signal of a reported message, then and now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The signal.
    pub signal: String,
    /// Its points when the message was flagged.
    pub then: Option<i32>,
    /// Its points under the rules of the day of the report.
    pub now: Option<i32>,
    /// What was seen.
    pub why: String,
    /// Whether the message alone tells. What came from memory, envelope, network or scanners is not asked again.
    pub asked_again: bool,
}

/// What only the moment of sending could tell, beside the families of memory and scanners: DNS, and the envelope.
const OF_THE_MOMENT: &[&str] = &[
    "listed_sender",
    "listed_client",
    "listed_url",
    "listed_address",
    "young_domain",
    "sender_no_domain",
    "url_no_domain",
    "spf_not_ours",
    "dkim_invalid",
    "dmarc_will_refuse",
    "mail_from_foreign",
    "helo_foreign",
    "helo_other_address",
    "exempt",
];

/// The signals then and now, those of today first in their order.
pub fn difference(then: &Score, now: &Score) -> Vec<Change> {
    let points =
        |score: &Score, name: &str| score.hits.iter().find(|hit| hit.signal.as_str() == name).map(|hit| hit.points);
    let gone = then.hits.iter().filter(|hit| points(now, hit.signal.as_str()).is_none());
    let all = now.hits.iter().chain(gone);
    all.map(|hit| {
        let name = hit.signal.as_str();
        Change {
            signal: name.to_owned(),
            then: points(then, name),
            now: points(now, name),
            why: hit.why.clone(),
            asked_again: is_asked_again(name),
        }
    })
    .collect()
}

fn is_asked_again(signal: &str) -> bool {
    let elsewhere = |family: &str| [table::SAMENESS, "Habits", "Other scanners"].contains(&family);
    !OF_THE_MOMENT.contains(&signal) && !table::row(signal).is_some_and(|row| elsewhere(row.family))
}

/// The report of a message, complete but for its number, its time and who made it.
pub(super) fn report(
    judge: &dyn Judge,
    block: &Block,
    evidence: &Evidence,
    named: &Named,
    message: &[u8],
) -> Option<Report> {
    let seen = appraised(judge, &block.subject, Some(evidence), evidence.at, message)?;
    let then = Score { total: evidence.score, hits: evidence.hits.clone() };
    Some(Report {
        id: 0,
        block: block.reference.clone(),
        subject: block.subject.clone(),
        message_id: named.message_id.clone(),
        from: named.from.clone(),
        flagged: evidence.at,
        reported: evidence.at,
        by: String::new(),
        findings: practices::findings(&seen.features, &seen.score, &then, evidence),
        remarks: remarks(named, evidence, &seen),
        then,
        now: seen.score,
        spam: seen.spam,
        state: ReportState::Open,
        due: Vec::new(),
        exemptions: Vec::new(),
    })
}

/// The score today, and the spam score.
pub(super) fn score_now(
    judge: &dyn Judge,
    subject: &SubjectKey,
    evidence: Option<&Evidence>,
    at: Timestamp,
    message: &[u8],
) -> Option<(i32, i32)> {
    appraised(judge, subject, evidence, at, message).map(|seen| (seen.score.total, seen.spam))
}

/// The message as it would be judged from that subject, at that time.
pub(super) fn appraised(
    judge: &dyn Judge,
    subject: &SubjectKey,
    evidence: Option<&Evidence>,
    at: Timestamp,
    message: &[u8],
) -> Option<Appraisal> {
    let mut session = Session::new(Via::Command);
    session.client = evidence.and_then(|evidence| evidence.client);
    if let SubjectKey::Account(account) = subject {
        session.login = Some(Login { account: account.clone(), mechanism: String::new() });
    }
    let recipient_count = evidence.map_or(0, |evidence| evidence.recipients);
    let envelope = Envelope { recipient_count, ..Envelope::default() };
    let submission = Submission { session: Arc::new(session), envelope, message: Message::whole(message.to_vec()) };
    judge.appraise(&submission, at)
}

fn remarks(named: &Named, evidence: &Evidence, seen: &Appraisal) -> Vec<String> {
    let mut remarks = Vec::new();
    let mut note = |applies: bool, remark: &str| remarks.extend(applies.then(|| remark.to_owned()));
    note(!named.received, "There is no Received field: this is the sender's own copy of the message.");
    note(
        evidence.hits.len() >= Evidence::MAX_HITS,
        "Only the weightiest signals of then are kept, so the list of then may not add up to its score.",
    );
    note(
        !seen.features.bounds_hit.is_empty(),
        "The message is larger than what is analysed: not all of it was looked at.",
    );
    remarks
}
