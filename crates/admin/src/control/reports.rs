//! False-positive reports and exemptions over the control socket.

use std::sync::Arc;
use std::time::Duration;

use access::Action;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use customers::exemption::{Exempt, Exemption};
use customers::report::Report;
use model::{SubjectKey, SubjectKind};
use pipeline::{Change, Decision, ExemptionError, ReportError, Reports, Wish};
use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::caller::Caller;
use super::error::ApiError;
use super::types::{BlockQuery, NumberedQuery};
use crate::state::{AdminState, aside};

/// The largest body of a report: what `reports.max_size` can be set to.
pub(super) const MAX_MESSAGE: usize = 16 << 20;
/// More exemptions in one decision are a mistake.
const MAX_WISHES: usize = 10;

/// The query of `POST /control/reports`; the body is the message as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportQuery {
    /// "account", "ip" or "domain".
    pub kind: String,
    /// Whose message it is.
    pub name: String,
    /// Who reports it, 1 to 64 characters.
    pub by: String,
}

/// `GET /control/reports`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportList {
    /// The reports, latest first.
    pub reports: Vec<Report>,
}

/// `GET /control/reports/{id}`, and the answer to every step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportView {
    /// The report.
    pub report: Report,
    /// The signals then and now.
    pub difference: Vec<Change>,
}

/// The body of `POST /control/reports/{id}/decide`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportDecision {
    /// Whether it was no spam.
    pub is_ham: bool,
    /// What the customer is told.
    #[serde(default)]
    pub reason: String,
    /// `fingerprint`, `sender`, `sender=ADDRESS`, `sender=@DOMAIN`, `rule=NAME`.
    #[serde(default)]
    pub exempt: Vec<String>,
    /// How long the exemptions last, in seconds.
    pub seconds: u64,
    /// Whether the block is released.
    #[serde(default)]
    pub release: bool,
    /// Who decides, for the list and the log, 1 to 64 characters.
    pub by: String,
}

/// The body of `POST /control/reports/{id}/drop` and `/control/exemptions/{id}/remove`, the query of
/// `GET /control/reports/{id}/message`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoneBy {
    /// Who does it, for the list and the log, 1 to 64 characters.
    pub by: String,
}

/// `GET /control/exemptions`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExemptionList {
    /// Those that have not ended, oldest first.
    pub exemptions: Vec<Exemption>,
}

/// The body of `POST /control/exemptions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewExemption {
    /// "account", "ip" or "domain".
    pub kind: String,
    /// For whom.
    pub name: String,
    /// `sender=ADDRESS`, `sender=@DOMAIN` or `rule=NAME`.
    pub what: String,
    /// For how long, in seconds.
    pub seconds: u64,
    /// Why, for the list.
    #[serde(default)]
    pub reason: String,
    /// Who makes it, 1 to 64 characters.
    pub by: String,
}

type Shared = State<Arc<AdminState>>;

pub(super) async fn list(
    State(state): Shared,
    query: Result<Query<NumberedQuery>, QueryRejection>,
) -> Answer<ReportList> {
    let Query(NumberedQuery { active, below, limit }) = query?;
    let limit = limit.min(BlockQuery::MAX);
    let reports = with(&state, move |reports| Ok(reports.list_before(below, active, limit)?)).await?;
    Ok(Json(ReportList { reports }))
}

