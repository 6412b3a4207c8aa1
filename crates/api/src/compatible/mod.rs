//! The provider API that existing clients speak, under /1.0, /v1 and without prefix. Clients are strict: names, types, status
//! and error codes are those of the published documents.

mod auth;
mod caller;
mod extract;
mod ip;
mod mail;
mod models;
mod moment;
mod page;
mod refusal;
mod routes;
mod schema;
mod signature;
mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, OriginalUri};
use axum::http::{StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, any};

use crate::office::Office;
use caller::{MAX_BODY, guard, numbered};
use refusal::Refusal;
use schema::{Method, Route};

/// Where everything is found.
const PREFIXES: [&str; 3] = ["/1.0", "/v1", ""];
/// What is the API's without prefix; the rest of the root is the console's.
const ROOTS: [&str; 4] = ["/auth", "/ip/{ip}", "/support", "/email"];

type Calls = Router<Arc<Office>>;

/// Everything under its three prefixes.
pub fn router(office: Arc<Office>) -> Router {
    let (routes, models) = (routes::routes(), models::models());
    let (mut open, mut guarded) = (Calls::new(), Calls::new());
    for prefix in PREFIXES {
        open = open.merge(calls(prefix, routes.iter().filter(|route| route.is_open)));
        open = open.merge(schema::documents(prefix, office.base(), &routes, &models));
        guarded = guarded.merge(calls(prefix, routes.iter().filter(|route| !route.is_open)));
    }
    let guarded = unknown(guarded).layer(from_fn_with_state(Arc::clone(&office), guard));
    let router = open.layer(DefaultBodyLimit::max(MAX_BODY)).merge(guarded);
    let router = router.method_not_allowed_fallback(|| async { Refusal::method() });
    router.layer(from_fn(numbered)).with_state(office)
}

/// Calls under a prefix. A collection is found with a slash behind it as well.
fn calls<'r>(prefix: &str, routes: impl Iterator<Item = &'r Route>) -> Calls {
    let mut paths: BTreeMap<&str, (MethodRouter<Arc<Office>>, Vec<Method>)> = BTreeMap::new();
    for route in routes {
        let (calls, methods) = paths.entry(&route.path).or_default();
        *calls = std::mem::take(calls).merge(route.call.clone());
        methods.push(route.method);
    }
    let mut router = Calls::new();
    for (path, (calls, methods)) in paths {
        let allow = allowed(&methods);
        let calls = calls.options(move || async move { (StatusCode::NO_CONTENT, [(header::ALLOW, allow)]) });
        if !path.contains('{') {
            router = router.route(&format!("{prefix}{path}/"), calls.clone());
        }
        router = router.route(&format!("{prefix}{path}"), calls);
    }
    router
}

/// What OPTIONS tells: what a browser or a proxy asks before it calls.
fn allowed(methods: &[Method]) -> &'static str {
    match (methods.contains(&Method::Get), methods.contains(&Method::Post)) {
        (true, true) => "GET, HEAD, POST, OPTIONS",
        (true, false) => "GET, HEAD, OPTIONS",
        (false, _) => "POST, OPTIONS",
    }
}

/// What is under a prefix or a name of ours, and is no call.
fn unknown(router: Calls) -> Calls {
    let prefixes = PREFIXES.into_iter().filter(|prefix| !prefix.is_empty());
    prefixes.chain(ROOTS).fold(router, |router, root| router.route(&format!("{root}/{{*rest}}"), any(nothing)))
}

async fn nothing(OriginalUri(uri): OriginalUri) -> Refusal {
    Refusal::missing(uri.path())
}

/// Runs what waits for the disk on a thread where waiting harms nobody; carried through, even when the client hangs up.
async fn aside<T: Send + 'static>(
    office: Arc<Office>,
    work: impl FnOnce(&Office) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let done = tokio::task::spawn_blocking(move || work(&office)).await;
    done.unwrap_or_else(|error| Err(Refusal::internal(&error)))
}
