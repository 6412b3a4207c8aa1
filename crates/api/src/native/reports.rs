//! False-positive reports: a flagged message handed in as no spam, and what an operator decides.

use std::time::Duration;

use ::customers::exemption::Exemption;
use ::customers::report::{Finding, Report, ReportState};
use access::{Action, Actor};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use model::{Score, SubjectKind};
use pipeline::{Change, Decision, Wish};
use serde::Deserialize;

use super::blocks::Subject;
use super::call::{Asked, Call, Given, Named, Told, wait};
use super::evidence::SignalView;
use super::paging::Paging;
use super::parameters::{self, BELOW, CUSTOMER, KIND, LIMIT, Parameter, SINCE, UNTIL, parameter, required};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::sieve::Sieve;
use super::types::{Bounded, Limit, Moment, Name, Number, Text, When, Word, Words};
use super::{Answer, MAIL, MAX_MESSAGE, Native};

const QUERY: &[Parameter] = &[
    parameter("state", parameters::word::<Stands>, "Only in this state; open ones wait for a decision."),
    KIND,
    CUSTOMER,
    SINCE,
    UNTIL,
    BELOW,
    LIMIT,
];
const OF: &[Parameter] = &[
    required("kind", parameters::word::<SubjectKind>, "What was blocked for the message."),
    required("name", parameters::name, "Its name."),
];

pub(super) fn routes() -> Vec<Route> {
    use Action::{DecideReport, SeeReport};
    let (hand_in, message) = ("Report a flagged message as no spam", "/api/reports/{report}/message");
    vec![
        Route::reads::<ReportPage>("/api/reports", SeeReport, "Find reports", get(list)).asked(QUERY),
        Route::makes::<ReportView>("/api/reports", Action::Report, hand_in, post(add))
            .asked(OF)
            .given(MAIL, MAX_MESSAGE),
        Route::reads::<ReportView>("/api/reports/{report}", SeeReport, "See a report", get(show)),
        Route::reads::<ReportView>(message, DecideReport, "Read the message of a report", get(read)).gives(MAIL),
        Route::does::<ReportView>("/api/reports/{report}/decide", DecideReport, "Decide about a report", post(decide))
            .told::<ReportDecision>(),
        Route::removes::<ReportView>("/api/reports/{report}", DecideReport, "Put a report away", delete(put_away)),
    ]
}

wire! {
    /// A signal of the reported message, then and now.
    ChangeView {
        /// Which signal.
        signal: String,
        /// Its points when the message was flagged; null: it was not seen.
        then: Option<i32>,
        /// Its points under the rules of the day of the report; null: it is not seen any more.
        now: Option<i32>,
        /// What was seen.
        why: String,
        /// Whether the message alone tells; what came from memory, network or scanners is not asked again.
        asked_again: bool,
    }
    /// How the message keeps to one practice of good senders.
    PracticeView {
        /// The practice.
        practice: String,
        /// Whether it is kept to.
        good: bool,
        /// What is good, or what to change.
        sentence: String,
    }
    /// What was decided.
    WordView {
        /// When.
        at: When,
        /// By whom.
        by: String,
        /// What the customer is told; may be empty.
        reason: String,
    }
    /// A report.
    ReportView {
        /// Its number.
        id: u64,
        /// Where it stands.
        state: Word<Stands>,
        /// The reference of the block whose evidence names the message.
        block: String,
        /// Whom the block stops.
        subject: Subject,
        /// The service that owns it, when one is known to.
        customer: Option<String>,
        /// The message.
        message_id: String,
        /// Its author's address; may be empty.
        from: String,
        /// When it was flagged.
        flagged_at: When,
        /// When it was reported.
        reported_at: When,
        /// By whom.
        reported_by: String,
        /// Its score when it was flagged.
        score_then: i32,
        /// Its score under the rules of the day of the report.
        score_now: i32,
        /// The spam score of that day.
        spam_score: i32,
        /// The signals that flagged it.
        signals: Vec<SignalView>,
        /// The signals then and now.
        changes: Vec<ChangeView>,
        /// The practices of good senders.
        practices: Vec<PracticeView>,
        /// What whoever decides should know.
        remarks: Vec<String>,
        /// What was decided; null: it is open.
        decision: Option<WordView>,
        /// The numbers of the exemptions that the decision made.
        exemptions: Vec<u64>,
    }
    /// Some reports.
    ReportPage {
        /// The reports, latest first. A page may be shorter than the limit and have others behind it.
        items: Vec<ReportView>,
        /// What to give as `after` for the next page; null: this is the last.
        next: Option<String>,
    }
    /// What an operator decides.
    ReportDecision {
        /// Whether the message was spam all the same.
        is_spam: bool,
        /// What the customer is told; needed when it was spam.
        reason: Option<Text<0, 4000>>,
        /// What costs the subject nothing from now on: "fingerprint", "sender", "sender=ADDRESS", "sender=@DOMAIN", "rule=NAME".
        exempt: Option<Vec<String>>,
        /// For how many days; 30, when it is left out.
        exempt_days: Option<Bounded<1, 180>>,
        /// Whether the block is released.
        release: Option<bool>,
    }
}

