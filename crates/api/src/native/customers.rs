//! Who the customers are.

use ::customers::registry::{CustomerPage as Found, CustomerQuery as Wanted, CustomerView as Known};
use ::customers::{CustomerRecord, Mistake};
use access::{Action, Actor, Owner, Principal, Reach, may};
use axum::Json;
use axum::routing::get;
use serde::Deserialize;

use super::call::{Asked, Call, Named};
use super::parameters::{self, LIMIT, NEXT, Parameter, parameter};
use super::problem::{FieldError, Problem};
use super::routes::Route;
use super::schema::wire;
use super::types::{Amount, Amounts, Day, Limit, Name, When, Word, Words};
use super::versions::Versioned;
use super::{Answer, Native, ruled, subject_names};

const QUERY: &[Parameter] = &[
    parameter("owns", parameters::whole_subject, "Only the owner of this account, address or domain."),
    parameter("search", parameters::name, "Only those with this in a name, a contact or what they own, in any case."),
    parameter("source", parameters::word::<Place>, "Only those that are written there."),
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
    /// Something that is written of a customer and can't be used.
    UnusedView {
        /// Which field.
        field: String,
        /// Why.
        detail: String,
    }
    /// The customer of one service.
    CustomerView {
        /// The service's name.
        service: String,
        /// The customer's name; empty when it isn't known.
        name: String,
        /// What he has: "exchange", "pro", "mxplan", "mxplan-legacy" or "dedicated".
        kind: String,
        /// Where he is written to.
        contact: Vec<String>,
        /// In which language he is written to: "en", "fr" or "de".
        language: String,
        /// His networks and addresses.
        networks: Vec<String>,
        /// His logins, or "*@" and a domain.
        accounts: Vec<String>,
        /// The domains he sends as.
        domains: Vec<String>,
        /// Whether the provider has suspended the service.
        suspended: bool,
        /// The last day of the subscription.
        expires: Option<Day>,
        /// Limits of his own, by rule; 0 switches the rule off.
        limits: Amounts,
        /// How many steps of the ladder end by themselves for him; null: as many as for everybody.
        automatic_releases: Option<Amount>,
        /// Where he is written: "file", "store", or "directory" (the provider's, which tells nothing of what he owns).
        source: String,
        /// When he was changed, in the store.
        changed_at: Option<When>,
        /// What of him is not used, and why; null for customers.
        unused: Option<Vec<UnusedView>>,
    }
    /// Some customers.
    CustomerPage {
        /// The customers, by their services' names.
        items: Vec<CustomerView>,
        /// What to give as `after` for the next page; null: this is the last.
        next: Option<String>,
    }
}

/// Where a customer may be written, as far as all of them are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    File,
    Store,
}

impl Words for Place {
    fn all() -> Vec<Self> {
        vec![Self::File, Self::Store]
    }
    fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Store => "store",
        }
    }
}

/// Which customers.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct CustomerQuery {
    owns: Option<Name>,
    search: Option<Name>,
    source: Option<Word<Place>>,
    after: Option<Name>,
    limit: Option<Limit>,
}

async fn list(call: Call, Asked(ask): Asked<CustomerQuery>) -> Answer<CustomerPage> {
    call.aside(move |native, actor| {
        let limit = Limit::rows(ask.limit);
        let Found { customers, next } = match &ask.owns {
            Some(name) => native.owner_among(&name.0, &ask)?,
            None => native.found(actor, &wanted(&ask, limit)),
        };
        let customers = customers.into_iter().filter(|one| sees(actor, &one.customer.service).is_ok());
        Ok(CustomerPage { items: customers.map(|one| view(one, actor)).collect(), next })
    })
    .await
}

fn wanted(ask: &CustomerQuery, limit: usize) -> Wanted {
    let text = |name: &Option<Name>| name.as_ref().map(|name| name.0.clone());
    let source = ask.source.map(|place| place.0.word().to_owned());
    Wanted { search: text(&ask.search), source, after: text(&ask.after), limit }
}

impl Native {
    fn found(&self, actor: &Actor, wanted: &Wanted) -> Found {
        match &actor.principal {
            Principal::Customer(Reach::Services(services)) => self.customers.list_among(wanted, services),
            Principal::Customer(Reach::Block(_)) => Found { customers: Vec::new(), next: None },
            Principal::Operator | Principal::Auditor => self.customers.list(wanted),
        }
    }

    /// The one who owns it, when he is meant by the rest as well.
    fn owner_among(&self, name: &str, ask: &CustomerQuery) -> Result<Found, Problem> {
        subject_names::visible(name, "owns")?;
        let wrong = || Problem::field("owns", "expected an account, an IP address or a domain");
        let owner = self.customers.owner(&pipeline::subject_of(name).ok_or_else(wrong)?);
        let owner = owner.filter(|one| ask.source.is_none_or(|place| one.source == place.0.word()));
        let owner = owner.filter(|one| ask.after.as_ref().is_none_or(|after| one.customer.service > after.0));
        Ok(Found { customers: owner.into_iter().collect(), next: None })
    }
}

async fn show(call: Call, Named(service): Named<String>) -> Result<Versioned<CustomerView>, Problem> {
    let seen = call.aside(move |native, actor| {
        sees(actor, &service)?;
        let known = native.customers.show(&service).map_err(|_| Problem::nothing())?;
        Ok((native.tagged(&service), view(known, actor)))
    });
    let Json((tag, view)) = seen.await?;
    Ok((tag, Json(view)))
}

pub(super) fn sees(actor: &Actor, service: &str) -> Result<(), Problem> {
    ruled(may(&actor.principal, Action::SeeCustomer, Owner::Service(service)))
}

/// What somebody sees of a customer: what is wrong with the provider's books is none of the customer's.
pub(super) fn view(known: Known, actor: &Actor) -> CustomerView {
    CustomerView::of(known, actor.principal.is_staff())
}

impl CustomerView {
    /// The customer; with what of him is not used, for staff.
    pub(super) fn of(known: Known, for_staff: bool) -> Self {
        let Known { customer, source, changed, unused } = known;
        let CustomerRecord { service, name, contact, language, kind, networks, accounts, domains, .. } = customer;
        let unused = for_staff.then(|| unused.into_iter().map(UnusedView::from).collect());
        Self {
            service,
            name,
            kind,
            contact,
            language,
            networks,
            accounts,
            domains,
            suspended: customer.suspended,
            expires: customer.expires.map(Day),
            limits: Amounts::of(customer.limits),
            automatic_releases: customer.automatic_releases.map(Amount::from),
            source,
            changed_at: changed.map(When),
            unused,
        }
    }
}

impl From<Mistake> for UnusedView {
    fn from(Mistake { field, sentence }: Mistake) -> Self {
        Self { field, detail: sentence }
    }
}

impl From<Mistake> for FieldError {
    fn from(Mistake { field, sentence }: Mistake) -> Self {
        Self::of(&field, sentence)
    }
}
