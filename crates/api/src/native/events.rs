//! What changes, as server-sent events (the HTML standard, 9.2): whoever listens hears of what he may see.
//!
//! An event says what happened to what; the rest is asked for. The key is looked at again with every heartbeat, so that one
//! that was revoked hears no more.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use access::{Action, Actor, LongLived, Owner, Visitor, may};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream::{self, Stream};
use pipeline::{Cursor, Heard, Listener, LiveChange, Topic};
use tokio::time::Instant;

use super::Native;
use super::call::Call;
use super::caller::{bearer, visitor};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::ticket_views::Party;
use super::types::{When, Word};

/// A silent connection is cut off by proxies on its way; also how soon a revoked key hears no more.
const HEARTBEAT: Duration = Duration::from_secs(15);

wire! {
    /// What an event tells.
    EventData {
        /// When it happened.
        at: When,
        /// What it is about.
        about: Word<Topic>,
        /// Whom it is about.
        subject: Party,
        /// The service that owns the subject, when one is known to.
        customer: Option<String>,
        /// The reference of the block it belongs to.
        block: Option<String>,
        /// The number of the ticket, report or diagnosis.
        number: Option<u64>,
        /// Where that stands now, in its own word.
        state: String,
    }
}

/// Somebody who listens, for as long as his key is valid.
struct Hearing {
    native: Arc<Native>,
    actor: Actor,
    token: String,
    visitor: Visitor,
    listener: Listener,
    heartbeat: Instant,
}

pub(super) fn routes() -> Vec<Route> {
    let listens = Route::reads::<EventData>("/api/events", Action::SeeBlock, "Hear what changes", get(listen));
    vec![listens.gives("text/event-stream")]
}

async fn listen(State(native): State<Arc<Native>>, call: Call, request: Request) -> Result<Response, Problem> {
    let token = bearer(request.headers()).ok_or_else(Problem::no_credentials)?.to_owned();
    let listener = native.live.listen(&call.actor.name, last_heard(request.headers()))?;
    let (actor, visitor, heartbeat) = (call.actor, visitor(&request), Instant::now() + HEARTBEAT);
    let hearing = Hearing { native, actor, token, visitor, listener, heartbeat };
    let mut response = Sse::new(told(hearing)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.extensions_mut().insert(LongLived);
    Ok(response)
}

/// Where the client was when its connection broke; what can't be read is a place that nobody knows.
fn last_heard(headers: &HeaderMap) -> Option<Cursor> {
    let given = headers.get("last-event-id")?;
    Some(given.to_str().ok().and_then(Cursor::parse).unwrap_or(Cursor::UNKNOWN))
}

fn told(hearing: Hearing) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    let begin = Event::default().comment("listening");
    let rest = stream::unfold(hearing, |mut hearing| async {
        let event = hearing.next().await?;
        Some((Ok(event), hearing))
    });
    stream::StreamExt::chain(stream::iter([Ok(begin)]), rest)
}

impl Hearing {
    /// The next event, or a heartbeat; `None` when the daemon stops or the key is no longer valid.
    async fn next(&mut self) -> Option<Event> {
        loop {
            match tokio::time::timeout_at(self.heartbeat, self.listener.next()).await {
                Ok(heard) => {
                    if let Some(event) = self.event(heard?) {
                        return Some(event);
                    }
                }
                Err(_) => return self.beat().await,
            }
        }
    }

    async fn beat(&mut self) -> Option<Event> {
        self.heartbeat = Instant::now() + HEARTBEAT;
        let known = Arc::clone(&self.native).known(self.token.clone(), self.visitor).await;
        self.actor = known.ok()?;
        Some(Event::default().comment("still here"))
    }

    fn event(&self, heard: Heard) -> Option<Event> {
        match heard {
            Heard::Change(cursor, change) => {
                let service = self.native.service_of_whom(&change.whom);
                let data = serde_json::to_string(&view(&change, &service)).unwrap_or_default();
                let event = || Event::default().id(cursor.to_string()).event(change.kind).data(data);
                hears(&self.actor, &change, &service).then(event)
            }
            Heard::Missed(cursor) => {
                let sentence = r#"{"detail":"some events were missed: read anew what you show"}"#;
                Some(Event::default().id(cursor.to_string()).event("missed").data(sentence))
            }
        }
    }
}

/// Whether he may see what it is about.
fn hears(actor: &Actor, change: &LiveChange, service: &str) -> bool {
    let action = match change.topic {
        Topic::Block | Topic::Letter => Action::SeeBlock,
        Topic::Ticket => Action::SeeTicket,
        Topic::Report | Topic::Exemption => Action::SeeReport,
        Topic::Diagnosis => Action::SeeDiagnosis,
        Topic::Lockout => Action::SeeSubject,
    };
    let owner = match &change.block {
        Some(reference) => Owner::Block { service, reference },
        None => Owner::Service(service),
    };
    may(&actor.principal, action, owner).is_allowed()
}

fn view(change: &LiveChange, service: &str) -> EventData {
    EventData {
        at: When(change.at),
        about: Word(change.topic),
        subject: Party::of(&change.whom),
        customer: (!service.is_empty()).then(|| service.to_owned()),
        block: change.block.as_ref().map(ToString::to_string),
        number: change.number,
        state: change.state.clone(),
    }
}