/// Where a report may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stands(&'static str);

impl Stands {
    pub(super) const fn open() -> Self {
        Self("open")
    }
}

impl Words for Stands {
    fn all() -> Vec<Self> {
        ReportState::WORDS.map(Self).to_vec()
    }
    fn word(self) -> &'static str {
        self.0
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ReportQuery {
    state: Option<Word<Stands>>,
    kind: Option<Word<SubjectKind>>,
    customer: Option<Name>,
    since: Option<Moment>,
    until: Option<Moment>,
    after: Option<Number>,
    limit: Option<Limit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Of {
    kind: Word<SubjectKind>,
    name: String,
}

/// More exemptions in one decision are a mistake.
const MAX_WISHES: usize = 10;

impl ReportView {
    /// The report; `customer` is the service that owns its subject.
    pub(super) fn of(report: Report, customer: Option<String>) -> Self {
        let changes = pipeline::difference(&report.then, &report.now);
        let decision = report.state.word().map(|word| WordView {
            at: When(word.at),
            by: word.by.clone(),
            reason: word.reason.clone(),
        });
        let Score { total: score_then, hits } = report.then;
        Self {
            id: report.id,
            state: Word(Stands(report.state.as_str())),
            block: report.block.to_string(),
            subject: Subject::of(&report.subject),
            customer,
            message_id: report.message_id.to_string(),
            from: report.from,
            flagged_at: When(report.flagged),
            reported_at: When(report.reported),
            reported_by: report.by,
            score_then,
            score_now: report.now.total,
            spam_score: report.spam,
            signals: hits.into_iter().map(SignalView::from).collect(),
            changes: changes.into_iter().map(change).collect(),
            practices: report.findings.into_iter().map(practice).collect(),
            remarks: report.remarks,
            decision,
            exemptions: report.exemptions,
        }
    }
}

impl Native {
    fn report_view(&self, report: Report) -> ReportView {
        let customer = self.owner_of(&report.subject);
        ReportView::of(report, customer)
    }

    fn report_for(&self, actor: &Actor, action: Action, id: u64) -> Result<Report, Problem> {
        let report = self.reports.show(id)?;
        let admitted = self.admit(actor, action, &report.subject, &report.block);
        admitted.map(|()| report).map_err(|problem| problem.about("report", id))
    }
}

fn change(change: Change) -> ChangeView {
    let Change { signal, then, now, why, asked_again } = change;
    ChangeView { signal, then, now, why, asked_again }
}

fn practice(finding: Finding) -> PracticeView {
    let Finding { practice, good, sentence } = finding;
    PracticeView { practice, good, sentence }
}

async fn list(call: Call, Asked(ask): Asked<ReportQuery>) -> Answer<ReportPage> {
    let ReportQuery { state, kind, customer, since, until, after, limit } = ask;
    let (sieve, state) = (Sieve { kind, customer, since, until }, state.map(|state| state.0));
    call.aside(move |native, actor| {
        sieve.may(&actor.principal)?;
        let read = |below, many| {
            let rows = native.reports.list_before(
                below,
                state.is_some_and(|state| state.word() == ReportState::Open.as_str()),
                many,
            )?;
            Ok(sieve.recent(rows, |report: &Report| report.reported))
        };
        let wanted = |report: &Report| {
            state.is_none_or(|state| state.word() == report.state.as_str())
                && sieve.lets(native, &report.subject, report.reported)
                && native.admit(actor, Action::SeeReport, &report.subject, &report.block).is_ok()
        };
        let (reports, next) = Paging::new(after, limit).page(read, |report| report.id, wanted)?;
        if !reports.is_empty() {
            native.note(actor, Action::SeeReport, "reports", "")?;
        }
        Ok(ReportPage { items: reports.into_iter().map(|report| native.report_view(report)).collect(), next })
    })
    .await
}

/// What a customer is told says nothing of other senders.
async fn add(call: Call, Asked(Of { kind, name }): Asked<Of>, Given(message): Given) -> Answer<ReportView> {
    call.aside(move |native, actor| {
        let subject = native.subject_for(actor, Action::Report, kind.0, &name)?;
        native.note(actor, Action::Report, &subject.to_string(), "")?;
        let by = model::names::bounded(&actor.name, 64);
        let filed = if actor.principal.is_staff() {
            native.reports.add(&subject, &message, by)
        } else {
            native.reports.add_for_customer(&subject, &message)
        };
        Ok(native.report_view(filed?))
    })
    .await
}

async fn show(call: Call, Named(id): Named<Number>) -> Answer<ReportView> {
    call.aside(move |native, actor| {
        let report = native.report_for(actor, Action::SeeReport, id.0)?;
        native.note(actor, Action::SeeReport, &format!("report {}", report.id), "")?;
        Ok(native.report_view(report))
    })
    .await
}

async fn read(call: Call, Named(id): Named<Number>) -> Result<Response, Problem> {
    let message = call.by_staff(Action::DecideReport, move |native, actor| {
        let report = native.report_for(actor, Action::DecideReport, id.0)?;
        native.note(actor, Action::SeeReport, &format!("report {}", report.id), "message")?;
        Ok(native.reports.message(report.id)?)
    });
    let axum::Json(message) = message.await?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(MAIL))], message).into_response())
}

