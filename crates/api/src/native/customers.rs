//! Who owns what.

use std::sync::Arc;

use ::customers::{Customer, Kind, Language};
use access::{Action, Actor, Owner, may};
use axum::routing::get;
use serde::Deserialize;

use super::call::{Asked, Call, Named};
use super::paging::cut;
use super::parameters::{self, LIMIT, NEXT, Parameter, parameter};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::types::{Limit, Name, When, Word};
use super::{Answer, ruled};

const QUERY: &[Parameter] = &[
    parameter("owns", parameters::whole_subject, "Only the owner of this account, address or domain."),
    parameter("after", parameters::name, NEXT),
    LIMIT,
];

pub(super) fn routes() -> Vec<Route> {
    use Action::SeeCustomer;
    vec![
        Route::reads::<CustomerPage>("/api/customers", SeeCustomer, "Find customers", get(list)).asked(QUERY),
        Route::reads::<CustomerView>("/api/customers/{service}", SeeCustomer, "See a customer", get(show)),
    ]
}

wire! {
    /// The customer of one service.
    CustomerView {
        /// The service's name.
        service: String,
        /// The customer's name; empty when it isn't known.
        name: String,
        /// What he has.
        kind: Word<Kind>,
        /// Where he is written to.
        contacts: Vec<String>,
        /// In which language he is written to.
        language: Word<Language>,
        /// Whether the provider has suspended the service.
        suspended: bool,
        /// When the subscription is over.
        expires_at: Option<When>,
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
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct CustomerQuery {
    owns: Option<Name>,
    after: Option<Name>,
    limit: Option<Limit>,
}

fn sees(actor: &Actor, customer: &Customer) -> Result<(), Problem> {
    ruled(may(&actor.principal, Action::SeeCustomer, Owner::Service(&customer.service)))
}

async fn list(call: Call, Asked(ask): Asked<CustomerQuery>) -> Answer<CustomerPage> {
    let CustomerQuery { owns, after, limit } = ask;
    let wrong = || Problem::field("owns", "expected an account, an IP address or a domain");
    let owned = owns.map(|name| pipeline::subject_of(&name.0).ok_or_else(wrong)).transpose()?;
    call.aside(move |native, actor| {
        let directory = native.search.directory();
        let owner = owned.map(|subject| directory.owner(&subject).service.clone());
        let is_meant = |customer: &&Arc<Customer>| {
            owner.as_ref().is_none_or(|service| customer.service == *service)
                && after.as_ref().is_none_or(|after| customer.service > after.0)
                && sees(actor, customer).is_ok()
        };
        let limit = Limit::rows(limit);
        let found = directory.customers().filter(is_meant).take(limit + 1).map(|one| view(one)).collect();
        let (items, next) = cut(found, limit, |last: &CustomerView| last.service.clone());
        Ok(CustomerPage { items, next })
    })
    .await
}

async fn show(call: Call, Named(service): Named<String>) -> Answer<CustomerView> {
    call.aside(move |native, actor| {
        let directory = native.search.directory();
        let customer = directory.customer(&service).ok_or_else(Problem::nothing)?;
        sees(actor, customer)?;
        Ok(view(customer))
    })
    .await
}

fn view(customer: &Customer) -> CustomerView {
    CustomerView {
        service: customer.service.clone(),
        name: customer.name.clone(),
        kind: Word(customer.kind),
        contacts: customer.contacts.iter().map(ToString::to_string).collect(),
        language: Word(customer.language),
        suspended: customer.suspended,
        expires_at: customer.expires.map(When),
    }
}
