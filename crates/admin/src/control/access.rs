//! Keys, users, links and the audit log over the control socket.

use std::sync::Arc;
use std::time::Duration;

use access::{AccessError, AccessRule, Action, Actor, ApiKey, AuditQuery, ConsumerKey, Gate, NewCredential};
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};

use super::access_types::{
    AuditLog, CredentialList, GrantKey, KeyList, LinksRevoked, MadeKey, MadeLink, MakeLink, NameOnly, NewKeyRequest,
    RevokeLinks, Revoked, Rotated, UserList, UserRequest,
};
use super::answer::Answer;
use super::caller::Caller;
use super::error::ApiError;
use crate::state::AdminState;

type Body<T> = Result<Json<T>, JsonRejection>;

pub(super) fn router() -> Router<Arc<AdminState>> {
    Router::new()
        .route("/control/keys", get(keys).post(add_key))
        .route("/control/keys/{id}/revoke", post(revoke_key))
        .route("/control/credentials", get(credentials))
        .route("/control/credentials/grant", post(grant))
        .route("/control/credentials/refuse", post(refuse))
        .route("/control/users", get(users).post(add_user))
        .route("/control/users/password", post(set_password))
        .route("/control/users/remove", post(remove_user))
        .route("/control/links/new", post(make_link))
        .route("/control/links/revoke", post(revoke_links))
        .route("/control/links/rotate", post(rotate))
        .route("/control/audit", get(audit))
}

async fn keys(State(state): State<Arc<AdminState>>) -> Answer<KeyList> {
    let list = |gate: &Gate| Ok(KeyList { keys: gate.keys()?, applications: gate.applications()? });
    Ok(Json(state.with_gate(list).await?))
}

async fn add_key(State(state): State<Arc<AdminState>>, caller: Caller, body: Body<NewKeyRequest>) -> Answer<MadeKey> {
    let Json(wanted) = body?;
    let by = caller.name(&wanted.by)?;
    let what = if wanted.application { "application" } else { "key" };
    state.note(&by, Action::ManageAccess, format!("new {what}"), &wanted.name).await?;
    let made = state.with_gate(move |gate| make(gate, wanted, &Actor::at_the_socket(&by))).await?;
    Ok(Json(made))
}

fn make(gate: &Gate, wanted: NewKeyRequest, by: &Actor) -> Result<MadeKey, AccessError> {
    let lifetime = wanted.lifetime.map(Duration::from_secs);
    if !wanted.application {
        let grant = wanted.grant.ok_or_else(|| AccessError::Unfit("a key needs a role".into()))?;
        let new = gate.add_key(&wanted.name, grant, lifetime)?;
        return Ok(MadeKey { key: Some(new.key), token: Some(new.token), ..MadeKey::default() });
    }
    let issued = gate.add_application(&wanted.name)?;
    let mut made = MadeKey { secret: Some(issued.secret), ..MadeKey::default() };
    if let Some(grant) = wanted.grant {
        let everything = NewCredential { rules: AccessRule::everything(), ..NewCredential::default() };
        let (consumer, credential) = gate.add_credential(&issued.application.key, everything, grant, by, lifetime)?;
        (made.consumer_key, made.credential) = (Some(consumer), Some(credential));
    }
    made.application = Some(issued.application);
    Ok(made)
}

/// A key of ours, an application, or the number of a consumer key: their names never look alike.
async fn revoke_key(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body<NameOnly>,
) -> Answer<Revoked> {
    let Json(NameOnly { by }) = body?;
    state.note(&caller.name(&by)?, Action::ManageAccess, format!("key {id}"), "revoke").await?;
    Ok(Json(state.with_gate(move |gate| revoke(gate, &id)).await?))
}

fn revoke(gate: &Gate, id: &str) -> Result<Revoked, AccessError> {
    let missing = |error: &AccessError| matches!(error, AccessError::Unknown(_));
    match gate.revoke_key(id) {
        Ok(ApiKey { id, name, .. }) => return Ok(Revoked { what: format!("key {id} ({name})") }),
        Err(error) if !missing(&error) => return Err(error),
        Err(_) => {}
    }
    match gate.revoke_application(id) {
        Ok(found) => return Ok(Revoked { what: format!("application {} ({})", found.key, found.name) }),
        Err(error) if !missing(&error) => return Err(error),
        Err(_) => {}
    }
    let number = id.parse().map_err(|_| AccessError::Unknown(format!("key {id}")))?;
    let ConsumerKey { id, application, .. } = gate.end_credential(number)?;
    Ok(Revoked { what: format!("consumer key {id} of application {application}") })
}

async fn credentials(State(state): State<Arc<AdminState>>) -> Answer<CredentialList> {
    let list = |gate: &Gate| {
        let now = gate.now();
        let as_it_stands = |(_, found): (String, ConsumerKey)| ConsumerKey { state: found.state_at(now), ..found };
        Ok(CredentialList { credentials: gate.credentials()?.into_iter().map(as_it_stands).collect() })
    };
    Ok(Json(state.with_gate(list).await?))
}