async fn decide(call: Call, Named(id): Named<Number>, Told(wanted): Told<ReportDecision>) -> Answer<ReportView> {
    call.by_staff(Action::DecideReport, move |native, actor| {
        let decision = decision(wanted)?;
        let report = native.report_for(actor, Action::DecideReport, id.0)?;
        let word = if decision.is_ham { "ham" } else { "spam" };
        native.note(actor, Action::DecideReport, &format!("report {}", report.id), word)?;
        let by = model::names::bounded(&actor.name, 64);
        Ok(native.report_view(wait(native.reports.decide(report.id, &decision, by))?))
    })
    .await
}

fn decision(wanted: ReportDecision) -> Result<Decision, Problem> {
    let ReportDecision { is_spam, reason, exempt, exempt_days, release } = wanted;
    let wrong = "expected at most 10 of fingerprint, sender, sender=ADDRESS, sender=@DOMAIN, rule=NAME";
    let wrong = || Problem::field("exempt", wrong);
    let exempt = exempt.unwrap_or_default();
    if exempt.len() > MAX_WISHES {
        return Err(wrong());
    }
    Ok(Decision {
        is_ham: !is_spam,
        reason: reason.map(|reason| reason.0).unwrap_or_default(),
        exempt: exempt.iter().map(|text| Wish::parse(text).ok_or_else(wrong)).collect::<Result<_, _>>()?,
        length: exempt_days.map_or(Exemption::USUAL, |days| Duration::from_secs(days.0.saturating_mul(86_400))),
        release: release.unwrap_or_default(),
    })
}

async fn put_away(call: Call, Named(id): Named<Number>) -> Answer<ReportView> {
    call.by_staff(Action::DecideReport, move |native, actor| {
        let report = native.report_for(actor, Action::DecideReport, id.0)?;
        native.note(actor, Action::DecideReport, &format!("report {}", report.id), "drop")?;
        let by = model::names::bounded(&actor.name, 64);
        Ok(native.report_view(native.reports.put_away(report.id, by)?))
    })
    .await
}
