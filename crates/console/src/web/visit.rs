//! One request's visitor: who he is, which language he reads, what his forms are bound to; and the answer's last touches.

use access::{Action, Actor, Grant, Owner, Principal, Ruling, Visitor, may};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use customers::Language;

use super::cookie::Cookie;
use super::fault::Fault;
use super::parts::Console;
use super::respond;
use crate::view::{Frame, Message, NavItem, NoticePage, Tone, Viewer};
use crate::words;

/// Seconds that a chosen language is remembered.
const YEAR: u64 = 365 * 86_400;
/// Behind this path stands a key: a signed link, or the reference of a block.
const CASE: &str = "/console/case/";

/// Who asks, and what he sees things in.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    /// Who he is; `None` when he has not logged in.
    who: Option<Actor>,
    /// What he was given.
    grant: Option<Grant>,
    /// His session's token.
    session: Option<String>,
    /// What his forms are bound to.
    seed: String,
    fresh_seed: bool,
    language: Language,
    chosen: bool,
    here: String,
    visitor: Visitor,
}

/// Finds out who asks, lets the handler answer, and finishes the answer.
pub(super) async fn enter(State(console): State<Console>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visit = Visit::of(&console, &parts).await;
    parts.extensions.insert(visit.clone());
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(fault) = response.extensions_mut().remove::<Fault>().or_else(|| unreadable(&response)) {
        response = visit.tell(&console, fault);
    }
    visit.remember(&mut response);
    respond::harden(&mut response);
    response
}

impl Visit {
    async fn of(console: &Console, request: &Parts) -> Self {
        let visitor = request.extensions.get::<Visitor>().copied().unwrap_or_default();
        let (headers, uri) = (&request.headers, &request.uri);
        let session = Cookie::Session.read(headers, visitor.https);
        let (who, grant, session) = identified(console, session, visitor).await;
        let known = session.clone().or_else(|| Cookie::Seed.read(headers, visitor.https));
        let link = link_of(uri.path()).map(str::to_owned);
        let fresh_seed = known.is_none() && link.is_none();
        let asked = asked_language(uri.query().unwrap_or_default());
        let remembered = Cookie::Language.read(headers, visitor.https);
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|field| field.to_str().ok());
        Self {
            who,
            grant,
            session,
            seed: link.or(known).unwrap_or_else(random),
            fresh_seed,
            language: words::language(asked.or(remembered.as_deref()), accepted),
            chosen: asked.is_some(),
            here: here(request),
            visitor,
        }
    }

    /// What his forms are bound to.
    pub(crate) fn seed(&self) -> &str {
        &self.seed
    }

    /// His session's token.
    pub(crate) fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }

    /// Where he comes from.
    pub(crate) fn visitor(&self) -> Visitor {
        self.visitor
    }

    /// Who he is.
    pub(crate) fn who(&self) -> Option<&Actor> {
        self.who.as_ref()
    }

    /// Who he is and what he has, to give it on.
    pub(crate) fn grant(&self) -> Result<(&Actor, &Grant), Fault> {
        self.who.as_ref().zip(self.grant.as_ref()).ok_or(Fault::Login)
    }

    /// Who he is, if he may do that to what belongs to that owner.
    pub(crate) fn must(&self, action: Action, owner: Owner<'_>) -> Result<&Actor, Fault> {
        let actor = self.who.as_ref().ok_or(Fault::Login)?;
        permitted(actor, action, owner)
    }

    /// Whether he may, for what a page offers.
    pub(crate) fn may(&self, action: Action, owner: Owner<'_>) -> bool {
        self.who.as_ref().is_some_and(|actor| may(&actor.principal, action, owner).is_allowed())
    }

    /// What stands around his page; `current` is the page's word in the rail.
    pub(crate) async fn frame(&self, console: &Console, current: &str) -> Frame {
        let nav = match self.who.as_ref().map(|actor| &actor.principal) {
            Some(Principal::Operator | Principal::Auditor) => operators(console, current).await,
            Some(Principal::Customer(_)) => vec![item("services", "/console/", current, 0)],
            None => Vec::new(),
        };
        let mut frame = self.plain(console);
        (frame.nav, frame.viewer) = (nav, self.who.as_ref().map(viewer));
        frame
    }

    /// What stands around a page without a rail.
    pub(crate) fn plain(&self, console: &Console) -> Frame {
        let site = console.site();
        let mut frame = Frame::new(self.language, &self.here);
        frame.node.clone_from(&site.node);
        frame.monitor = site.monitor;
        frame.csrf = access::csrf_token(&self.seed);
        frame.message = self.message(&frame);
        frame
    }

    /// What the page before has done, by its word in the address.
    fn message(&self, frame: &Frame) -> Option<Message> {
        let (_, query) = self.here.split_once('?')?;
        let word = query.split('&').find_map(|pair| pair.strip_prefix("done="))?;
        let known = DONE.iter().find(|known| **known == word)?;
        Some(Message { tone: Tone::Good, text: frame.words().say(&format!("done.{known}")).to_owned() })
    }

    fn tell(&self, console: &Console, fault: Fault) -> Response {
        if matches!(fault, Fault::Login) {
            return Redirect::to(&format!("/console/login?to={}", self.here.split('?').next().unwrap_or_default()))
                .into_response();
        }
        if let Fault::Failed(error) = &fault {
            tracing::error!(error, "a page of the console can't be shown");
        }
        let frame = self.plain(console);
        let page = NoticePage::fault(&fault, frame.words());
        let body = respond::page(console, &frame, &page).unwrap_or_else(|_| fault.status().into_response());
        (fault.status(), body).into_response()
    }

    fn remember(&self, response: &mut Response) {
        if self.chosen {
            set(response, &Cookie::Language.set(self.language.as_str(), self.visitor.https, Some(YEAR)));
        }
        if self.fresh_seed {
            set(response, &Cookie::Seed.set(&self.seed, self.visitor.https, None));
        }
    }
}

