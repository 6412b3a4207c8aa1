//! Customers of the store over the control socket. Names stand in bodies: a service's name is any text.

use std::sync::Arc;

use access::Action;
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use customers::CustomerRecord;
use customers::registry::{
    CustomerPage, CustomerQuery, CustomerView, Imported, MAX_IMPORT, Put, Registry, RegistryError,
};
use model::SubjectKey;
use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::caller::Caller;
use super::client::{ControlClient, ControlError};
use super::error::ApiError;
use crate::state::AdminState;

/// A customer may own thousands of things; a file of them is the longest body, and JSON may double it.
const MAX_BODY: usize = 2 * MAX_IMPORT;

/// Which customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    service: String,
    /// Who does it, for the audit log; not to look.
    #[serde(default)]
    by: String,
}

/// A customer to be entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entered {
    customer: CustomerRecord,
    by: String,
}

/// A file of customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    csv: String,
    dry_run: bool,
    by: String,
}

/// What somebody owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Owned {
    subject: SubjectKey,
}

/// Who owns it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerView {
    /// The customer; `None` when nobody is known to.
    pub owner: Option<CustomerView>,
}

/// What came of entering or removing a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerChanged {
    /// The customer's service.
    pub service: String,
    /// "added", "changed", "unchanged" or "removed".
    pub outcome: String,
}

type Body<T> = Result<Json<T>, JsonRejection>;

pub(super) fn router() -> Router<Arc<AdminState>> {
    Router::new()
        .route("/control/customers/search", post(search))
        .route("/control/customers/show", post(show))
        .route("/control/customers/owner", post(owner))
        .route("/control/customers/add", post(add))
        .route("/control/customers/set", post(set))
        .route("/control/customers/remove", post(remove))
        .route("/control/customers/import", post(import))
        .layer(DefaultBodyLimit::max(MAX_BODY))
}

async fn search(State(state): State<Arc<AdminState>>, body: Body<CustomerQuery>) -> Answer<CustomerPage> {
    let Json(query) = body?;
    Ok(Json(with(&state, move |registry| Ok(registry.list(&query))).await?))
}

async fn show(State(state): State<Arc<AdminState>>, body: Body<Named>) -> Answer<CustomerView> {
    let Json(Named { service, .. }) = body?;
    Ok(Json(with(&state, move |registry| registry.show(&service)).await?))
}

async fn owner(State(state): State<Arc<AdminState>>, body: Body<Owned>) -> Answer<OwnerView> {
    let Json(Owned { subject }) = body?;
    if let Some(registry) = &state.customers {
        registry.live().ask(&subject).await;
    }
    Ok(Json(OwnerView { owner: with(&state, move |registry| Ok(registry.owner(&subject))).await? }))
}

async fn add(State(state): State<Arc<AdminState>>, caller: Caller, body: Body<Entered>) -> Answer<CustomerChanged> {
    let Json(Entered { customer, by }) = body?;
    note(&state, &caller.name(&by)?, &customer.service, &format!("add: {}", customer.summary())).await?;
    let service = customer.service.clone();
    with(&state, move |registry| registry.add(customer)).await?;
    Ok(changed(service, "added"))
}

async fn set(State(state): State<Arc<AdminState>>, caller: Caller, body: Body<Entered>) -> Answer<CustomerChanged> {
    let Json(Entered { customer, by }) = body?;
    note(&state, &caller.name(&by)?, &customer.service, &format!("set: {}", customer.summary())).await?;
    let service = customer.service.clone();
    let outcome = match with(&state, move |registry| registry.put(customer)).await? {
        Put::Added => "added",
        Put::Changed => "changed",
        Put::Unchanged => "unchanged",
    };
    Ok(changed(service, outcome))
}

async fn remove(State(state): State<Arc<AdminState>>, caller: Caller, body: Body<Named>) -> Answer<CustomerChanged> {
    let Json(Named { service, by }) = body?;
    note(&state, &caller.name(&by)?, &service, "remove").await?;
    let gone = service.clone();
    with(&state, move |registry| registry.remove(&gone)).await?;
    Ok(changed(service, "removed"))
}

