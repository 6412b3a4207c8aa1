//! Customers of the store: entered, changed, taken out. Those of the file are changed there.

use ::customers::registry::Put;
use ::customers::{CustomerRecord, Kind, Language};
use access::{Action, Actor};
use axum::Json;
use axum::http::StatusCode;
use axum::routing::{delete, post, put};

use super::call::{Call, Named, Told};
use super::customers::{CustomerView, view};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::types::{Amount, Amounts, Day, Name, Text, Word};
use super::versions::{Seen, Versioned};
use super::{Answer, Native};

/// A customer may own tens of thousands of things.
const MAX_CUSTOMER: usize = 4 << 20;

pub(super) fn routes() -> Vec<Route> {
    use Action::ChangeCustomer;
    let one = "/api/customers/{service}";
    vec![
        Route::makes::<CustomerView>("/api/customers", ChangeCustomer, "Enter a customer", post(add))
            .told::<CustomerWanted>()
            .up_to(MAX_CUSTOMER),
        Route::puts::<CustomerView>(one, ChangeCustomer, "Enter a customer in the place of the service's", put(set))
            .told::<CustomerWanted>()
            .up_to(MAX_CUSTOMER)
            .may_make()
            .over_a_version(),
        Route::removes::<CustomerRemoved>(one, ChangeCustomer, "Take a customer out", delete(remove)).over_a_version(),
    ]
}

wire! {
    /// A customer to be entered. What is left out he has not: nothing of before stays.
    CustomerWanted {
        /// The service's name.
        service: Name,
        /// The customer's name.
        name: Option<Text<0, 320>>,
        /// What he has; "dedicated" when it is left out.
        kind: Option<Word<Kind>>,
        /// Where he is written to: one address at least.
        contact: Vec<Name>,
        /// In which language he is written to; "en" when it is left out.
        language: Option<Word<Language>>,
        /// His networks and addresses.
        networks: Option<Vec<Name>>,
        /// His logins, or "*@" and a domain.
        accounts: Option<Vec<Name>>,
        /// The domains he sends as.
        domains: Option<Vec<Name>>,
        /// Whether the service is suspended.
        suspended: Option<bool>,
        /// The last day of the subscription.
        expires: Option<Day>,
        /// Limits of his own, by rule; 0 switches the rule off.
        limits: Option<Amounts>,
        /// How many steps of the ladder end by themselves for him; null: as many as for everybody.
        automatic_releases: Option<Amount>,
    }
    /// A customer was taken out.
    CustomerRemoved {
        /// The service's name.
        service: String,
    }
}

async fn add(call: Call, Told(wanted): Told<CustomerWanted>) -> Answer<CustomerView> {
    call.by_staff(Action::ChangeCustomer, move |native, actor| {
        let record = record(wanted);
        native.note_customer(actor, &record.service, &format!("add: {}", record.summary()))?;
        let service = record.service.clone();
        native.customers.add(record)?;
        native.entered(&service, actor)
    })
    .await
}

async fn set(
    call: Call,
    Named(service): Named<String>,
    seen: Seen,
    Told(wanted): Told<CustomerWanted>,
) -> Result<(StatusCode, Versioned<CustomerView>), Problem> {
    let set = call.by_staff(Action::ChangeCustomer, move |native, actor| {
        if wanted.service.0 != service {
            return Err(Problem::field("service", "expected the service that the path names"));
        }
        let record = record(wanted);
        native.note_customer(actor, &service, &format!("set: {}", record.summary()))?;
        let current = native.version_of(&service).unwrap_or_default();
        let put = match seen.version(&current) {
            Some(version) => native.customers.replace(record, &version)?,
            None => native.customers.put(record)?,
        };
        Ok((put, native.tagged(&service), native.entered(&service, actor)?))
    });
    let Json((put, tag, view)) = set.await?;
    let status = if put == Put::Added { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, (tag, Json(view))))
}

async fn remove(call: Call, Named(service): Named<String>, seen: Seen) -> Answer<CustomerRemoved> {
    call.by_staff(Action::ChangeCustomer, move |native, actor| {
        native.note_customer(actor, &service, "remove")?;
        let current = native.version_of(&service).unwrap_or_default();
        match seen.version(&current) {
            Some(version) => native.customers.remove_seen(&service, &version)?,
            None => native.customers.remove(&service)?,
        }
        Ok(CustomerRemoved { service })
    })
    .await
}

impl Native {
    fn note_customer(&self, actor: &Actor, service: &str, detail: &str) -> Result<(), Problem> {
        let service = model::names::bounded(service, super::parameters::MAX_NAME);
        self.note(actor, Action::ChangeCustomer, &format!("customer {service}"), detail)
    }

    fn entered(&self, service: &str, actor: &Actor) -> Result<CustomerView, Problem> {
        Ok(view(self.customers.show(service)?, actor))
    }
}

fn record(wanted: CustomerWanted) -> CustomerRecord {
    let names = |names: Vec<Name>| names.into_iter().map(|name| name.0).collect();
    let usual = CustomerRecord::default();
    CustomerRecord {
        service: wanted.service.0,
        name: Text::of(wanted.name).unwrap_or_default(),
        contact: names(wanted.contact),
        language: wanted.language.map_or(usual.language, |language| language.0.to_string()),
        kind: wanted.kind.map_or(usual.kind, |kind| kind.0.to_string()),
        networks: names(wanted.networks.unwrap_or_default()),
        accounts: names(wanted.accounts.unwrap_or_default()),
        domains: names(wanted.domains.unwrap_or_default()),
        suspended: wanted.suspended.unwrap_or_default(),
        expires: wanted.expires.map(|day| day.0),
        limits: wanted.limits.map(Amounts::numbers).unwrap_or_default(),
        automatic_releases: wanted.automatic_releases.map(Amount::small),
    }
}
