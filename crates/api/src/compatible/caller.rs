//! Who calls: a signed request, or a bearer token. Every answer gets its number.

use std::sync::Arc;

use access::{AccessError, Actor, ConsumerKey, Credential, Gate, Visitor};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::aside;
use super::refusal::Refusal;
use super::signature::{Signed, bases, is_right};
use crate::office::Office;

/// The longest body of a call.
pub(super) const MAX_BODY: usize = 256 << 10;
/// A client's clock may be off by so many seconds; clients set it by `/auth/time`.
const CLOCKS_DIFFER: u64 = 300;

/// Somebody who may call; what he may call about is asked for each thing.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) actor: Actor,
    /// His consumer key, when he signs.
    pub(super) consumer: Option<ConsumerKey>,
}

/// Lets a request in, or refuses it.
pub(super) async fn guard(State(office): State<Arc<Office>>, request: Request, next: Next) -> Response {
    // What a browser asks before it calls carries no credentials.
    if request.method() == Method::OPTIONS {
        return next.run(request).await;
    }
    match admit(&office, request).await {
        Ok(request) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// Gives an answer its number, by which clients speak of it.
pub(super) async fn numbered(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let id = Gate::query_id().unwrap_or_default();
    let number = HeaderValue::from_str(&format!("FR.portreeve-1.{id}")).ok();
    response.headers_mut().extend(number.map(|number| (HeaderName::from_static("x-ovh-queryid"), number)));
    response
}

async fn admit(office: &Arc<Office>, request: Request) -> Result<Request, Refusal> {
    let (mut parts, body) = request.into_parts();
    let uri = parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.clone(), |uri| uri.0.clone());
    let visitor = parts.extensions.get::<Visitor>().copied().unwrap_or_default();
    let body = to_bytes(body, MAX_BODY).await.map_err(|_| Refusal::too_large())?;
    let presented = Presented {
        headers: parts.headers.clone(),
        method: parts.method.as_str().to_owned(),
        target: uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        path: without_prefix(uri.path()).to_owned(),
        body: body.clone(),
        visitor,
    };
    let caller = aside(Arc::clone(office), move |office| presented.caller(office)).await?;
    parts.extensions.insert(caller);
    Ok(Request::from_parts(parts, Body::from(body)))
}

/// The path as rules and documents have it.
fn without_prefix(path: &str) -> &str {
    let rest = path.strip_prefix("/1.0").or_else(|| path.strip_prefix("/v1"));
    rest.filter(|rest| rest.starts_with('/')).unwrap_or(path)
}

/// What a request shows of whom it is from.
struct Presented {
    headers: HeaderMap,
    method: String,
    target: String,
    path: String,
    body: Bytes,
    visitor: Visitor,
}

impl Presented {
    fn field(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    fn caller(&self, office: &Office) -> Result<Caller, Refusal> {
        if let Some(token) = self.bearer() {
            let actor = office.gate.bearer(token, &self.visitor)?;
            return Ok(Caller { actor, consumer: None });
        }
        let login = || Refusal::forbidden("NOT_CREDENTIAL", "You must login first");
        let application = self.field("x-ovh-application").ok_or_else(login)?;
        let consumer_key = self.field("x-ovh-consumer").ok_or_else(login)?;
        let credential = self.credential(office, application, consumer_key)?;
        self.check_signature(office, &credential, consumer_key)?;
        let invalid = |error| match error {
            AccessError::Expired | AccessError::Invalid => no_credential(),
            error => error.into(),
        };
        let actor = office.gate.use_credential(consumer_key, &credential, &self.visitor).map_err(invalid)?;
        if !credential.consumer.covers(&self.method, &self.path) {
            return Err(Refusal::forbidden("NOT_GRANTED_CALL", "This call has not been granted"));
        }
        Ok(Caller { actor, consumer: Some(credential.consumer) })
    }

    fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.field("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    }

    fn credential(&self, office: &Office, application: &str, consumer_key: &str) -> Result<Credential, Refusal> {
        match office.gate.credential(application, consumer_key, &self.visitor) {
            Ok(found) => found.ok_or_else(no_credential),
            Err(AccessError::Invalid) => Err(Refusal::forbidden("INVALID_KEY", "This application key is invalid")),
            Err(error) => Err(error.into()),
        }
    }

    fn check_signature(&self, office: &Office, credential: &Credential, consumer_key: &str) -> Result<(), Refusal> {
        let timestamp = self.field("x-ovh-timestamp").unwrap_or_default();
        let given = self.field("x-ovh-signature").unwrap_or_default();
        let signed = Signed {
            secret: &credential.secret,
            consumer_key,
            method: &self.method,
            target: &self.target,
            body: &self.body,
            timestamp,
        };
        if !is_right(given, &signed, &bases(&self.visitor, &self.headers, office.base())) {
            office.gate.wrong_signature(credential, &self.visitor)?;
            return Err(Refusal::signature("Invalid signature"));
        }
        near(timestamp, office.gate.now().as_secs())
    }
}

/// Whether a client's clock goes as ours does; where it doesn't, he is told ours.
fn near(timestamp: &str, now: i64) -> Result<(), Refusal> {
    let is_near = timestamp.parse::<i64>().is_ok_and(|then| now.abs_diff(then) <= CLOCKS_DIFFER);
    let sentence = || {
        format!(
            "Query out of time: it is {now} here (GET /auth/time), and X-Ovh-Timestamp may differ by {CLOCKS_DIFFER} s"
        )
    };
    if is_near { Ok(()) } else { Err(Refusal::signature(&sentence())) }
}

fn no_credential() -> Refusal {
    Refusal::forbidden("INVALID_CREDENTIAL", "This credential is not valid")
}
