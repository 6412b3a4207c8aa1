//! Every call, as a table: the router, the answers to OPTIONS and the documents are made of it.

mod auth;
mod email;
mod ip;
mod support;

use super::schema::Route;

/// All calls, without prefix.
pub(super) fn routes() -> Vec<Route> {
    [auth::routes(), ip::routes(), support::routes(), email::routes()].concat()
}
