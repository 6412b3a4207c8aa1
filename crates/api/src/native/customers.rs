//! Who owns what.

use std::sync::Arc;

use ::customers::Customer;
use access::{Action, Actor, Owner, may};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::Deserialize;

use super::caller::Caller;
use super::problem::Problem;
use super::schema::wire;
use super::{Answer, Native, ruled};

wire! {
    /// The customer of one service.
    CustomerView {
        /// The service's name.
        service: String,
        /// The customer's name; empty when it isn't known.
        name: String,
        /// "exchange", "pro", "mxplan", "mxplan-legacy" or "dedicated".
        kind: String,
        /// Where he is written to.
        contacts: Vec<String>,
        /// "en", "fr" or "de".
        language: String,
        /// Whether the provider has suspended the service.
        suspended: bool,
        /// When the subscription is over (RFC 3339).
        expires_at: Option<String>,
    }
    /// Some customers.
    CustomerPage {
        /// The customers, by their services' names.
        items: Vec<CustomerView>,
        /// What to give as `after` for the next page; null: this is the last.
        next: Option<String>,
    }
}

/// Which customers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct CustomerQuery {
    owns: Option<String>,
    after: Option<String>,
    limit: usize,
}

impl Default for CustomerQuery {
    fn default() -> Self {
        Self { owns: None, after: None, limit: 100 }
    }
}

fn sees(actor: &Actor, customer: &Customer) -> Result<(), Problem> {
    ruled(may(&actor.principal, Action::SeeCustomer, Owner::Service(&customer.service)))
}

pub(super) async fn list(
    State(native): State<Arc<Native>>,
    Caller(actor): Caller,
    query: Result<Query<CustomerQuery>, QueryRejection>,
) -> Answer<CustomerPage> {
    let Query(CustomerQuery { owns, after, limit }) = query?;
    if !(1..=limits::MAX_PAGE).contains(&limit) {
        return Err(Problem::field("limit", "expected 1 to 1000"));
    }
    let wrong = || Problem::field("owns", "expected an account, an IP address or a domain");
    let owned = owns.map(|name| pipeline::subject_of(&name).ok_or_else(wrong)).transpose()?;
    let directory = native.search.directory();
    let owner = owned.map(|subject| directory.owner(&subject).service.clone());
    let is_meant = |customer: &&Arc<Customer>| {
        owner.as_ref().is_none_or(|service| customer.service == *service)
            && after.as_ref().is_none_or(|after| customer.service > *after)
            && sees(&actor, customer).is_ok()
    };
    let mut found: Vec<_> = directory.customers().filter(is_meant).take(limit + 1).map(|one| view(one)).collect();
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|last| last.service.clone());
    Ok(Json(CustomerPage { items: found, next }))
}

pub(super) async fn show(
    State(native): State<Arc<Native>>,
    Caller(actor): Caller,
    Path(service): Path<String>,
) -> Answer<CustomerView> {
    let directory = native.search.directory();
    let customer = directory.customer(&service).ok_or_else(Problem::nothing)?;
    sees(&actor, customer)?;
    Ok(Json(view(customer)))
}

fn view(customer: &Customer) -> CustomerView {
    CustomerView {
        service: customer.service.clone(),
        name: customer.name.clone(),
        kind: customer.kind.to_string(),
        contacts: customer.contacts.iter().map(ToString::to_string).collect(),
        language: customer.language.to_string(),
        suspended: customer.suspended,
        expires_at: customer.expires.map(|time| time.to_string()),
    }
}
