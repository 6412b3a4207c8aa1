//! Calls that change something carry an idempotency key, when their caller wishes: then they are carried out once, however
//! often they are sent, and answered the same (draft-ietf-httpapi-idempotency-key-header).
//!
//! What was begun is carried through and its answer kept, even when the client hangs up: that is what such a key is for.

use std::sync::Arc;

use access::{Actor, CallName, KeptAnswer, Start};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Native;
use super::caller::bearer;
use super::problem::Problem;

const KEY: &str = "idempotency-key";
/// Says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Answers to calls that change something are small.
const MAX_ANSWER: usize = 1 << 20;

/// What is known of a route before it is called.
#[derive(Clone)]
pub(super) struct Once {
    pub(super) native: Arc<Native>,
    /// The largest body, in bytes.
    pub(super) most: usize,
    /// The status of an answer that says yes.
    pub(super) status: u16,
    /// Whether it changes anything.
    pub(super) is_unsafe: bool,
}

/// Calls the route, or repeats what it answered before.
pub(super) async fn enter(once: Once, request: Request, next: Next) -> Result<Response, Problem> {
    match key(request.headers())? {
        Some(key) if once.is_unsafe => once.keyed(key, request, next).await,
        _ => Ok(once.call(request, next).await),
    }
}

/// One field of 1 to 255 visible characters; the quotes of a structured field are no part of it.
fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut fields = headers.get_all(KEY).iter();
    let Some(value) = fields.next() else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let fits = fields.next().is_none() && (1..=CallName::MAX).contains(&bare.len());
    let fits = fits && bare.bytes().all(|byte| byte.is_ascii_graphic());
    let wrong =
        || Problem::new(StatusCode::BAD_REQUEST, "Idempotency-Key: expected one, of 1 to 255 visible characters");
    fits.then(|| Some(bare.to_owned())).ok_or_else(wrong)
}

impl Once {
    async fn call(&self, request: Request, next: Next) -> Response {
        let mut response = next.run(request).await;
        if response.status() == StatusCode::OK {
            *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        }
        response
    }

    async fn keyed(self, key: String, request: Request, next: Next) -> Result<Response, Problem> {
        let token = bearer(request.headers()).ok_or_else(Problem::no_credentials)?.to_owned();
        let actor = request.extensions().get::<Actor>().ok_or_else(Problem::no_credentials)?;
        let name = CallName { caller: actor.name.clone(), key };
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, self.most).await.map_err(|_| Problem::too_large(self.most))?;
        let asked = [parts.method.as_str().as_bytes(), parts.uri.to_string().as_bytes(), &body].map(<[u8]>::to_vec);
        let (begun, by) = (name.clone(), token.clone());
        let start = Arc::clone(&self.native).aside(move |native| {
            let asked: Vec<_> = asked.iter().map(Vec::as_slice).collect();
            Ok(native.answers.begin(&begun, &by, &asked)?)
        });
        match start.await? {
            Start::New => self.carry_out(name, token, Request::from_parts(parts, Body::from(body)), next).await,
            Start::Answered(answer) => Ok(repeated(answer)),
            Start::Other => Err(Problem::key_reused()),
            Start::Running => Err(Problem::conflict("a call with this idempotency key is being carried out")),
            Start::CutOff => Err(Problem::conflict(
                "a call with this idempotency key was cut off, and whether it was carried out is not known: look, and use another key",
            )),
            Start::Full => Err(Problem::too_many("too many idempotency keys were used within 24 hours", 3600)),
        }
    }

    /// In a task of its own: it ends, whether its client waits or not.
    async fn carry_out(self, name: CallName, token: String, request: Request, next: Next) -> Result<Response, Problem> {
        let carried = tokio::spawn(async move {
            let (parts, body) = self.call(request, next).await.into_parts();
            let body = to_bytes(Body::new(body), MAX_ANSWER).await.map_err(|_| Problem::cut_off())?;
            let answer = is_final(parts.status).then(|| kept(parts.status, &parts.headers, &body));
            let native = Arc::clone(&self.native);
            native.aside(move |native| Ok(native.answers.finish(&name, &token, answer.as_ref())?)).await?;
            Ok(Response::from_parts(parts, Body::from(body)))
        });
        carried.await.unwrap_or_else(|_| Err(Problem::cut_off()))
    }
}

/// Whether the same call would be answered the same a minute later.
fn is_final(status: StatusCode) -> bool {
    !status.is_server_error() && status != StatusCode::TOO_MANY_REQUESTS
}

fn kept(status: StatusCode, headers: &HeaderMap, body: &Bytes) -> KeptAnswer {
    let field = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::to_owned);
    let (media, tag) = (field(header::CONTENT_TYPE).unwrap_or_default(), field(header::ETAG));
    KeptAnswer { status: status.as_u16(), media, tag, body: body.to_vec() }
}

fn repeated(answer: KeptAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, answer.body).into_response();
    let fields = [(header::CONTENT_TYPE, Some(answer.media)), (header::ETAG, answer.tag)];
    for (name, value) in fields {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
