//! Keys of this API.

use std::time::Duration;

use access::{Action, ApiKey, Grant, NewKey, Role};
use axum::routing::{delete, get, post};

use super::Answer;
use super::call::{Asked, Call, Named, Told};
use super::paging::{SLICE, Slice};
use super::routes::Route;
use super::schema::wire;
use super::types::{Bounded, Text, When, Word};

pub(super) fn routes() -> Vec<Route> {
    use Action::ManageAccess;
    vec![
        Route::reads::<KeyList>("/api/keys", ManageAccess, "See every key", get(list)).asked(SLICE),
        Route::makes::<KeyMade>("/api/keys", ManageAccess, "Make a key", post(make)).told::<KeyWanted>(),
        Route::removes::<KeyView>("/api/keys/{key}", ManageAccess, "Revoke a key", delete(revoke)),
    ]
}

wire! {
    /// What is kept of a key; the token is not.
    KeyView {
        /// How it is named where it is revoked.
        id: String,
        /// What it is for.
        name: String,
        /// What it may.
        role: Word<Role>,
        /// A customer's services.
        services: Vec<String>,
        /// When it was made.
        created_at: When,
        /// When it is over by itself.
        expires_at: Option<When>,
        /// When it was used last, to the minute.
        last_used_at: Option<When>,
        /// When it was revoked.
        revoked_at: Option<When>,
    }
    /// Every key.
    KeyList {
        /// The keys, latest first, also those that open nothing any more.
        items: Vec<KeyView>,
        /// What to give as `after` for the next page; null: this is the last.
        next: Option<String>,
    }
    /// A key to be made.
    KeyWanted {
        /// What it is for.
        name: Text<1, 64>,
        /// What it may.
        role: Word<Role>,
        /// A customer's services; nobody else has any.
        services: Option<Vec<String>>,
        /// For how many days it is valid; for ever, when it is left out.
        days: Option<Bounded<1, 36_500>>,
    }
    /// A new key. The token is shown this once.
    KeyMade {
        /// What is kept.
        key: KeyView,
        /// What its owner keeps.
        token: String,
    }
}

async fn list(call: Call, Asked(slice): Asked<Slice>) -> Answer<KeyList> {
    call.by_staff(Action::ManageAccess, |native, _| {
        let (keys, next) = slice.of(native.gate.keys()?, |key| (key.created, key.id.clone()))?;
        Ok(KeyList { items: keys.into_iter().map(view).collect(), next })
    })
    .await
}

async fn make(call: Call, Told(KeyWanted { name, role, services, days }): Told<KeyWanted>) -> Answer<KeyMade> {
    call.by_staff(Action::ManageAccess, move |native, actor| {
        let grant = Grant { role: role.0, services: services.unwrap_or_default().into_iter().collect() };
        native.note(actor, Action::ManageAccess, &format!("key {}", name.0), "made")?;
        let NewKey { key, token } = native.gate.add_key(&name.0, grant, lifetime(days))?;
        Ok(KeyMade { key: view(key), token })
    })
    .await
}

/// So many days; for ever, when none are told.
pub(super) fn lifetime<const MOST: u64>(days: Option<Bounded<1, MOST>>) -> Option<Duration> {
    days.map(|days| Duration::from_secs(days.0.saturating_mul(86_400)))
}

async fn revoke(call: Call, Named(id): Named<String>) -> Answer<KeyView> {
    call.by_staff(Action::ManageAccess, move |native, actor| {
        native.note(actor, Action::ManageAccess, &format!("key {id}"), "revoked")?;
        Ok(view(native.gate.revoke_key(&id)?))
    })
    .await
}

pub(super) fn view(key: ApiKey) -> KeyView {
    KeyView {
        id: key.id,
        name: key.name,
        role: Word(key.grant.role),
        services: key.grant.services.into_iter().collect(),
        created_at: When(key.created),
        expires_at: key.expires.map(When),
        last_used_at: key.last_use.map(When),
        revoked_at: key.revoked.map(When),
    }
}
