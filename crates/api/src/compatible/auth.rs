//! `/auth`: the time, and how a client comes by a consumer key.

use std::sync::Arc;

use access::{AccessError, AccessRule, ConsumerKey, Gate, NewCredential, Visitor};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use ipnet::IpNet;
use serde::Deserialize;
use serde_json::{Value, json};

use super::aside;
use super::caller::Caller;
use super::moment::written;
use super::refusal::Refusal;
use crate::office::Office;

/// `GET /auth/time`: seconds since 1970, a bare number.
pub(super) async fn time(State(office): State<Arc<Office>>) -> Json<i64> {
    Json(office.gate.now().as_secs())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    access_rules: Vec<AccessRule>,
    redirection: Option<String>,
    #[serde(default, rename = "allowedIPs")]
    allowed_ips: Option<Vec<String>>,
}

impl Wanted {
    fn credential(self) -> Result<NewCredential, Refusal> {
        let net = |text: String| match text.parse::<IpNet>() {
            Ok(net) => Ok(net),
            Err(_) => text
                .parse::<std::net::IpAddr>()
                .map(IpNet::from)
                .map_err(|_| Refusal::bad("allowedIPs: expected networks")),
        };
        let nets = self.allowed_ips.unwrap_or_default().into_iter().map(net);
        let redirection = self.redirection.filter(|url| !url.is_empty());
        Ok(NewCredential { rules: self.access_rules, redirection, allowed_ips: nets.collect::<Result<_, _>>()? })
    }
}

/// `POST /auth/credential`: an application asks for a consumer key.
pub(super) async fn credential(
    State(office): State<Arc<Office>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let invalid = || Refusal::forbidden("INVALID_KEY", "This application key is invalid");
    let application = headers.get("x-ovh-application").and_then(|key| key.to_str().ok()).ok_or_else(invalid)?;
    let wanted: Wanted = serde_json::from_slice(&body).map_err(|error| Refusal::bad(error.to_string()))?;
    let (wanted, application) = (wanted.credential()?, application.to_owned());
    let asked = aside(office.clone(), move |office| {
        let asked = office.gate.request_credential(&application, wanted, &visitor);
        asked.map_err(|error| if matches!(error, AccessError::Invalid) { invalid() } else { error.into() })
    });
    let (consumer_key, consumer) = asked.await?;
    let validation = format!("{}/console/keys/{}", office.base(), Gate::validation_token(&consumer_key));
    Ok(Json(json!({ "consumerKey": consumer_key, "state": consumer.state.as_str(), "validationUrl": validation })))
}

/// `GET /auth/currentCredential`
pub(super) async fn current(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<Value>, Refusal> {
    let consumer = signed(&caller)?;
    let application = consumer.application.clone();
    let found = aside(office.clone(), move |office| Ok(office.gate.application(&application)?)).await?;
    let allowed: Vec<_> = consumer.allowed_ips.iter().map(ToString::to_string).collect();
    Ok(Json(json!({
        "credentialId": consumer.id,
        "applicationId": found.map(|issued| issued.application.id),
        "status": consumer.state_at(office.gate.now()).as_str(),
        "rules": consumer.rules,
        "creation": written(consumer.created),
        "expiration": consumer.expires.map(written),
        "lastUse": consumer.last_use.map(written),
        "allowedIPs": (!allowed.is_empty()).then_some(allowed),
        "ovhSupport": false,
    })))
}

/// `GET /auth/details`
pub(super) async fn details(Extension(caller): Extension<Caller>) -> Json<Value> {
    let role = caller.actor.principal.role().as_str();
    let rules = caller.consumer.map(|consumer| consumer.rules).unwrap_or_else(AccessRule::everything);
    Json(json!({
        "account": caller.actor.name,
        "allowedRoutes": rules,
        "description": null,
        "identities": [],
        "method": "account",
        "roles": [role],
        "user": null,
    }))
}

/// `POST /auth/logout`: the consumer key is expired from now on.
pub(super) async fn logout(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
) -> Result<StatusCode, Refusal> {
    let id = signed(&caller)?.id;
    aside(office, move |office| {
        office.gate.note(&caller.actor, access::Action::Enter, &format!("credential {id}"), "logout")?;
        Ok(office.gate.end_credential(id)?)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn signed(caller: &Caller) -> Result<&ConsumerKey, Refusal> {
    let sentence = "This call is for consumer keys";
    caller.consumer.as_ref().ok_or_else(|| Refusal::forbidden("FORBIDDEN", sentence))
}
