//! Accounts and services as they stand.

use access::{Action, Owner, may};
use axum::Json;
use axum::http::HeaderMap;
use axum::response::Response;
use customers::Kind;
use diagnostics::Patient;
use limits::Holdings;
use model::{AccountName, Block, DomainName, SubjectKey};
use serde_json::{Value, json};

use super::super::aside;
use super::super::moment::written;
use super::super::page::{Entry, answer};
use super::super::refusal::Refusal;
use super::call::{Call, local_part};
use super::tasks::{change_id, diagnosis_id};
use crate::office::Office;
use crate::passwords::Progress;

/// `GET …/account`: the accounts that are known by name, because something became of them.
pub(in crate::compatible) async fn list(call: Call, headers: HeaderMap) -> Result<Response, Refusal> {
    let held = held(&call)?;
    let office = call.office.clone();
    let entries = aside(office, move |office| {
        let blocks = office.addresses.accounts(&held)?;
        blocks.iter().filter_map(|block| entry(&call, office, block).transpose()).collect::<Result<Vec<_>, _>>()
    });
    answer(&headers, entries.await?)
}

/// What a list says of the account of a block, if the caller may see it there.
fn entry(call: &Call, office: &Office, block: &Block) -> Result<Option<Entry>, Refusal> {
    let SubjectKey::Account(account) = &block.subject else { return Ok(None) };
    let owner = office.owner(&block.subject);
    let his = may(&call.caller.actor.principal, Action::SeeSubject, Owner::Service(&owner.service)).is_allowed();
    if !his || !call.is_of(&owner) {
        return Ok(None);
    }
    let id = if call.kind() == Kind::MxplanLegacy { local_part(account) } else { account.as_str() };
    let object = Standing::of(office, account, Some(block.clone()))?.shown(call.kind(), account);
    Ok(Some(Entry { id: json!(id), object }))
}

fn held(call: &Call) -> Result<Holdings, Refusal> {
    if let Some(domain) = call.name("domain") {
        let found = DomainName::new(domain).map(|domain| Holdings::mail_domain(&domain));
        return found.ok_or_else(|| Refusal::missing(domain));
    }
    let service = call.name(call.product.service).unwrap_or_default();
    call.office.directory().holdings(service).ok_or_else(|| Refusal::missing(service))
}

/// `GET …/account/{account}`
pub(in crate::compatible) async fn show(call: Call) -> Result<Json<Value>, Refusal> {
    let (account, kind) = (call.account(Action::SeeSubject)?, call.kind());
    let shown = aside(call.office, move |office| {
        let block = office.addresses.latest(&SubjectKey::Account(account.clone()))?;
        Ok(Standing::of(office, &account, block)?.shown(kind, &account))
    });
    Ok(Json(shown.await?))
}

/// How an account stands.
struct Standing {
    is_blocked: bool,
    ticket: Option<u64>,
    is_suspended: bool,
    password_changed: Option<String>,
    pending: Option<u64>,
}

impl Standing {
    /// Blocks the thread on the store. What stops its domain stops an account, too.
    fn of(office: &Office, account: &AccountName, latest: Option<Block>) -> Result<Self, Refusal> {
        let subject = SubjectKey::Account(account.clone());
        let block = latest.filter(Block::is_active).or_else(|| office.desk.domain_block(&subject));
        let ticket = match &block {
            Some(block) => office.tickets.of_block(&block.reference)?.map(|file| file.ticket.id),
            None => None,
        };
        let changes = office.passwords.of(account);
        let changed = changes.iter().find(|change| change.progress == Progress::Done).and_then(|change| change.ended);
        let changing = changes.iter().find(|change| change.ended.is_none()).map(change_id);
        let diagnosed = office.diagnoses.list(Some(&Patient::Account(account.clone())), 1)?;
        let diagnosing = diagnosed.iter().find(|task| task.finished.is_none()).map(diagnosis_id);
        Ok(Self {
            is_blocked: block.is_some(),
            ticket,
            is_suspended: office.owner(&subject).suspended,
            password_changed: changed.map(written),
            pending: changing.or(diagnosing),
        })
    }

    fn shown(&self, kind: Kind, account: &AccountName) -> Value {
        if kind == Kind::MxplanLegacy {
            return json!({
                "accountName": local_part(account),
                "domain": account.domain(),
                "email": account.as_str(),
                "description": "",
                "size": 0,
                "isBlocked": self.is_blocked,
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
            "passwordLastUpdate": self.password_changed,
            "spamDetected": self.is_blocked,
            "spamTicketNumber": self.ticket,
            "state": state(self.is_suspended),
            "taskPendingId": self.pending,
        })
    }
}

fn state(is_suspended: bool) -> &'static str {
    if is_suspended { "suspended" } else { "ok" }
}

/// `GET` of a service: what failed logins lead to.
pub(in crate::compatible) async fn service(call: Call) -> Result<Json<Value>, Refusal> {
    let wanted = call.name(call.product.service).unwrap_or_default();
    let missing = || Refusal::missing(wanted);
    let directory = call.office.directory();
    let owner = directory.customer(wanted).filter(|owner| call.is_of(owner)).ok_or_else(missing)?;
    let sees = may(&call.caller.actor.principal, Action::SeeSubject, Owner::Service(&owner.service));
    if !sees.is_allowed() {
        return Err(missing());
    }
    let lockout = call.office.lockout();
    let minutes = |length: std::time::Duration| length.as_secs().div_ceil(60);
    Ok(Json(json!({
        "domain": owner.service,
        "displayName": (!owner.name.is_empty()).then_some(&owner.name),
        "state": state(owner.suspended),
        "lockoutThreshold": (lockout.account_failures > 0).then_some(lockout.account_failures),
        "lockoutDuration": minutes(lockout.duration),
        "lockoutObservationWindow": minutes(lockout.window),
        "minPasswordLength": null,
    })))
}