pub(super) async fn add(
    State(state): Shared,
    caller: Caller,
    query: Result<Query<ReportQuery>, QueryRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Answer<ReportView> {
    let (Query(ReportQuery { kind, name: who, by }), body) = (query?, body.map_err(cut_off)?);
    let (subject, by) = (subject(&kind, &who)?, caller.name(&by)?);
    state.note(&by, Action::Report, subject.to_string(), "").await?;
    let report = with(&state, move |reports| reports.add(&subject, &body, &by)).await?;
    tracing::warn!(report = report.id, subject = %report.subject, by = report.by, "a flagged message was reported as no spam");
    Ok(Json(report.into()))
}

pub(super) async fn show(State(state): Shared, caller: Caller, Path(id): Path<String>) -> Answer<ReportView> {
    let id = number(&id, "report")?;
    state.note(caller.user(), Action::SeeReport, format!("report {id}"), "").await?;
    Ok(Json(with(&state, move |reports| reports.show(id)).await?.into()))
}

pub(super) async fn message(
    State(state): Shared,
    caller: Caller,
    Path(id): Path<String>,
    query: Result<Query<DoneBy>, QueryRejection>,
) -> Result<Vec<u8>, ApiError> {
    let (id, Query(DoneBy { by })) = (number(&id, "report")?, query?);
    state.note(&caller.name(&by)?, Action::SeeReport, format!("report {id}"), "message").await?;
    let message = with(&state, move |reports| reports.message(id)).await?;
    tracing::warn!(report = id, by, "the message of a report was read");
    Ok(message)
}

pub(super) async fn decide(
    State(state): Shared,
    caller: Caller,
    Path(id): Path<String>,
    body: Result<Json<ReportDecision>, JsonRejection>,
) -> Answer<ReportView> {
    let (id, Json(asked)) = (number(&id, "report")?, body?);
    let by = caller.name(&asked.by)?;
    let decision = Decision {
        is_ham: asked.is_ham,
        reason: asked.reason,
        exempt: wishes(&asked.exempt)?,
        length: Duration::from_secs(asked.seconds),
        release: asked.release,
    };
    state.note(&by, Action::DecideReport, format!("report {id}"), if decision.is_ham { "ham" } else { "spam" }).await?;
    // Carried through, even when the client hangs up.
    let runtime = tokio::runtime::Handle::current();
    let decided = with(&state, move |reports| runtime.block_on(reports.decide(id, &decision, &by)));
    let report = decided.await?;
    let by = report.state.word().map_or("", |word| word.by.as_str());
    tracing::warn!(report = id, state = report.state.as_str(), by, exemptions = ?report.exemptions, "a report was decided");
    Ok(Json(report.into()))
}

pub(super) async fn drop_one(
    State(state): Shared,
    caller: Caller,
    Path(id): Path<String>,
    body: Result<Json<DoneBy>, JsonRejection>,
) -> Answer<ReportView> {
    let (id, Json(DoneBy { by })) = (number(&id, "report")?, body?);
    let by = caller.name(&by)?;
    state.note(&by, Action::DecideReport, format!("report {id}"), "drop").await?;
    let report = with(&state, move |reports| reports.put_away(id, &by)).await?;
    tracing::warn!(report = id, "a report was put away");
    Ok(Json(report.into()))
}

pub(super) async fn exemptions(State(state): Shared) -> Answer<ExemptionList> {
    let exemptions = with(&state, |reports| Ok(reports.pardons().list()?)).await?;
    Ok(Json(ExemptionList { exemptions }))
}

pub(super) async fn exempt(
    State(state): Shared,
    caller: Caller,
    body: Result<Json<NewExemption>, JsonRejection>,
) -> Answer<Exemption> {
    let Json(asked) = body?;
    let what = match Wish::parse(&asked.what) {
        Some(Wish::Sender(Some(sender))) => Exempt::Sender(sender),
        Some(Wish::Signal(name)) => Exempt::Signal(name),
        _ => return Err(unprocessable("what: expected sender=ADDRESS, sender=@DOMAIN or rule=NAME")),
    };
    let now = state.clock.now();
    let exemption = Exemption {
        id: 0,
        subject: subject(&asked.kind, &asked.name)?,
        what,
        since: now,
        until: now.after(Duration::from_secs(asked.seconds)),
        by: caller.name(&asked.by)?,
        reason: model::names::bounded(asked.reason.trim(), Report::MAX_REASON).to_owned(),
        report: None,
    };
    let detail = exemption.what.describe();
    state.note(&exemption.by, Action::DecideReport, exemption.subject.to_string(), &format!("exempt {detail}")).await?;
    let made = with(&state, move |reports| Ok(reports.pardons().add(exemption)?)).await?;
    tracing::warn!(exemption = made.id, subject = %made.subject, what = made.what.describe(), by = made.by, "an exemption began");
    Ok(Json(made))
}

pub(super) async fn remove(
    State(state): Shared,
    caller: Caller,
    Path(id): Path<String>,
    body: Result<Json<DoneBy>, JsonRejection>,
) -> Answer<Exemption> {
    let (id, Json(DoneBy { by })) = (number(&id, "exemption")?, body?);
    let by = caller.name(&by)?;
    state.note(&by, Action::DecideReport, format!("exemption {id}"), "remove").await?;
    let removed = with(&state, move |reports| Ok(reports.pardons().remove(id)?)).await?;
    tracing::warn!(exemption = id, subject = %removed.subject, by, "an exemption was removed");
    Ok(Json(removed))
}

async fn with<T: Send + 'static>(
    state: &AdminState,
    work: impl FnOnce(&Reports) -> Result<T, ReportError> + Send + 'static,
) -> Result<T, ApiError> {
    let none = || ApiError::new(StatusCode::NOT_FOUND, "this daemon takes no reports");
    let reports = state.reports.clone().ok_or_else(none)?;
    Ok(aside(move || work(&reports)).await?)
}

fn subject(kind: &str, name: &str) -> Result<SubjectKey, ApiError> {
    let subject = SubjectKind::from_word(kind).and_then(|kind| SubjectKey::parse(kind, name));
    subject.ok_or_else(|| unprocessable("expected an account, an IP address or a domain"))
}

fn wishes(texts: &[String]) -> Result<Vec<Wish>, ApiError> {
    if texts.len() > MAX_WISHES {
        return Err(unprocessable("exempt: at most 10 at a time"));
    }
    let wrong = || unprocessable("exempt: expected fingerprint, sender, sender=ADDRESS, sender=@DOMAIN or rule=NAME");
    texts.iter().map(|text| Wish::parse(text).ok_or_else(wrong)).collect()
}

fn number(text: &str, noun: &str) -> Result<u64, ApiError> {
    let shown: String = text.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    text.parse().map_err(|_| ApiError::new(StatusCode::NOT_FOUND, format!("there is no {noun} {shown}")))
}

fn unprocessable(sentence: &str) -> ApiError {
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, sentence)
}

fn cut_off(rejection: BytesRejection) -> ApiError {
    ApiError::new(rejection.status(), format!("at most {MAX_MESSAGE} bytes are read: {}", rejection.body_text()))
}

impl From<Report> for ReportView {
    fn from(report: Report) -> Self {
        let difference = pipeline::difference(&report.then, &report.now);
        Self { report, difference }
    }
}

impl From<ReportError> for ApiError {
    fn from(error: ReportError) -> Self {
        let status = match &error {
            ReportError::Unknown(_) | ReportError::NoBlock(_) | ReportError::Gone(_) => StatusCode::NOT_FOUND,
            ReportError::Exemption(ExemptionError::Unknown(_)) => StatusCode::NOT_FOUND,
            ReportError::Before(_) | ReportError::Full(_) | ReportError::Refused(_) => StatusCode::CONFLICT,
            ReportError::Store(_) | ReportError::Behind(_) | ReportError::Exemption(ExemptionError::Store(_)) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::new(status, error.to_string())
    }
}
