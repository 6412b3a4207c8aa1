//! In and out.

use std::collections::HashMap;

use access::{AccessError, Visitor};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::cookie::Cookie;
use super::fault::Fault;
use super::form::Sent;
use super::parts::Console;
use super::respond::{done, page};
use super::visit::{Visit, set};
use crate::view::{LoginPage, Message, Tone};

/// `GET /console/login`
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Fault> {
    let to = query.get("to").map(String::as_str).unwrap_or_default();
    if visit.who().is_some() {
        return Ok(Redirect::to(inside(to)).into_response());
    }
    page(&console, &visit.plain(&console), &LoginPage { name: String::new(), to: inside(to).to_owned() })
}

/// `POST /console/login`
pub(super) async fn enter(State(console): State<Console>, visit: Visit, sent: Sent) -> Result<Response, Fault> {
    let (name, password) = (sent.field("name").to_owned(), sent.field("password").to_owned());
    let visitor = visit.visitor();
    let tried = console.in_turn(move |parts| Ok::<_, Fault>(parts.gate.log_in(&name, &password, &visitor))).await?;
    match tried {
        Ok((session, _)) => Ok(let_in(&session, inside(sent.field("to")), visitor)),
        Err(AccessError::Invalid | AccessError::Expired) => {
            again(&console, &visit, &sent, StatusCode::FORBIDDEN, "login.wrong")
        }
        Err(AccessError::TooMany) => again(&console, &visit, &sent, StatusCode::TOO_MANY_REQUESTS, "login.slow"),
        Err(error) => Err(error.into()),
    }
}

fn again(console: &Console, visit: &Visit, sent: &Sent, status: StatusCode, word: &str) -> Result<Response, Fault> {
    let mut frame = visit.plain(console);
    frame.message = Some(Message { tone: Tone::Bad, text: frame.words().say(word).to_owned() });
    let shown = LoginPage { name: sent.field("name").to_owned(), to: inside(sent.field("to")).to_owned() };
    Ok((status, page(console, &frame, &shown)?).into_response())
}

/// `GET /console/enter/{token}`: an invitation, which logs in once.
pub(super) async fn invited(
    State(console): State<Console>,
    visit: Visit,
    Path(token): Path<String>,
) -> Result<Response, Fault> {
    if visit.who().is_some() {
        return Ok(Redirect::to("/console/").into_response());
    }
    let visitor = visit.visitor();
    let followed = console.aside(move |parts| Ok::<_, Fault>(parts.gate.follow_invitation(&token, &visitor))).await?;
    match followed {
        Ok((session, _)) => Ok(let_in(&session, "/console/", visitor)),
        Err(AccessError::Invalid) => Err(Fault::Link),
        Err(error) => Err(error.into()),
    }
}

/// With a session from now on.
fn let_in(session: &str, to: &str, visitor: Visitor) -> Response {
    let mut response = Redirect::to(to).into_response();
    set(&mut response, &Cookie::Session.set(session, visitor.https, None));
    set(&mut response, &Cookie::Seed.forget(visitor.https));
    response
}

/// `POST /console/logout`
pub(super) async fn leave(State(console): State<Console>, visit: Visit, _sent: Sent) -> Result<Response, Fault> {
    if let Some(token) = visit.session().map(str::to_owned) {
        console.aside(move |parts| parts.gate.log_out(&token)).await?;
    }
    let mut response = done("/console/login", "out");
    set(&mut response, &Cookie::Session.forget(visit.visitor().https));
    Ok(response)
}

/// A page of ours, whatever the address says: a login must not be a way to another site.
fn inside(to: &str) -> &str {
    let plain = to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let ours = to.starts_with("/console/") && !to.starts_with("/console/log") && !to.contains("//");
    if plain && ours { to } else { "/console/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_leads_to_our_own_pages_only() {
        for kept in ["/console/blocks/abc", "/console/subjects/account/a%2Fb@c.example"] {
            assert_eq!(inside(kept), kept);
        }
        for other in [
            "",
            "//evil.example",
            "/console//evil.example",
            "https://evil.example",
            "/console/\\evil",
            "/console/logout",
            "/console/a\r\nb",
        ] {
            assert_eq!(inside(other), "/console/", "{other}");
        }
    }
}
