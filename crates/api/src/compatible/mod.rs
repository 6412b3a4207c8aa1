//! The provider API that existing clients speak, under /1.0, /v1 and without prefix. Clients are strict: names, types, status
//! and error codes are those of the published documents.

mod auth;
mod caller;
mod ip;
mod mail;
mod moment;
mod page;
mod refusal;
mod signature;
mod support;

use std::sync::Arc;

use axum::extract::OriginalUri;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use axum::{Extension, Router};

use customers::Kind;

use crate::office::Office;
use caller::{guard, options};
use refusal::Refusal;

/// Everything under its three prefixes.
pub fn router(office: Arc<Office>) -> Router {
    let calls = Router::new().merge(auth()).merge(ip()).merge(support()).merge(email());
    let calls = calls.method_not_allowed_fallback(|| async { Refusal::method() });
    let whole = calls.clone().fallback(nothing);
    let router = Router::new().nest("/1.0", whole.clone()).nest("/v1", whole).merge(calls);
    router.layer(from_fn_with_state(Arc::clone(&office), guard)).with_state(office)
}

type Calls = Router<Arc<Office>>;

fn auth() -> Calls {
    Router::new()
        .route("/auth/time", get(auth::time).options(options))
        .route("/auth/credential", post(auth::credential).options(options))
        .route("/auth/currentCredential", get(auth::current).options(options))
        .route("/auth/details", get(auth::details).options(options))
        .route("/auth/logout", post(auth::logout).options(options))
}

fn ip() -> Calls {
    let nothing = || get(ip::nothing).options(options);
    Router::new()
        .route("/ip", get(ip::list).options(options))
        .route("/ip/", get(ip::list).options(options))
        .route("/ip/{ip}", get(ip::show).options(options))
        .route("/ip/{ip}/spam", get(ip::spam).options(options))
        .route("/ip/{ip}/spam/{address}", get(ip::spam_of).options(options))
        .route("/ip/{ip}/spam/{address}/stats", get(ip::stats).options(options))
        .route("/ip/{ip}/spam/{address}/unblock", post(ip::unblock).options(options))
        .route("/ip/{ip}/antihack", nothing())
        .route("/ip/{ip}/arp", nothing())
        .route("/ip/{ip}/phishing", nothing())
}

fn support() -> Calls {
    Router::new()
        .route("/support/tickets", get(support::list).options(options))
        .route("/support/tickets/create", post(support::create).options(options))
        .route("/support/tickets/{id}", get(support::show).options(options))
        .route("/support/tickets/{id}/messages", get(support::messages).options(options))
        .route("/support/tickets/{id}/reply", post(support::reply).options(options))
        .route("/support/tickets/{id}/close", post(support::close).options(options))
        .route("/support/tickets/{id}/reopen", post(support::reopen).options(options))
}

fn email() -> Calls {
    product(Kind::MxplanLegacy, "/email/domain/{domain}", "")
        .merge(product(Kind::Mxplan, "/email/mxplan/{service}", "/diagnostic"))
        .merge(product(Kind::Pro, "/email/pro/{service}", "/diagnostics"))
        .merge(product(Kind::Exchange, "/email/exchange/{org}/service/{service}", "/diagnostics"))
}

/// The calls of one product; the older one has neither diagnoses nor tasks.
fn product(kind: Kind, base: &str, diagnosis: &str) -> Calls {
    let accounts = format!("{base}/account");
    let account = format!("{accounts}/{{account}}");
    let router = Router::new()
        .route(&accounts, get(mail::list).options(options))
        .route(&account, get(mail::show).options(options))
        .route(&format!("{account}/changePassword"), post(mail::change_password).options(options));
    let router = if diagnosis.is_empty() {
        router
    } else {
        router
            .route(&format!("{account}{diagnosis}"), get(mail::diagnosis).post(mail::diagnose).options(options))
            .route(&format!("{account}/tasks"), get(mail::tasks).options(options))
            .route(&format!("{account}/tasks/{{id}}"), get(mail::task).options(options))
    };
    router.layer(Extension(kind))
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