/// What a page may say was done: `done.WORD`.
const DONE: [&str; 18] = [
    "released",
    "approved",
    "refused",
    "replied",
    "answered",
    "unblocked",
    "out",
    "decided",
    "reported",
    "replay",
    "discard",
    "send",
    "give-up",
    "closed",
    "reopened",
    "opened",
    "saved",
    "removed",
];

/// The handler's own view of the visitor that [`enter`] has put there.
impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Fault> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Fault::Failed("a request without a visitor".into()))
    }
}

/// Whether somebody may do that.
pub(crate) fn permitted<'a>(actor: &'a Actor, action: Action, owner: Owner<'_>) -> Result<&'a Actor, Fault> {
    match may(&actor.principal, action, owner) {
        Ruling::Allowed => Ok(actor),
        Ruling::Forbidden => Err(Fault::Forbidden),
        Ruling::Hidden => Err(Fault::Missing),
    }
}

/// Sets a cookie.
pub(crate) fn set(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// The signed link in a path, which always has a dot; a block's reference never has one.
fn link_of(path: &str) -> Option<&str> {
    let key = path.strip_prefix(CASE)?.split('/').next()?;
    key.contains('.').then_some(key)
}

/// A path or query that says nothing to us; the framework has answered with a sentence for programmers.
fn unreadable(response: &Response) -> Option<Fault> {
    (response.status() == StatusCode::BAD_REQUEST).then_some(Fault::Missing)
}

/// The page he is on: a form's own address has none, its parent shows what was changed.
fn here(request: &Parts) -> String {
    let uri = &request.uri;
    match (request.method.is_safe(), uri.path().rsplit_once('/')) {
        (false, Some((page, _))) => page.to_owned(),
        _ => uri.path_and_query().map_or_else(String::new, ToString::to_string),
    }
}

fn asked_language(query: &str) -> Option<&str> {
    query.split('&').find_map(|pair| pair.strip_prefix("language="))
}

async fn identified(
    console: &Console,
    session: Option<String>,
    visitor: Visitor,
) -> (Option<Actor>, Option<Grant>, Option<String>) {
    let Some(token) = session else { return (None, None, None) };
    let asked = token.clone();
    let known = console.aside(move |parts| parts.gate.session(&asked, &visitor)).await;
    match known {
        Ok(Some(signed_in)) => (Some(signed_in.actor), Some(signed_in.grant), Some(token)),
        Ok(None) | Err(_) => (None, None, None),
    }
}

fn viewer(actor: &Actor) -> Viewer {
    let name = actor.name.strip_prefix("user ").unwrap_or(&actor.name).to_owned();
    Viewer { name, role: actor.principal.role().as_str() }
}

async fn operators(console: &Console, current: &str) -> Vec<NavItem> {
    let blocked = console.parts().ledger.blocked_len() as u64;
    vec![
        item("now", "/console/", current, 0),
        item("blocks", "/console/blocks", current, blocked),
        item("tickets", "/console/tickets", current, console.tickets_waiting().await),
        item("reports", "/console/reports", current, console.reports_waiting()),
        item("customers", "/console/customers", current, 0),
        item("diagnosis", "/console/diagnosis", current, 0),
        item("delivery", "/console/delivery", current, 0),
        item("settings", "/console/settings", current, 0),
        item("audit", "/console/audit", current, 0),
    ]
}

fn item(word: &'static str, href: &'static str, current: &str, count: u64) -> NavItem {
    NavItem { word, href, current: word == current, count: (count > 0).then_some(count) }
}

/// 128 bits in hexadecimal. Without randomness the seed is empty, and no form with it is accepted.
fn random() -> String {
    let mut bytes = [0_u8; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        Err(_) => String::new(),
    }
}
