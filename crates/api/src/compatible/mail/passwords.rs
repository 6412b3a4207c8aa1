//! A changed password: the way out of a block for the older product.

use access::Action;
use axum::Json;
use axum::body::Bytes;
use customers::Kind;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::aside;
use super::super::refusal::Refusal;
use super::call::Call;
use super::tasks::{change_task, task_pop};
use crate::passwords::NewPassword;

/// What a client sends with a password.
#[derive(Deserialize)]
pub(super) struct Sent<P> {
    pub(super) password: Option<P>,
    #[serde(default, rename = "forcePasswordChangeAtNextLogon")]
    change_at_next_login: Option<bool>,
}

/// Reads a body; an empty one says nothing. A parser's own words may quote the password, so they go nowhere.
pub(super) fn sent<P: DeserializeOwned>(body: &[u8]) -> Result<Sent<P>, Refusal> {
    if body.is_empty() {
        return Ok(Sent { password: None, change_at_next_login: None });
    }
    serde_json::from_slice(body).map_err(|_| Refusal::bad("password: expected a text that a login can carry"))
}

/// `POST …/account/{account}/changePassword`. Exchange may leave the password out, to have one made elsewhere; here nobody
/// would learn it, so it is needed.
pub(in crate::compatible) async fn change_password(call: Call, body: Bytes) -> Result<Json<Value>, Refusal> {
    let (account, kind) = (call.account(Action::ChangePassword)?, call.kind());
    let Sent { password, change_at_next_login } = sent::<String>(&body)?;
    let password = password.ok_or_else(|| Refusal::bad("password: it is needed"))?;
    fit(kind, &password)?;
    if !call.office.passwords.is_configured() {
        return Err(Refusal::unconfigured("Passwords can't be changed here: web.password_command is not set"));
    }
    let (actor, noted) = (call.caller.actor, account.clone());
    aside(call.office.clone(), move |office| {
        Ok(office.gate.note(&actor, Action::ChangePassword, &format!("account {noted}"), "")?)
    })
    .await?;
    let change = call
        .office
        .passwords
        .begin(account, NewPassword { password, change_at_next_login: change_at_next_login == Some(true) });
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
