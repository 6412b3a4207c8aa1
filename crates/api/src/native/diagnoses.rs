//! Diagnoses: tasks of the daemon that take minutes, asked for, watched and read.

use access::{Action, Actor, Owner, may};
use axum::routing::{delete, get, post};
use diagnostics::{Finding, Password, Patient, Summary, Task};
use model::SubjectKind;
use serde::Deserialize;

use super::blocks::Subject;
use super::call::{Asked, Call, Named, Told};
use super::paging::Paging;
use super::parameters::{self, BELOW, LIMIT, Parameter, parameter};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::subject_names::patient;
use super::types::{Limit, Number, Secret, Text, When, Word};
use super::{Answer, Native, ruled};

const QUERY: &[Parameter] = &[
    parameter("kind", parameters::word::<SubjectKind>, "Only of this kind; name tells of whom."),
    parameter("name", parameters::name, "Only of him; kind tells what he is."),
    BELOW,
    LIMIT,
];

pub(super) fn routes() -> Vec<Route> {
    use Action::{Diagnose, SeeDiagnosis};
    let one = "/api/diagnoses/{diagnosis}";
    vec![
        Route::reads::<DiagnosisPage>("/api/diagnoses", SeeDiagnosis, "Find diagnoses", get(list)).asked(QUERY),
        Route::does::<DiagnosisView>("/api/diagnoses", Diagnose, "Find out what is wrong with somebody", post(start))
            .told::<DiagnosisWanted>()
            .begins(),
        Route::reads::<DiagnosisView>(one, SeeDiagnosis, "See a diagnosis, how far it is, what it found", get(show)),
        Route::removes::<DiagnosisView>(one, Diagnose, "End a diagnosis early", delete(cancel)),
    ]
}