async fn grant(State(state): State<Arc<AdminState>>, caller: Caller, body: Body<GrantKey>) -> Answer<ConsumerKey> {
    let Json(GrantKey { consumer_key, grant, lifetime, by }) = body?;
    let by = Actor::at_the_socket(&caller.name(&by)?);
    let granted = state.with_gate(move |gate| {
        let grant = grant.ok_or_else(|| AccessError::Unfit("a consumer key needs a role".into()))?;
        let token = waiting(gate, &consumer_key)?;
        let (_, consumer) = gate.waiting_credential(&token)?;
        gate.note(&by, Action::ManageAccess, &format!("credential {}", consumer.id), "grant")?;
        gate.grant_credential(&token, grant, &by, lifetime.map(Duration::from_secs))
    });
    Ok(Json(granted.await?))
}

async fn refuse(State(state): State<Arc<AdminState>>, caller: Caller, body: Body<GrantKey>) -> Answer<ConsumerKey> {
    let Json(GrantKey { consumer_key, by, .. }) = body?;
    let by = Actor::at_the_socket(&caller.name(&by)?);
    let refused = state.with_gate(move |gate| {
        let token = waiting(gate, &consumer_key)?;
        let (_, consumer) = gate.waiting_credential(&token)?;
        gate.note(&by, Action::ManageAccess, &format!("credential {}", consumer.id), "refuse")?;
        gate.refuse_credential(&token, &by)
    });
    Ok(Json(refused.await?))
}

/// The validation token of a consumer key that is given itself, by its number, or by that token.
fn waiting(gate: &Gate, given: &str) -> Result<String, AccessError> {
    let by_key = Gate::validation_token(given);
    if gate.waiting_credential(&by_key).is_ok() {
        return Ok(by_key);
    }
    let numbered = gate.credentials()?.into_iter().find(|(_, found)| found.id.to_string() == given);
    Ok(numbered.map_or_else(|| given.to_owned(), |(token, _)| token))
}

async fn users(State(state): State<Arc<AdminState>>) -> Answer<UserList> {
    Ok(Json(UserList { users: state.with_gate(Gate::users).await? }))
}

async fn add_user(State(state): State<Arc<AdminState>>, caller: Caller, body: Body<UserRequest>) -> Answer<UserList> {
    let Json(UserRequest { name: user, grant, password, by }) = body?;
    state.note(&caller.name(&by)?, Action::ManageAccess, format!("user {user}"), "add").await?;
    let added = state.with_gate(move |gate| {
        let grant = grant.ok_or_else(|| AccessError::Unfit("a user needs a role".into()))?;
        gate.add_user(&user, grant, &password)
    });
    Ok(Json(UserList { users: vec![added.await?] }))
}

async fn set_password(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    body: Body<UserRequest>,
) -> Answer<Revoked> {
    let Json(UserRequest { name: user, password, by, .. }) = body?;
    state.note(&caller.name(&by)?, Action::ManageAccess, format!("user {user}"), "password").await?;
    let what = format!("sessions of user {user}");
    state.with_gate(move |gate| gate.set_password(&user, &password)).await?;
    Ok(Json(Revoked { what }))
}

async fn remove_user(State(state): State<Arc<AdminState>>, caller: Caller, body: Body<UserRequest>) -> Answer<Revoked> {
    let Json(UserRequest { name: user, by, .. }) = body?;
    state.note(&caller.name(&by)?, Action::ManageAccess, format!("user {user}"), "remove").await?;
    let what = format!("user {user}");
    state.with_gate(move |gate| gate.remove_user(&user)).await?;
    Ok(Json(Revoked { what }))
}

async fn revoke_links(
    State(state): State<Arc<AdminState>>,
    caller: Caller,
    body: Body<RevokeLinks>,
) -> Answer<LinksRevoked> {
    let Json(RevokeLinks { block, by }) = body?;
    let reference = match &block {
        Some(text) => Some(super::reference(text).ok_or_else(|| ApiError::unknown(text))?),
        None => None,
    };
    let on = block.as_ref().map_or_else(|| "all links".to_owned(), |block| format!("links of block {block}"));
    state.note(&caller.name(&by)?, Action::ManageAccess, on, "revoke").await?;
    state.with_gate(move |gate| gate.revoke_links(reference.as_ref())).await?;
    Ok(Json(LinksRevoked { block }))
}

async fn make_link(State(state): State<Arc<AdminState>>, caller: Caller, body: Body<MakeLink>) -> Answer<MadeLink> {
    let Json(MakeLink { block, by }) = body?;
    let reference = super::reference(&block).ok_or_else(|| ApiError::unknown(&block))?;
    let reference = state.case_file(reference).await?.block.reference;
    state.note(&caller.name(&by)?, Action::ManageAccess, format!("links of block {reference}"), "new").await?;
    let key = state.with_gate(move |gate| Ok(gate.link_to(&reference))).await?;
    let none = || ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "there is no key to sign with");
    Ok(Json(MadeLink { key: key.ok_or_else(none)? }))
}

async fn rotate(State(state): State<Arc<AdminState>>, caller: Caller, body: Body<NameOnly>) -> Answer<Rotated> {
    let Json(NameOnly { by }) = body?;
    state.note(&caller.name(&by)?, Action::ManageAccess, "key file".into(), "rotate").await?;
    Ok(Json(Rotated { number: state.with_gate(Gate::rotate_site_keys).await? }))
}

async fn audit(
    State(state): State<Arc<AdminState>>,
    query: Result<Query<AuditQuery>, QueryRejection>,
) -> Answer<AuditLog> {
    let Query(query) = query?;
    Ok(Json(AuditLog { entries: state.with_gate(move |gate| gate.audit(&query)).await? }))
}
