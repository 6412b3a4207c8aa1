//! `/email`: accounts of the four products, whether they are blocked for spam, and the ways out.

use std::collections::HashMap;
use std::sync::Arc;

use access::{Action, Owner, Ruling, may};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Extension, Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use customers::Kind;
use diagnostics::{Password, Patient, Task};
use limits::Holdings;
use model::{AccountName, Block, DomainName, SubjectKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::aside;
use super::caller::Caller;
use super::moment::written;
use super::page::{Entry, answer};
use super::refusal::Refusal;
use crate::office::Office;
use crate::passwords::Change;

type Names = HashMap<String, String>;

/// `GET …/account`: the accounts that are known by name, because something became of them.
pub(super) async fn list(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    Extension(kind): Extension<Kind>,
    Path(names): Path<Names>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let held = held(&office, &names)?;
    let blocks = aside(office.clone(), move |office| Ok(office.addresses.accounts(&held)?)).await?;
    let mut entries = Vec::new();
    for block in blocks {
        let SubjectKey::Account(account) = &block.subject else { continue };
        let owner = office.owner(&block.subject);
        let his = may(&caller.actor.principal, Action::SeeSubject, Owner::Service(&owner.service)).is_allowed();
        if his && owner.kind == kind && names.get("service").is_none_or(|service| *service == owner.service) {
            let id = if kind == Kind::MxplanLegacy { local_part(account) } else { account.as_str() };
            entries.push(Entry {
                id: json!(id),
                object: shown(kind, account, Some(&block).filter(|block| block.is_active()), None),
            });
        }
    }
    Ok(answer(&headers, entries))
}

fn held(office: &Office, names: &Names) -> Result<Holdings, Refusal> {
    if let Some(domain) = names.get("domain") {
        return DomainName::new(domain)
            .map(|domain| Holdings::mail_domain(&domain))
            .ok_or_else(|| Refusal::missing(domain));
    }
    let service = names.get("service").map(String::as_str).unwrap_or_default();
    office.directory().holdings(service).ok_or_else(|| Refusal::missing(service))
}

/// `GET …/account/{account}`
pub(super) async fn show(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    Extension(kind): Extension<Kind>,
    Path(names): Path<Names>,
) -> Result<Json<Value>, Refusal> {
    let account = reached(&office, &caller, kind, &names, Action::SeeSubject)?;
    let subject = SubjectKey::Account(account.clone());
    let found = aside(office, move |office| {
        let block = office.addresses.latest(&subject)?.filter(Block::is_active);
        let ticket = match &block {
            Some(block) => office.tickets.of_block(&block.reference)?.map(|file| file.ticket.id),
            None => None,
        };
        Ok((block, ticket))
    });
    let (block, ticket) = found.await?;
    Ok(Json(shown(kind, &account, block.as_ref(), ticket)))
}

fn shown(kind: Kind, account: &AccountName, block: Option<&Block>, ticket: Option<u64>) -> Value {
    if kind == Kind::MxplanLegacy {
        return json!({
            "accountName": local_part(account),
            "domain": account.domain(),
            "email": account.as_str(),
            "description": null,
            "size": 0,
            "isBlocked": block.is_some(),
        });
    }
    json!({
        "primaryEmailAddress": account.as_str(),
        "login": account.as_str(),
        "domain": account.domain(),
        "displayName": null,
        "quota": 0,
        "currentUsage": null,
        "configured": true,
        "creationDate": null,
        "passwordLastUpdate": null,
        "spamDetected": block.is_some(),
        "spamTicketNumber": ticket,
        "state": "ok",
        "taskPendingId": null,
    })
}

fn local_part(account: &AccountName) -> &str {
    account.as_str().split('@').next().unwrap_or_default()
}

#[derive(Deserialize)]
struct Sent<P> {
    password: Option<P>,
}

/// The password of a body, if there is one. A parser's own words may quote it, so they go nowhere.
fn sent<P: DeserializeOwned>(body: &[u8]) -> Result<Option<P>, Refusal> {
    if body.is_empty() {
        return Ok(None);
    }
    let sent = serde_json::from_slice::<Sent<P>>(body);
    sent.map(|sent| sent.password).map_err(|_| Refusal::bad("password: expected a text that a login can carry"))
}

/// `POST …/account/{account}/changePassword`
pub(super) async fn change_password(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    Extension(kind): Extension<Kind>,
    Path(names): Path<Names>,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let account = reached(&office, &caller, kind, &names, Action::ChangePassword)?;
    let password = sent::<String>(&body)?.ok_or_else(|| Refusal::bad("password: it is needed"))?;
    fit(kind, &password)?;
    if !office.passwords.is_configured() {
        return Err(Refusal::unconfigured("Passwords can't be changed here: web.password_command is not set"));
    }
    let noted = account.clone();
    aside(office.clone(), move |office| {
        Ok(office.gate.note(&caller.actor, Action::ChangePassword, &format!("account {noted}"), "")?)
    })
    .await?;
    let change = office.passwords.begin(account, password);
    Ok(Json(if kind == Kind::MxplanLegacy { task_pop(&change) } else { change_task(&change) }))
}

/// The published rule of the older product; the others bound it less. A line's end would end it on the way to the command.
fn fit(kind: Kind, password: &str) -> Result<(), Refusal> {
    let legacy = kind == Kind::MxplanLegacy;
    let length = if legacy { 9..=30 } else { 1..=256 };
    let trimmed = password.trim() == password;
    if !length.contains(&password.chars().count()) || !trimmed || password.chars().any(char::is_control) {
        let sentence =
            format!("password: expected {} to {} characters, no space at either end", length.start(), length.end());
        return Err(Refusal::bad(sentence));
    }
    if legacy && !password.is_ascii() { Err(Refusal::bad("password: no accents are allowed")) } else { Ok(()) }
}

fn task_pop(change: &Change) -> Value {
    json!({
        "id": change.id,
        "action": "changePassword",
        "date": written(change.begun),
        "domain": change.account.domain(),
        "name": local_part(&change.account),
    })
}

/// Both kinds of tasks share their numbers: changes are odd, diagnoses even.
fn change_task(change: &Change) -> Value {
    json!({
        "id": change.id * 2 + 1,
        "function": "changePassword",
        "status": change.progress.as_str(),
        "todoDate": written(change.begun),
        "finishDate": change.ended.map(written),
    })
}

fn diagnosis_task(task: &Task) -> Value {
    json!({
        "id": task.id * 2,
        "function": "diagnostic",
        "status": task.state.as_str(),
        "todoDate": written(task.created),
        "finishDate": task.finished.map(written),
    })
}

/// `POST …/account/{account}/diagnostic(s)`; the password that a client sends is tried once and kept nowhere.
pub(super) async fn diagnose(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    Extension(kind): Extension<Kind>,
    Path(names): Path<Names>,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let account = reached(&office, &caller, kind, &names, Action::Diagnose)?;
    let password = sent::<Password>(&body)?;
    let begun = aside(office, move |office| {
        office.gate.note(&caller.actor, Action::Diagnose, &format!("account {account}"), "")?;
        Ok(office.diagnoses.start(Patient::Account(account), password, &caller.actor.name)?)
    });
    Ok(Json(diagnosis_task(&begun.await?)))
}

/// `GET …/account/{account}/diagnostic(s)`: what the latest one has found.
pub(super) async fn diagnosis(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    Extension(kind): Extension<Kind>,
    Path(names): Path<Names>,
) -> Result<Json<Value>, Refusal> {
    let account = reached(&office, &caller, kind, &names, Action::SeeDiagnosis)?;
    let patient = Patient::Account(account);
    let found = aside(office, move |office| Ok(office.diagnoses.list(Some(&patient), 1)?)).await?;
    let task = found.first().ok_or_else(|| Refusal::missing("diagnostic"))?;
    let summary = task.summary();
    let connective = if kind == Kind::Exchange { "connectiveOWA" } else { "connectiveWebmail" };
    Ok(Json(json!({
        "canReceiveEmail": summary.can_receive_email,
        "canSendEmail": summary.can_send_email,
        "isLocked": summary.is_locked,
        "isMxValid": summary.is_mx_valid,
        "isSpammer": summary.is_spammer,
        "isSrvValid": summary.is_srv_valid,
        "isSuspended": summary.is_suspended,
        "lastCheck": summary.last_check.map(written),
        connective: null,
    })))
}

/// `GET …/account/{account}/tasks`
pub(super) async fn tasks(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    Extension(kind): Extension<Kind>,
    Path(names): Path<Names>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let account = reached(&office, &caller, kind, &names, Action::SeeDiagnosis)?;
    Ok(answer(&headers, all_tasks(&office, account).await?))
}

/// `GET …/account/{account}/tasks/{id}`
pub(super) async fn task(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    Extension(kind): Extension<Kind>,
    Path(names): Path<Names>,
) -> Result<Json<Value>, Refusal> {
    let account = reached(&office, &caller, kind, &names, Action::SeeDiagnosis)?;
    let wanted = names.get("id").map(String::as_str).unwrap_or_default();
    let number = wanted.parse::<u64>().ok();
    let found = all_tasks(&office, account).await?.into_iter().find(|task| task.id.as_u64() == number);
    found.map(|task| Json(task.object)).ok_or_else(|| Refusal::missing(wanted))
}

async fn all_tasks(office: &Arc<Office>, account: AccountName) -> Result<Vec<Entry>, Refusal> {
    let changes = office.passwords.of(&account);
    let patient = Patient::Account(account);
    let diagnoses = aside(office.clone(), move |office| Ok(office.diagnoses.list(Some(&patient), 1000)?)).await?;
    let objects = changes.iter().map(change_task).chain(diagnoses.iter().map(diagnosis_task));
    Ok(objects.map(|object| Entry { id: object.get("id").cloned().unwrap_or_default(), object }).collect())
}

/// The account of a path, if there is one for the caller under that product and service.
fn reached(
    office: &Office,
    caller: &Caller,
    kind: Kind,
    names: &Names,
    action: Action,
) -> Result<AccountName, Refusal> {
    let name = names.get("account").map(String::as_str).unwrap_or_default();
    let login = names.get("domain").map_or_else(|| name.to_owned(), |domain| format!("{name}@{domain}"));
    let missing = || Refusal::missing(&login);
    let account = AccountName::from_login(&login).ok_or_else(missing)?;
    let owner = office.owner(&SubjectKey::Account(account.clone()));
    let here = owner.kind == kind && names.get("service").is_none_or(|service| *service == owner.service);
    if !here || owner.service.is_empty() {
        return Err(missing());
    }
    match may(&caller.actor.principal, action, Owner::Service(&owner.service)) {
        Ruling::Allowed => Ok(account),
        Ruling::Forbidden => Err(Refusal::forbidden("FORBIDDEN", "You may look, and change nothing")),
        Ruling::Hidden => Err(missing()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_older_products_passwords_have_its_rule() {
        for (password, legacy, others) in [
            ("correct horse", true, true),
            ("short", false, true),
            ("x".repeat(31).as_str(), false, true),
            (" correct horse", false, false),
            ("pâssword horse", false, true),
            ("correct\nhorse", false, false),
            ("", false, false),
        ] {
            assert_eq!(fit(Kind::MxplanLegacy, password).is_ok(), legacy, "{password:?}");
            assert_eq!(fit(Kind::Pro, password).is_ok(), others, "{password:?}");
        }
    }
}