wire! {
    /// Who is to be diagnosed.
    DiagnosisWanted {
        /// What it is.
        kind: Word<SubjectKind>,
        /// Its name: a login, an address or a domain.
        name: Text<1, 320>,
        /// The account's password, to be tried once; it is kept nowhere.
        password: Option<Secret<1, 1024>>,
    }
    /// What one check has found.
    FindingView {
        /// Which check.
        check: String,
        /// How it ended: "pass", "warn", "fail" or "unknown".
        outcome: String,
        /// What was found.
        found: String,
        /// What it means.
        means: String,
        /// What to do; empty where nothing is to be done.
        advice: String,
        /// What keeps mail from going, as a sentence, where this check can tell.
        cause: Option<String>,
    }
    /// What all findings amount to; null is not known.
    SummaryView {
        /// Whether mail comes in.
        can_receive: Option<bool>,
        /// Whether mail goes out.
        can_send: Option<bool>,
        /// Whether it is blocked for spam.
        is_blocked: Option<bool>,
        /// Whether it is locked after failed logins.
        is_locked: Option<bool>,
        /// Whether the service is suspended or over.
        is_suspended: Option<bool>,
        /// Whether the MX records are as they should be.
        is_mx_valid: Option<bool>,
        /// Whether the SRV record is as it should be.
        is_srv_valid: Option<bool>,
        /// What keeps mail from going, the first of all causes, as a sentence.
        cause: Option<String>,
    }
    /// A diagnosis.
    DiagnosisView {
        /// Its number.
        id: u64,
        /// Who is diagnosed.
        subject: Subject,
        /// "todo", "doing", "done" or "error".
        state: String,
        /// How much of it is done, in percent.
        progress: u64,
        /// Who asked for it.
        asked_by: String,
        /// When it was asked for.
        asked_at: When,
        /// When it began.
        began_at: Option<When>,
        /// When it ended.
        ended_at: Option<When>,
        /// Why it ended early.
        error: Option<String>,
        /// What was found so far.
        findings: Vec<FindingView>,
        /// What that amounts to.
        summary: SummaryView,
    }
    /// Some diagnoses.
    DiagnosisPage {
        /// The diagnoses, latest first. A page may be shorter than the limit and have others behind it.
        items: Vec<DiagnosisView>,
        /// What to give as `after` for the next page; null: this is the last.
        next: Option<String>,
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DiagnosisQuery {
    kind: Option<Word<SubjectKind>>,
    name: Option<String>,
    after: Option<Number>,
    limit: Option<Limit>,
}

impl Native {
    fn may_diagnose(&self, actor: &Actor, action: Action, patient: &Patient) -> Result<(), Problem> {
        let service = self.service_of(&patient.subject());
        ruled(may(&actor.principal, action, Owner::Service(&service)))
    }

    pub(super) fn diagnosis_for(&self, actor: &Actor, action: Action, id: u64) -> Result<Task, Problem> {
        let task = self.diagnoses.show(id)?;
        let admitted = self.may_diagnose(actor, action, &task.patient);
        admitted.map(|()| task).map_err(|problem| problem.about("diagnosis", id))
    }
}

async fn list(call: Call, Asked(ask): Asked<DiagnosisQuery>) -> Answer<DiagnosisPage> {
    let DiagnosisQuery { kind, name, after, limit } = ask;
    let of = match (kind, name) {
        (Some(kind), Some(name)) => Some(patient(kind.0, &name)?),
        (None, None) => None,
        (Some(_), None) => return Err(Problem::field("name", "expected with kind")),
        (None, Some(_)) => return Err(Problem::field("kind", "expected with name")),
    };
    call.aside(move |native, actor| {
        let (tasks, next) = Paging::new(after, limit).page(
            |below, many| Ok(native.diagnoses.list_before(below, of.as_ref(), many)?),
            |task| task.id,
            |task| native.may_diagnose(actor, Action::SeeDiagnosis, &task.patient).is_ok(),
        )?;
        Ok(DiagnosisPage { items: tasks.into_iter().map(view).collect(), next })
    })
    .await
}

async fn start(call: Call, Told(wanted): Told<DiagnosisWanted>) -> Answer<DiagnosisView> {
    let DiagnosisWanted { kind, name, password } = wanted;
    let password = password.map(|text| Password::new(text.0.0)).transpose();
    let password = password.map_err(|error| Problem::field("password", &error.to_string()))?;
    call.aside(move |native, actor| {
        let patient = patient(kind.0, &name.0)?;
        native.may_diagnose(actor, Action::Diagnose, &patient)?;
        native.note(actor, Action::Diagnose, &patient.to_string(), "")?;
        let by = model::names::bounded(&actor.name, 64);
        Ok(view(native.diagnoses.start(patient, password, by)?))
    })
    .await
}

async fn show(call: Call, Named(id): Named<Number>) -> Answer<DiagnosisView> {
    call.aside(move |native, actor| Ok(view(native.diagnosis_for(actor, Action::SeeDiagnosis, id.0)?))).await
}

async fn cancel(call: Call, Named(id): Named<Number>) -> Answer<DiagnosisView> {
    call.aside(move |native, actor| {
        let task = native.diagnosis_for(actor, Action::Diagnose, id.0)?;
        native.note(actor, Action::Diagnose, &format!("diagnosis {}", task.id), "cancel")?;
        Ok(view(native.diagnoses.cancel(task.id)?))
    })
    .await
}

pub(super) fn view(task: Task) -> DiagnosisView {
    let summary = summary(task.summary());
    DiagnosisView {
        id: task.id,
        subject: Subject { kind: Word(task.patient.kind()), name: task.patient.name() },
        state: task.state.as_str().to_owned(),
        progress: progress(&task),
        asked_by: task.by,
        asked_at: When(task.created),
        began_at: task.started.map(When),
        ended_at: task.finished.map(When),
        error: task.error,
        findings: task.findings.into_iter().map(finding).collect(),
        summary,
    }
}

fn progress(task: &Task) -> u64 {
    let share = task.findings.len().saturating_mul(100) / task.checks.max(1);
    if task.state.is_over() { 100 } else { u64::try_from(share.min(99)).unwrap_or(0) }
}

fn finding(finding: Finding) -> FindingView {
    FindingView {
        check: finding.check.as_str().to_owned(),
        outcome: finding.outcome.as_str().to_owned(),
        found: finding.found,
        means: finding.means,
        advice: finding.advice,
        cause: finding.cause.map(|cause| cause.sentence().to_owned()),
    }
}

fn summary(summary: Summary) -> SummaryView {
    SummaryView {
        can_receive: summary.can_receive_email,
        can_send: summary.can_send_email,
        is_blocked: summary.is_spammer,
        is_locked: summary.is_locked,
        is_suspended: summary.is_suspended,
        is_mx_valid: summary.is_mx_valid,
        is_srv_valid: summary.is_srv_valid,
        cause: summary.cause.map(|cause| cause.sentence().to_owned()),
    }
}
