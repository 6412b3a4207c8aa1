//! What the calls look like from outside: one table of routes makes the router and the documents that clients and API
//! consoles load.

mod document;
mod model;
mod route;

pub(super) use document::documents;
pub(super) use model::{Model, object, words};
pub(super) use route::{Method, Route, get, post};
