//! What every call about accounts begins with: who calls, about which product, and which account.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use access::{Action, Owner, Ruling, may};
use axum::Extension;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use customers::{Customer, Kind};
use model::{AccountName, SubjectKey};

use super::super::caller::Caller;
use super::super::extract::Path;
use super::super::refusal::Refusal;
use crate::office::Office;

/// Which product a call is about, and how its addresses name service and account.
#[derive(Debug, Clone, Copy)]
pub(in crate::compatible) struct Product {
    pub(in crate::compatible) kind: Kind,
    /// What its models are called.
    pub(in crate::compatible) namespace: &'static str,
    /// Empty where accounts are found by their domain.
    pub(in crate::compatible) service: &'static str,
    pub(in crate::compatible) account: &'static str,
}

/// What every call about accounts begins with.
pub(in crate::compatible) struct Call {
    pub(super) office: Arc<Office>,
    pub(super) caller: Caller,
    pub(super) product: Product,
    names: HashMap<String, String>,
}

impl FromRequestParts<Arc<Office>> for Call {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, office: &Arc<Office>) -> Result<Self, Refusal> {
        let extension = |error: axum::extract::rejection::ExtensionRejection| Refusal::internal(&error);
        let Extension(caller) = Extension::from_request_parts(parts, office).await.map_err(extension)?;
        let Extension(product) = Extension::from_request_parts(parts, office).await.map_err(extension)?;
        let Path(names) = Path::from_request_parts(parts, office).await?;
        let known: Result<State<Arc<Office>>, Infallible> = State::from_request_parts(parts, office).await;
        let Ok(State(office)) = known;
        Ok(Self { office, caller, product, names })
    }
}

impl Call {
    pub(super) fn name(&self, of: &str) -> Option<&str> {
        self.names.get(of).map(String::as_str)
    }

    pub(super) fn kind(&self) -> Kind {
        self.product.kind
    }

    /// Whether an owner has this product under the service of the path.
    pub(super) fn is_of(&self, owner: &Customer) -> bool {
        owner.kind == self.kind() && self.name(self.product.service).is_none_or(|service| *service == owner.service)
    }

    /// The account of the path, if there is one for the caller under that product and service.
    pub(super) fn account(&self, action: Action) -> Result<AccountName, Refusal> {
        let name = self.name(self.product.account).unwrap_or_default();
        let login = self.name("domain").map_or_else(|| name.to_owned(), |domain| format!("{name}@{domain}"));
        let missing = || Refusal::missing(&login);
        // What can't be seen would be kept as "?", and be somebody else's.
        let visible = Some(&login).filter(|login| !login.contains(char::is_control));
        let account = visible.and_then(|login| AccountName::from_login(login)).ok_or_else(missing)?;
        let owner = self.office.owner(&SubjectKey::Account(account.clone()));
        if !self.is_of(&owner) || owner.service.is_empty() {
            return Err(missing());
        }
        match may(&self.caller.actor.principal, action, Owner::Service(&owner.service)) {
            Ruling::Allowed => Ok(account),
            Ruling::Forbidden => Err(Refusal::looks_only()),
            Ruling::Hidden => Err(missing()),
        }
    }
}

pub(super) fn local_part(account: &AccountName) -> &str {
    account.as_str().split('@').next().unwrap_or_default()
}
