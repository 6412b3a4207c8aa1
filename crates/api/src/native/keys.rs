//! Keys of this API.

use std::sync::Arc;
use std::time::Duration;

use access::{Action, ApiKey, Grant, NewKey, Role};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};

use super::caller::Caller;
use super::problem::Problem;
use super::schema::wire;
use super::{Answer, Native, staff};

wire! {
    /// What is kept of a key; the token is not.
    KeyView {
        /// How it is named where it is revoked.
        id: String,
        /// What it is for.
        name: String,
        /// "operator", "auditor" or "customer".
        role: String,
        /// A customer's services.
        services: Vec<String>,
        /// When it was made (RFC 3339).
        created_at: String,
        /// When it is over by itself.
        expires_at: Option<String>,
        /// When it was used last, to the minute.
        last_used_at: Option<String>,
        /// When it was revoked.
        revoked_at: Option<String>,
    }
    /// Every key.
    KeyList {
        /// The keys, also those that open nothing any more.
        items: Vec<KeyView>,
    }
    /// A key to be made.
    KeyWanted {
        /// What it is for, 1 to 64 characters.
        name: String,
        /// "operator", "auditor" or "customer".
        role: String,
        /// A customer's services; nobody else has any.
        services: Option<Vec<String>>,
        /// For how many days it is valid; for ever, when it is left out.
        days: Option<u32>,
    }
    /// A new key. The token is shown this once.
    KeyMade {
        /// What is kept.
        key: KeyView,
        /// What its owner keeps.
        token: String,
    }
}

pub(super) async fn list(State(native): State<Arc<Native>>, Caller(actor): Caller) -> Answer<KeyList> {
    staff(&actor, Action::ManageAccess)?;
    let found = native.aside(|native| Ok(KeyList { items: native.gate.keys()?.into_iter().map(view).collect() }));
    found.await.map(Json)
}

pub(super) async fn make(
    State(native): State<Arc<Native>>,
    Caller(actor): Caller,
    body: Result<Json<KeyWanted>, JsonRejection>,
) -> Answer<KeyMade> {
    staff(&actor, Action::ManageAccess)?;
    let Json(KeyWanted { name, role, services, days }) = body?;
    let wrong = || Problem::field("role", "expected operator, auditor or customer");
    let services = services.unwrap_or_default().into_iter().collect();
    let grant = Grant { role: Role::from_word(&role).ok_or_else(wrong)?, services };
    let lifetime = days.map(|days| Duration::from_secs(u64::from(days) * 86_400));
    let made = native.aside(move |native| {
        native.note(&actor, Action::ManageAccess, &format!("key {name}"), "made")?;
        let NewKey { key, token } = native.gate.add_key(&name, grant, lifetime)?;
        Ok(KeyMade { key: view(key), token })
    });
    made.await.map(Json)
}

pub(super) async fn revoke(
    State(native): State<Arc<Native>>,
    Caller(actor): Caller,
    Path(id): Path<String>,
) -> Answer<KeyView> {
    staff(&actor, Action::ManageAccess)?;
    let revoked = native.aside(move |native| {
        native.note(&actor, Action::ManageAccess, &format!("key {id}"), "revoked")?;
        Ok(view(native.gate.revoke_key(&id)?))
    });
    revoked.await.map(Json)
}

fn view(key: ApiKey) -> KeyView {
    KeyView {
        id: key.id,
        name: key.name,
        role: key.grant.role.as_str().to_owned(),
        services: key.grant.services.into_iter().collect(),
        created_at: key.created.to_string(),
        expires_at: key.expires.map(|time| time.to_string()),
        last_used_at: key.last_use.map(|time| time.to_string()),
        revoked_at: key.revoked.map(|time| time.to_string()),
    }
}
