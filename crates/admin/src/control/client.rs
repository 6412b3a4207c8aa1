//! The command line's end of the control socket.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use customers::exemption::Exemption;
use customers::report::Report;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use limits::{AlertJob, Delivery, LetterName, Lockout};
use model::{Block, SubjectKey, Timestamp};
use pipeline::{BlockAsk, EvidenceAsk, SubjectStanding};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::reports::{DoneBy, ExemptionList, NewExemption, ReportDecision, ReportList, ReportQuery, ReportView};
use super::search::{BlockPage, EvidencePage, OwnersFound, OwnersQuery};
use super::standing::{BlockByHand, StandingQuery};
use super::types::{
    BlockList, BlockQuery, CaseFile, ClearLockout, Confirm, ConfirmedList, ConfirmedMessage, DiagnosisList,
    DiagnosisView, ErrorBody, KeyRotated, Lesson, Lessons, LockoutList, NewDiagnosis, NewTicket, Operator,
    PasswordChanged, Status, TicketList, TicketStep, TicketView, Unblock, Unblocked, Unconfirm,
};
use super::webhooks::{EventCount, EventList, EventView, TestView};

/// How long a daemon may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// The longest answer that is read: ten thousand blocks take about 8 MB.
const MAX_ANSWER: usize = 32 << 20;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// Nobody answers there: no socket, or one that a dead daemon left. The store can be read directly.
    #[error("no daemon is running: nobody answers on {path} ({error})")]
    NotRunning {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A daemon may be running, but this user may not talk to it.
    #[error("the control socket {path} can't be opened ({error}); only the daemon's user and root may")]
    Forbidden {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Something else is wrong with the socket.
    #[error("the control socket {path} can't be reached: {error}")]
    Unreachable {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The daemon knows no such thing.
    #[error("{0}")]
    Unknown(String),
    /// The daemon did not do it, and says why.
    #[error("{sentence}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Why.
        sentence: String,
    },
    /// The daemon took too long.
    #[error("the daemon on {0} does not answer")]
    Silent(PathBuf),
    /// The answer makes no sense: another version, or not our daemon.
    #[error("the daemon's answer can't be understood ({0}); is it of another version?")]
    Garbled(String),
}

impl ControlError {
    /// Whether no daemon runs, so that the store may be read directly.
    pub fn is_not_running(&self) -> bool {
        matches!(self, Self::NotRunning { .. })
    }
}

/// Calls a running daemon; a connection for each call. Needs a tokio runtime with I/O and time.
#[derive(Debug, Clone)]
pub struct ControlClient {
    path: PathBuf,
}

impl ControlClient {
    /// A client of the daemon whose control socket is at `path`; nothing is opened yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Blocks, latest first: only those in force, or all; at most `limit` (1 to 10,000).
    pub async fn blocks(&self, only_active: bool, limit: usize) -> Result<Vec<Block>, ControlError> {
        let BlockQuery { active, limit } = BlockQuery { active: only_active, limit };
        let list: BlockList = self.ask(&format!("/control/blocks?active={active}&limit={limit}")).await?;
        Ok(list.blocks)
    }

    /// Blocks that fit, a page of them.
    pub async fn search_blocks(&self, ask: &BlockAsk) -> Result<BlockPage, ControlError> {
        self.tell("/control/search/blocks", ask).await
    }

    /// Flagged messages that fit, a page of them.
    pub async fn search_evidence(&self, ask: &EvidenceAsk) -> Result<EvidencePage, ControlError> {
        self.tell("/control/search/evidence", ask).await
    }

    /// The services that own these, in the same order; empty where none is known to.
    pub async fn owners(&self, subjects: Vec<SubjectKey>) -> Result<Vec<String>, ControlError> {
        let found: OwnersFound = self.tell("/control/search/owners", &OwnersQuery { subjects }).await?;
        Ok(found.services)
    }

    /// One block with its flagged messages.
    pub async fn block(&self, reference: &str) -> Result<CaseFile, ControlError> {
        self.ask(&format!("/control/blocks/{}", segment(reference)?)).await
    }

    /// Releases a block; `by` stands in the daemon's log. When this returns, the release is in force and on disk.
    pub async fn unblock(&self, reference: &str, by: &str) -> Result<Block, ControlError> {
        let path = format!("/control/blocks/{}/unblock", segment(reference)?);
        let unblocked: Unblocked = self.tell(&path, &Unblock { by: by.to_owned() }).await?;
        Ok(unblocked.block)
    }

    /// What a person has confirmed, latest first.
    pub async fn confirmed(&self) -> Result<Vec<ConfirmedMessage>, ControlError> {
        let list: ConfirmedList = self.ask("/control/fingerprints").await?;
        Ok(list.confirmed)
    }

    /// Confirms a message by its fingerprints. When this returns, it is in force and on disk.
    pub async fn confirm(&self, confirm: &Confirm) -> Result<ConfirmedMessage, ControlError> {
        self.tell("/control/fingerprints", confirm).await
    }

    /// Takes a word back.
    pub async fn forget(&self, id: &str, by: &str) -> Result<ConfirmedMessage, ControlError> {
        let known = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric());
        let unknown = || ControlError::Unknown(format!("no confirmed message has the name {id}"));
        let path = known.then(|| format!("/control/fingerprints/{id}/forget")).ok_or_else(unknown)?;
        self.tell(&path, &Unconfirm { by: by.to_owned() }).await
    }

    /// Teaches a correction. When this returns, it is in force and on disk.
    pub async fn learn(&self, lesson: &Lesson) -> Result<Lessons, ControlError> {
        self.tell("/control/lessons", lesson).await
    }

    /// Forgets all corrections.
    pub async fn forget_lessons(&self) -> Result<Lessons, ControlError> {
        self.call(Method::DELETE, "/control/lessons", Bytes::new()).await
    }

    /// Tickets below a number, latest first: only open ones, or all; at most `limit`.
    pub async fn tickets(&self, only_open: bool, below: u64, limit: usize) -> Result<Vec<TicketView>, ControlError> {
        let path = format!("/control/tickets?active={only_open}&below={below}&limit={limit}");
        let list: TicketList = self.ask(&path).await?;
        Ok(list.tickets)
    }

    /// One ticket with the flagged messages.
    pub async fn ticket(&self, id: u64) -> Result<TicketView, ControlError> {
        self.ask(&format!("/control/tickets/{id}")).await
    }

    /// Opens a ticket that is about no block.
    pub async fn open_ticket(&self, ticket: &NewTicket) -> Result<TicketView, ControlError> {
        self.tell("/control/tickets", ticket).await
    }

    /// Opens the ticket that carries the result of a diagnosis, or finds it.
    pub async fn diagnosis_ticket(&self, id: u64, by: &str) -> Result<TicketView, ControlError> {
        self.tell(&format!("/control/diagnoses/{id}/ticket"), &Operator { by: by.to_owned() }).await
    }

    /// Takes an operator's step: "answered", "reply", "approve", "refuse", "close" or "reopen". When this returns, it is on disk.
    pub async fn step(&self, id: u64, word: &str, step: &TicketStep) -> Result<TicketView, ControlError> {
        self.tell(&format!("/control/tickets/{id}/{word}"), step).await
    }

    /// Signs the addresses of letters with a new key from now on; returns until when earlier ones are taken.
    pub async fn rotate_reply_key(&self, by: &str) -> Result<Timestamp, ControlError> {
        let rotated: KeyRotated = self.tell("/control/reply-key", &Operator { by: by.to_owned() }).await?;
        Ok(rotated.earlier_until)
    }

    /// Tells that a password was changed; returns the block that this has ended.
    pub async fn password_changed(&self, change: &PasswordChanged) -> Result<Block, ControlError> {
        let unblocked: Unblocked = self.tell("/control/accounts/password-changed", change).await?;
        Ok(unblocked.block)
    }

    /// Events for webhooks, latest first: of one, or all; in one state, or all; behind a place; at most `limit`.
    pub async fn events(
        &self,
        hook: Option<&str>,
        state: Option<&str>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Delivery>, ControlError> {
        let hook = hook.map(|hook| plain(hook).map(|hook| format!("&hook={hook}"))).transpose()?.unwrap_or_default();
        let state = state.map(|state| format!("&state={state}")).unwrap_or_default();
        let after = after.map(|after| format!("&after={}", escaped(after))).unwrap_or_default();
        let list: EventList = self.ask(&format!("/control/webhooks?limit={limit}{hook}{state}{after}")).await?;
        Ok(list.events)
    }

    /// One event as it is sent to a webhook.
    pub async fn event(&self, hook: &str, id: &str) -> Result<EventView, ControlError> {
        self.ask(&format!("/control/webhooks/{}/events/{}", plain(hook)?, plain(id)?)).await
    }

    /// Sends an event once more, or all dead letters of a webhook; how many.
    pub async fn replay_events(&self, hook: &str, id: Option<&str>) -> Result<u64, ControlError> {
        let path = format!("{}/replay", events(hook, id)?);
        let EventCount { events } = self.call(Method::POST, &path, Bytes::new()).await?;
        Ok(events)
    }

    /// Gives an event up, or throws all dead letters of a webhook away; how many.
    pub async fn drop_events(&self, hook: &str, id: Option<&str>) -> Result<u64, ControlError> {
        let EventCount { events } = self.call(Method::DELETE, &events(hook, id)?, Bytes::new()).await?;
        Ok(events)
    }

    /// Sends an event of the type "test" to a webhook.
    pub async fn test_webhook(&self, hook: &str) -> Result<TestView, ControlError> {
        self.call(Method::POST, &format!("/control/webhooks/{}/test", plain(hook)?), Bytes::new()).await
    }

    /// Blocks somebody by hand.
    pub async fn block_by_hand(&self, wanted: &BlockByHand) -> Result<Block, ControlError> {
        self.tell("/control/blocks", wanted).await
    }

    /// How somebody stands.
    pub async fn standing(&self, subject: &SubjectKey) -> Result<SubjectStanding, ControlError> {
        self.tell("/control/standing", &StandingQuery { subject: subject.clone() }).await
    }

    /// Who is locked out after failed logins, latest first.
    pub async fn lockouts(&self) -> Result<Vec<Lockout>, ControlError> {
        let list: LockoutList = self.ask("/control/lockouts").await?;
        Ok(list.lockouts)
    }

    /// Lifts a lock.
    pub async fn clear_lockout(&self, clear: &ClearLockout) -> Result<Lockout, ControlError> {
        self.tell("/control/lockouts/clear", clear).await
    }

    /// Begins a diagnosis; ask for it until it is over.
    pub async fn diagnose(&self, wanted: &NewDiagnosis) -> Result<DiagnosisView, ControlError> {
        self.tell("/control/diagnoses", wanted).await
    }

    /// A diagnosis as it stands.
    pub async fn diagnosis(&self, id: u64) -> Result<DiagnosisView, ControlError> {
        self.ask(&format!("/control/diagnoses/{id}")).await
    }

    /// Diagnoses, latest first.
    pub async fn diagnoses(&self, limit: usize) -> Result<Vec<DiagnosisView>, ControlError> {
        let list: DiagnosisList = self.ask(&format!("/control/diagnoses?limit={limit}")).await?;
        Ok(list.diagnoses)
    }

    /// Ends a diagnosis early.
    pub async fn cancel_diagnosis(&self, id: u64) -> Result<DiagnosisView, ControlError> {
        self.call(Method::POST, &format!("/control/diagnoses/{id}/cancel"), Bytes::new()).await
    }

    /// False-positive reports below a number, latest first: only open ones, or all; at most `limit`.
    pub async fn reports(&self, only_open: bool, below: u64, limit: usize) -> Result<Vec<Report>, ControlError> {
        let path = format!("/control/reports?active={only_open}&below={below}&limit={limit}");
        let list: ReportList = self.ask(&path).await?;
        Ok(list.reports)
    }

    /// Reports a flagged message as no spam. When this returns, the report is on disk.
    pub async fn add_report(&self, query: &ReportQuery, message: Vec<u8>) -> Result<ReportView, ControlError> {
        let ReportQuery { kind, name, by } = query;
        let path = format!("/control/reports?kind={}&name={}&by={}", escaped(kind), escaped(name), escaped(by));
        self.call(Method::POST, &path, message.into()).await
    }

    /// One report with its signals then and now.
    pub async fn report(&self, id: u64) -> Result<ReportView, ControlError> {
        self.ask(&format!("/control/reports/{id}")).await
    }

    /// The message of a report, while it is kept; who reads it stands in the audit log.
    pub async fn report_message(&self, id: u64, by: &str) -> Result<Bytes, ControlError> {
        let path = format!("/control/reports/{id}/message?by={}", escaped(by));
        let (status, body) = self.answer(Method::GET, &path, Bytes::new()).await?;
        if status == StatusCode::OK { Ok(body) } else { Err(refused(status, &body)) }
    }

    /// Decides a report. When this returns, the decision is on disk and in force.
    pub async fn decide_report(&self, id: u64, decision: &ReportDecision) -> Result<ReportView, ControlError> {
        self.tell(&format!("/control/reports/{id}/decide"), decision).await
    }

    /// Puts a report away.
    pub async fn drop_report(&self, id: u64, by: &str) -> Result<ReportView, ControlError> {
        self.tell(&format!("/control/reports/{id}/drop"), &DoneBy { by: by.to_owned() }).await
    }

    /// Exemptions in force, oldest first.
    pub async fn exemptions(&self) -> Result<Vec<Exemption>, ControlError> {
        let list: ExemptionList = self.ask("/control/exemptions").await?;
        Ok(list.exemptions)
    }

    /// Makes an exemption. When this returns, it is on disk and in force.
    pub async fn exempt(&self, exemption: &NewExemption) -> Result<Exemption, ControlError> {
        self.tell("/control/exemptions", exemption).await
    }

    /// Ends an exemption.
    pub async fn remove_exemption(&self, id: u64, by: &str) -> Result<Exemption, ControlError> {
        self.tell(&format!("/control/exemptions/{id}/remove"), &DoneBy { by: by.to_owned() }).await
    }

    /// How the daemon is.
    pub async fn status(&self) -> Result<Status, ControlError> {
        self.ask("/control/status").await
    }

    /// Has a letter that was not sent yet tried at once; one that was given up, once more.
    pub async fn send_letter(&self, letter: &LetterName, by: &str) -> Result<AlertJob, ControlError> {
        self.tell(&format!("/control/letters/{letter}/send"), &DoneBy { by: by.to_owned() }).await
    }

    /// Gives a letter up that was not sent yet.
    pub async fn give_up_letter(&self, letter: &LetterName, by: &str) -> Result<AlertJob, ControlError> {
        self.tell(&format!("/control/letters/{letter}/give-up"), &DoneBy { by: by.to_owned() }).await
    }

    pub(super) async fn ask<T: DeserializeOwned>(&self, path: &str) -> Result<T, ControlError> {
        self.call(Method::GET, path, Bytes::new()).await
    }

    pub(super) async fn tell<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, ControlError> {
        let body = serde_json::to_vec(body).map_err(garbled)?;
        self.call(Method::POST, path, body.into()).await
    }

    async fn call<T: DeserializeOwned>(&self, method: Method, path: &str, body: Bytes) -> Result<T, ControlError> {
        let (status, body) = self.answer(method, path, body).await?;
        read(status, &body)
    }

    async fn answer(&self, method: Method, path: &str, body: Bytes) -> Result<(StatusCode, Bytes), ControlError> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost")
            .header("content-type", "application/json")
            .body(Full::new(body))
            .map_err(garbled)?;
        let exchange = timeout(PATIENCE, self.exchange(request)).await;
        exchange.map_err(|_| ControlError::Silent(self.path.clone()))?
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), ControlError> {
        let stream = UnixStream::connect(&self.path).await.map_err(|error| unreachable(&self.path, error))?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(garbled)?;
        let answered = async {
            let response: Response<Incoming> = sender.send_request(request).await.map_err(garbled)?;
            let status = response.status();
            let body = Limited::new(response.into_body(), MAX_ANSWER).collect().await.map_err(garbled)?;
            Ok((status, body.to_bytes()))
        };
        let mut connection = std::pin::pin!(connection);
        let mut answered = std::pin::pin!(answered);
        tokio::select! {
            result = answered.as_mut() => result,
            // The connection is over once the answer was read; the answer alone says whether it was complete.
            _ = connection.as_mut() => answered.await,
        }
    }
}

