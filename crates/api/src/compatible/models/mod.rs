//! What the answers are made of, as the documents tell it; tests hold every answer against it.

mod auth;
mod email;
mod ip;
mod support;

use super::schema::Model;

/// Every model.
pub(super) fn models() -> Vec<Model> {
    [auth::models(), ip::models(), support::models(), email::models()].concat()
}