async fn import(State(state): State<Arc<AdminState>>, caller: Caller, body: Body<Sheet>) -> Answer<Imported> {
    let Json(Sheet { csv, dry_run, by }) = body?;
    let by = &caller.name(&by)?;
    if !dry_run {
        let detail = format!("import of {} lines", csv.lines().count());
        state.note(by, Action::ChangeCustomer, "customers".to_owned(), &detail).await?;
    }
    let imported = with(&state, move |registry| registry.import(&csv, dry_run)).await?;
    let Imported { added, changed, unchanged, mistakes } = &imported;
    if !dry_run && mistakes.is_empty() {
        tracing::warn!(added, changed, unchanged, by, "customers were imported");
    }
    Ok(Json(imported))
}

fn changed(service: String, outcome: &str) -> Json<CustomerChanged> {
    tracing::info!(service, outcome, "a customer was entered or taken out");
    Json(CustomerChanged { service, outcome: outcome.to_owned() })
}

async fn note(state: &AdminState, by: &str, service: &str, detail: &str) -> Result<(), ApiError> {
    Ok(state.note(by, Action::ChangeCustomer, format!("customer {service}"), detail).await?)
}

/// Does something with the customers; carried through, even when the client hangs up.
async fn with<T: Send + 'static>(
    state: &AdminState,
    work: impl FnOnce(&Registry) -> Result<T, RegistryError> + Send + 'static,
) -> Result<T, ApiError> {
    let registry =
        state.customers.clone().ok_or_else(|| ApiError::new(StatusCode::NOT_FOUND, "there is no such call"))?;
    Ok(crate::state::aside(move || work(&registry)).await?)
}

impl From<RegistryError> for ApiError {
    fn from(error: RegistryError) -> Self {
        let status = match &error {
            RegistryError::Unknown(_) | RegistryError::Nobody(_) => StatusCode::NOT_FOUND,
            RegistryError::Exists(_)
            | RegistryError::InFile(..)
            | RegistryError::Meanwhile(_)
            | RegistryError::Elsewhere(_)
            | RegistryError::TakenInFile(..) => StatusCode::CONFLICT,
            RegistryError::Unfit(_) => StatusCode::UNPROCESSABLE_ENTITY,
            RegistryError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.to_string())
    }
}

impl ControlClient {
    /// Customers of file and store, a page of them.
    ///
    /// # Errors
    /// When the daemon does not answer.
    pub async fn customers(&self, query: &CustomerQuery) -> Result<CustomerPage, ControlError> {
        self.tell("/control/customers/search", query).await
    }

    /// The customer of a service.
    ///
    /// # Errors
    /// When there is none, or the daemon does not answer.
    pub async fn customer(&self, service: &str) -> Result<CustomerView, ControlError> {
        self.tell("/control/customers/show", &Named { service: service.to_owned(), by: String::new() }).await
    }

    /// Who owns an account, an address or a domain.
    ///
    /// # Errors
    /// When it is none of them, or the daemon does not answer.
    pub async fn owner(&self, subject: &SubjectKey) -> Result<OwnerView, ControlError> {
        self.tell("/control/customers/owner", &Owned { subject: subject.clone() }).await
    }

    /// Enters a customer who is not known.
    ///
    /// # Errors
    /// When he is known or can't be used, or the daemon does not answer.
    pub async fn add_customer(&self, customer: CustomerRecord, by: &str) -> Result<CustomerChanged, ControlError> {
        self.tell("/control/customers/add", &Entered { customer, by: by.to_owned() }).await
    }

    /// Enters a customer in place of the one of that service.
    ///
    /// # Errors
    /// When he can't be used, or the daemon does not answer.
    pub async fn set_customer(&self, customer: CustomerRecord, by: &str) -> Result<CustomerChanged, ControlError> {
        self.tell("/control/customers/set", &Entered { customer, by: by.to_owned() }).await
    }

    /// Takes a customer out.
    ///
    /// # Errors
    /// When he is not in the store, or the daemon does not answer.
    pub async fn remove_customer(&self, service: &str, by: &str) -> Result<CustomerChanged, ControlError> {
        self.tell("/control/customers/remove", &Named { service: service.to_owned(), by: by.to_owned() }).await
    }

    /// Imports a CSV file of customers.
    ///
    /// # Errors
    /// When the daemon does not answer. Mistakes of the file are in the answer.
    pub async fn import_customers(&self, csv: String, dry_run: bool, by: &str) -> Result<Imported, ControlError> {
        self.tell("/control/customers/import", &Sheet { csv, dry_run, by: by.to_owned() }).await
    }
}
