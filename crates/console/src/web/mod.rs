//! The console's routes. Each handler asks `access` whether the visitor may, asks a use case, and fills a page.

mod audit;
mod blocks;
mod case;
mod cookie;
mod customer_changes;
mod customers;
mod delivery;
mod diagnosis;
mod fault;
mod form;
mod home;
mod keys;
mod login;
mod numbered;
mod parts;
mod refusals;
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
use axum::routing::{MethodRouter, get, post};

use customer_changes as changes;
pub(crate) use fault::Fault;
pub use parts::{Console, Health, Holders, Owners, Parts, Site};

/// Forms are small; the largest holds a customer's answers.
const MAX_BODY: usize = 64 * 1024;
/// A customer may own thousands of things.
const MAX_CUSTOMER: usize = 4 << 20;
/// A message with what stands around it; the configuration may allow less.
const MAX_UPLOAD: usize = 32 << 20;

/// Everything below `/console`, and the way there.
pub fn router(console: Console) -> Router {
    let pages = routes().into_iter().fold(Router::new(), |router, (path, method)| router.route(path, method));
    Router::new()
        .route("/", get(|| async { Redirect::to("/console/") }))
        .route("/console", get(|| async { Redirect::permanent("/console/") }))
        .merge(pages)
        .route("/console/{*rest}", get(fault::missing))
        .method_not_allowed_fallback(fault::wrong_method)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn_with_state(console.clone(), visit::enter))
        .route("/console/assets/{version}/{name}", get(respond::asset))
        .with_state(console)
}

/// The path of every page and form, as the test of who gets where asks for it.
pub fn paths() -> Vec<&'static str> {
    routes().into_iter().map(|(path, _)| path).collect()
}

type Routes = Vec<(&'static str, MethodRouter<Console>)>;

fn routes() -> Routes {
    [anybody(), operators(), registry(), owners()].concat()
}

fn anybody() -> Routes {
    vec![
        ("/console/", get(home::show)),
        ("/console/login", get(login::show).post(login::enter)),
        ("/console/logout", post(login::leave)),
        ("/console/enter/{token}", get(login::invited)),
        ("/console/keys/{token}", get(keys::show).post(keys::answer)),
    ]
}

fn operators() -> Routes {
    vec![
        ("/console/blocks", get(blocks::list)),
        ("/console/blocks.csv", get(blocks::listed)),
        ("/console/blocks/{reference}", get(blocks::show)),
        ("/console/blocks/{reference}/evidence.csv", get(blocks::csv)),
        ("/console/blocks/{reference}/release", get(blocks::ask).post(blocks::release)),
        ("/console/subjects/{kind}/{name}", get(subjects::show)),
        ("/console/tickets", get(tickets::list)),
        ("/console/tickets/{id}", get(tickets::show)),
        ("/console/tickets/{id}/{step}", post(tickets::step)),
        ("/console/reports", get(reports::list)),
        ("/console/reports/{id}", get(reports::show)),
        ("/console/reports/{id}/{step}", post(reports::decide)),
        ("/console/diagnosis", get(diagnosis::list).post(diagnosis::start)),
        ("/console/diagnosis/{id}", get(diagnosis::show)),
        ("/console/diagnosis/{id}/ticket", post(diagnosis::ticket)),
        ("/console/audit", get(audit::list)),
        ("/console/audit.csv", get(audit::file)),
        ("/console/delivery", get(delivery::list)),
        ("/console/delivery/events/{hook}/{id}", get(delivery::event)),
        ("/console/delivery/events/{hook}/{id}/{step}", post(delivery::event_step)),
        ("/console/delivery/receivers/{hook}/{step}", post(delivery::receiver_step)),
        ("/console/delivery/letters/{about}/{number}/{step}", post(delivery::letter_step)),
        ("/console/settings", get(site::settings)),
    ]
}

/// Who owns what. A service's name is any text, so it shares its place in the path with nothing.
fn registry() -> Routes {
    let form = || DefaultBodyLimit::max(MAX_CUSTOMER);
    let file = DefaultBodyLimit::max(::customers::registry::MAX_IMPORT + MAX_BODY);
    vec![
        ("/console/customers", get(customers::list)),
        ("/console/customers/new", get(changes::blank).post(changes::add).layer(form())),
        ("/console/customers/import", get(changes::sheet)),
        ("/console/customers/import/{step}", post(changes::import).layer(file)),
        ("/console/customer/{service}", get(customers::show)),
        ("/console/customer/{service}/edit", get(changes::edit).post(changes::put).layer(form())),
        ("/console/customer/{service}/remove", get(changes::ask).post(changes::remove)),
    ]
}

/// What an owner sees of his block: by login, or by the signed link of the letter.
fn owners() -> Routes {
    vec![
        ("/console/case/{key}", get(case::show)),
        ("/console/case/{key}/evidence.csv", get(case::csv)),
        ("/console/case/{key}/unblock", post(case::unblock)),
        ("/console/case/{key}/answers", post(case::answer)),
        ("/console/case/{key}/report", post(case::report).layer(DefaultBodyLimit::max(MAX_UPLOAD))),
    ]
}
