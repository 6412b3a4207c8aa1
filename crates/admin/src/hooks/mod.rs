//! Inbound hooks: the provider's panel tells of changed passwords, other servers of failed logins.
//!
//! Security: a request counts when it is signed with a secret of ours and five minutes old at most; it is done once, however often it is
//! sent. Nothing of it is read before the signature fits.

mod answer;
mod seen;
mod settings;
mod signed;

use std::sync::Arc;

use access::{AccessError, Visitor};
use arc_swap::ArcSwap;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use model::{AccountName, Identity, Network, SubjectKey, Timestamp, Via, WebDoor};
use pipeline::DeskError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use webhooks::Secrets;

use crate::state::AdminState;
use answer::{HookAnswer, HookError};
use seen::{First, Seen};
pub use settings::HookSettings;

/// A request's body holds a name, an address and a time.
const MAX_BODY: usize = 4096;

type Answer = Result<Json<HookAnswer>, HookError>;

/// The secrets in force; a reload replaces them. `None`: there are no hooks.
pub type HookSecrets = Arc<ArcSwap<Option<Secrets>>>;

#[derive(Clone)]
struct Hooks {
    state: Arc<AdminState>,
    secrets: HookSecrets,
    seen: Arc<Seen>,
}

/// `POST /hooks/…`, for the listener that others reach.
pub fn router(state: Arc<AdminState>, secrets: HookSecrets) -> Router {
    Router::new()
        .route("/hooks/password-changed", post(password_changed))
        .route("/hooks/login-failed", post(login_failed))
        .route("/hooks/login-succeeded", post(login_succeeded))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn_with_state(Arc::clone(&state), count))
        .with_state(Hooks { state, secrets, seen: Arc::default() })
}

/// A signature that is none is a guess like any other: told, and turned away when there are too many.
async fn count(State(state): State<Arc<AdminState>>, request: Request, next: Next) -> Response {
    let visitor = request.extensions().get::<Visitor>().copied().unwrap_or_default();
    let response = next.run(request).await;
    if response.status() != StatusCode::UNAUTHORIZED {
        return response;
    }
    match state.with_gate(move |gate| gate.wrong(WebDoor::Hook, None, &visitor)).await {
        Ok(()) => response,
        Err(error @ AccessError::TooMany) => {
            HookError::new(StatusCode::TOO_MANY_REQUESTS, error.to_string()).into_response()
        }
        Err(error) => HookError::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PasswordChanged {
    account: String,
    /// RFC 3339; now, if it isn't told.
    at: Option<String>,
}

async fn password_changed(State(hooks): State<Hooks>, headers: HeaderMap, body: Bytes) -> Answer {
    let Some((id, told)) = hooks.signed::<PasswordChanged>(&headers, &body)? else { return known() };
    let result = hooks.release(told).await;
    if result.is_err() {
        hooks.seen.forget(&id);
    }
    result.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LoginEnded {
    account: Option<String>,
    client: Option<String>,
}

async fn login_failed(State(hooks): State<Hooks>, headers: HeaderMap, body: Bytes) -> Answer {
    let Some(identity) = hooks.login(&headers, &body)? else { return known() };
    hooks.state.logins.failed(Via::Http, &identity);
    let message = match hooks.state.logins.locked(&identity) {
        Some(lock) => format!("{} is locked out until {}", lock.subject, lock.until),
        None => "the failed login is counted".into(),
    };
    Ok(Json(HookAnswer::new("counted", message)))
}

async fn login_succeeded(State(hooks): State<Hooks>, headers: HeaderMap, body: Bytes) -> Answer {
    let Some(identity) = hooks.login(&headers, &body)? else { return known() };
    hooks.state.logins.succeeded(&identity);
    Ok(Json(HookAnswer::new("counted", "earlier failures of the account are forgotten")))
}

fn known() -> Answer {
    Ok(Json(HookAnswer::new("known", "this request was carried out before")))
}

impl LoginEnded {
    /// Who it was; at least one of both has to be told.
    fn identity(&self) -> Result<Identity, HookError> {
        let account = self.account.as_deref().map(account).transpose()?;
        let wrong = || HookError::unreadable("client: expected an address like \"192.0.2.1\"");
        let network = self.client.as_deref().map(|text| Network::parse(text).ok_or_else(wrong)).transpose()?;
        if account.is_none() && network.is_none() {
            return Err(HookError::unreadable("expected \"account\", \"client\" or both"));
        }
        Ok(Identity { account, network, domain: None })
    }
}

impl Hooks {
    /// What a signed request says, with its id; `None` when it was carried out before.
    fn signed<T: DeserializeOwned>(&self, headers: &HeaderMap, body: &[u8]) -> Result<Option<(String, T)>, HookError> {
        let secrets = self.secrets.load();
        let Some(secrets) = secrets.as_ref() else {
            return Err(HookError::new(StatusCode::NOT_FOUND, "there are no hooks: hooks.secret_file is not set"));
        };
        let id = signed::id(headers, body, secrets, &self.state.clock)?;
        let told = serde_json::from_slice(body).map_err(|error| HookError::unreadable(error.to_string()))?;
        match self.seen.first(&id, self.state.clock.now()) {
            First::Yes => Ok(Some((id, told))),
            First::No => Ok(None),
            First::Full => Err(HookError::new(StatusCode::TOO_MANY_REQUESTS, "too many requests within five minutes")),
        }
    }

    /// Whose login a signed request tells of; `None` when it was counted before. One that says nothing usable does not use up
    /// its id.
    fn login(&self, headers: &HeaderMap, body: &[u8]) -> Result<Option<Identity>, HookError> {
        let Some((id, told)) = self.signed::<LoginEnded>(headers, body)? else { return Ok(None) };
        told.identity().inspect_err(|_| self.seen.forget(&id)).map(Some)
    }

    /// Releases the account where a changed password is its way out.
    async fn release(&self, told: PasswordChanged) -> Result<HookAnswer, HookError> {
        let account = account(&told.account)?;
        let wrong = || HookError::unreadable("at: expected a time like \"2026-11-21T10:15:00Z\"");
        let at = told.at.as_deref().map(|text| Timestamp::parse(text).ok_or_else(wrong)).transpose()?;
        let at = at.unwrap_or_else(|| self.state.clock.now());
        match self.state.password_changed(SubjectKey::Account(account), at).await {
            Ok(block) => Ok(HookAnswer::new("released", format!("{} can send again", block.subject))),
            Err(DeskError::Refused(why)) => Ok(HookAnswer::new("not_released", why.to_string())),
            Err(error) => Err(error.into()),
        }
    }
}

fn account(text: &str) -> Result<AccountName, HookError> {
    AccountName::from_login(text)
        .ok_or_else(|| HookError::unreadable("account: expected a login like \"bob@shop.example\""))
}
