//! The console's routes. Each handler asks `access` whether the visitor may, asks a use case, and fills a page.

mod audit;
mod blocks;
mod case;
mod cookie;
mod diagnosis;
mod fault;
mod form;
mod home;
mod keys;
mod login;
mod parts;
mod reports;
mod respond;
mod search;
mod site;
mod subjects;
mod tickets;
mod upload;
mod visit;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::{get, post};

pub(crate) use fault::Fault;
pub use parts::{Console, Health, Letters, Owners, Parts, Site};

/// Forms are small; the largest holds a customer's answers.
const MAX_BODY: usize = 64 * 1024;
/// A message with what stands around it; the configuration may allow less.
const MAX_UPLOAD: usize = 32 << 20;

/// Everything below `/console`, and the way there.
pub fn router(console: Console) -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::to("/console/") }))
        .route("/console", get(|| async { Redirect::permanent("/console/") }))
        .merge(operators())
        .merge(customers())
        .route("/console/keys/{token}", get(keys::show).post(keys::answer))
        .route("/console/login", get(login::show).post(login::enter))
        .route("/console/logout", post(login::leave))
        .route("/console/{*rest}", get(fault::missing))
        .method_not_allowed_fallback(fault::wrong_method)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn_with_state(console.clone(), visit::enter))
        .route("/console/assets/{version}/{name}", get(respond::asset))
        .with_state(console)
}

fn operators() -> Router<Console> {
    Router::new()
        .route("/console/", get(home::show))
        .route("/console/blocks", get(blocks::list))
        .route("/console/blocks/{reference}", get(blocks::show))
        .route("/console/blocks/{reference}/evidence.csv", get(blocks::csv))
        .route("/console/blocks/{reference}/release", get(blocks::ask).post(blocks::release))
        .route("/console/subjects/{kind}/{name}", get(subjects::show))
        .route("/console/tickets", get(tickets::list))
        .route("/console/tickets/{id}", get(tickets::show))
        .route("/console/tickets/{id}/{step}", post(tickets::step))
        .route("/console/reports", get(reports::list))
        .route("/console/reports/{id}", get(reports::show))
        .route("/console/reports/{id}/{step}", post(reports::decide))
        .route("/console/diagnosis", get(diagnosis::list).post(diagnosis::start))
        .route("/console/diagnosis/{id}", get(diagnosis::show))
        .route("/console/audit", get(audit::list))
        .route("/console/delivery", get(site::delivery))
        .route("/console/settings", get(site::settings))
}

/// What an owner sees of his block: by login, or by the signed link of the letter.
fn customers() -> Router<Console> {
    Router::new()
        .route("/console/case/{key}", get(case::show))
        .route("/console/case/{key}/evidence.csv", get(case::csv))
        .route("/console/case/{key}/unblock", post(case::unblock))
        .route("/console/case/{key}/answers", post(case::answer))
        .route("/console/case/{key}/report", post(case::report).layer(DefaultBodyLimit::max(MAX_UPLOAD)))
}