fn unreachable(path: &Path, error: io::Error) -> ControlError {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => ControlError::NotRunning { path, error },
        io::ErrorKind::PermissionDenied => ControlError::Forbidden { path, error },
        _ => ControlError::Unreachable { path, error },
    }
}

fn read<T: DeserializeOwned>(status: StatusCode, body: &[u8]) -> Result<T, ControlError> {
    if status == StatusCode::OK {
        return serde_json::from_slice(body).map_err(garbled);
    }
    Err(refused(status, body))
}

fn refused(status: StatusCode, body: &[u8]) -> ControlError {
    match (serde_json::from_slice::<ErrorBody>(body), status) {
        (Err(error), _) => garbled(error),
        (Ok(body), StatusCode::NOT_FOUND) => ControlError::Unknown(body.error),
        (Ok(body), _) => ControlError::Refused { status: status.as_u16(), sentence: body.error },
    }
}

fn events(hook: &str, id: Option<&str>) -> Result<String, ControlError> {
    let one = id.map(|id| plain(id).map(|id| format!("/{id}"))).transpose()?.unwrap_or_default();
    Ok(format!("/control/webhooks/{}/events{one}", plain(hook)?))
}

/// A webhook's name or an event's id; what would be another path is neither.
fn plain(text: &str) -> Result<&str, ControlError> {
    let fits =
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    fits.then_some(text).ok_or_else(|| ControlError::Unknown(format!("there is no webhook or event {text}")))
}

/// Text in a query, with everything but letters and digits as `%XX` (RFC 3986 2.1).
fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

/// A reference that would be another path is no block's.
fn segment(reference: &str) -> Result<String, ControlError> {
    let known =
        super::reference(reference).ok_or_else(|| ControlError::Unknown(format!("there is no block {reference}")))?;
    Ok(known.to_string())
}

fn garbled(error: impl std::fmt::Display) -> ControlError {
    ControlError::Garbled(error.to_string())
}
