//! AUTH (RFC 4954), passed through: the next hop decides, we read who it is.
//!
//! Security: the connection to the next hop is this client's from its first AUTH on. The login counts when the next hop has
//! said 235, and not before; one that can't be read from its mechanism is no login, never a guessed one.

use std::sync::Arc;

use model::{AccountName, Event, Login, Refusal};
use pipeline::Admission;
use wire::smtp::auth;
use wire::smtp::line::MAX_AUTH;
use wire::smtp::{Reply, take_line};

use super::super::hop::HopConnection;
use super::super::replies;
use super::Client;
use super::end::End;
use super::refusals::Refused;
use super::state::{Greeted, State};

const WRONG_CREDENTIALS: u16 = 535;

impl Client {
    pub(super) async fn auth(
        &mut self,
        greeted: Greeted,
        mechanism: String,
        initial: Option<String>,
    ) -> Result<State, End> {
        if self.session.login.is_some() {
            self.mistake("auth", replies::ALREADY_AUTHENTICATED)?;
            return Ok(State::Greeted(greeted));
        }
        if !greeted.offered.auth.contains(&mechanism) {
            self.mistake("auth", replies::NO_MECHANISM)?;
            return Ok(State::Greeted(greeted));
        }
        let known = initial.as_deref().and_then(|response| read_login(&mechanism, response));
        if let Some(refusal) = self.locked_out(known.as_deref()) {
            self.errors += 1;
            self.turned_away(&replies::refused(&refusal))?;
            return Ok(State::Greeted(greeted));
        }
        let Ok(mut hop) = self.lease().await else {
            self.answer(Refused::by_us("auth"), &Reply::of(replies::UNREACHABLE));
            return Ok(State::Greeted(greeted));
        };
        hop.is_bound = true;
        // RFC 4954 4: not within a transaction, as one that another client has given up on this connection.
        hop.reset(self.config.settings.command_timeout).await.map_err(|error| End::NextHop(error.reply()))?;
        let (reply, login) = self.exchange(&mut hop, &mechanism, initial).await?;
        self.reply(&reply);
        self.kept = Some(hop);
        self.decided(&reply, login, mechanism);
        Ok(State::Greeted(greeted))
    }

    /// Carries challenges and responses between the two until the next hop has decided; its reply, and who it was about.
    async fn exchange(
        &mut self,
        hop: &mut HopConnection,
        mechanism: &str,
        initial: Option<String>,
    ) -> Result<(Reply, Option<String>), End> {
        // The first response only: the second one of LOGIN is the password.
        let mut response_is_due = initial.is_none();
        let mut login = initial.as_deref().and_then(|response| read_login(mechanism, response));
        let mut line = match initial {
            Some(initial) => format!("AUTH {mechanism} {initial}\r\n"),
            None => format!("AUTH {mechanism}\r\n"),
        };
        loop {
            let limit = self.config.settings.command_timeout;
            let reply = hop.command(&line, limit).await.map_err(|error| End::NextHop(error.reply()))?;
            if reply.code() != 334 {
                return Ok((reply, login));
            }
            self.reply(&reply);
            line = self.response().await?;
            if std::mem::take(&mut response_is_due) {
                login = read_login(mechanism, line.trim_end());
                if let Some(refusal) = self.locked_out(login.as_deref()) {
                    // The next hop still waits for the password: RFC 4954 4 has "*" for calling it off.
                    hop.command("*\r\n", limit).await.map_err(|error| End::NextHop(error.reply()))?;
                    return Ok((replies::refused(&refusal), None));
                }
            }
        }
    }

    /// The client's next line in the exchange, with CRLF; whatever it is, it is the next hop's to understand.
    async fn response(&mut self) -> Result<String, End> {
        let line = loop {
            if let Some(line) = take_line(&mut self.channel.input, MAX_AUTH)? {
                break line;
            }
            self.flush().await?;
            self.channel.fill(self.config.settings.client_timeout).await?;
        };
        Ok(format!("{}\r\n", String::from_utf8_lossy(&line)))
    }

    /// Why this login may not even be tried.
    fn locked_out(&self, login: Option<&str>) -> Option<Refusal> {
        if self.intercepted.is_some() {
            return None;
        }
        let account = login.and_then(AccountName::from_login);
        match self.judge.may_log_in(&self.session, account.as_ref()) {
            Admission::Proceed => None,
            Admission::Refuse(refusal) => Some(refusal),
        }
    }

    /// The next hop's word on the login. Only 535 says that the credentials are wrong (RFC 4954 6).
    fn decided(&mut self, reply: &Reply, login: Option<String>, mechanism: String) {
        if self.intercepted.is_none() && (reply.is_positive() || reply.code() == WRONG_CREDENTIALS) {
            let account = login.as_deref().and_then(AccountName::from_login);
            self.judge.login_ended(&self.session, account.as_ref(), reply.is_positive());
        }
        if reply.is_positive() {
            self.logged_in(login, mechanism);
        }
    }

    /// Security: the destination of an intercepted client may be his own server, which takes any login: his customer's
    /// neighbour would be charged. There a login is nobody's.
    fn logged_in(&mut self, login: Option<String>, mechanism: String) {
        if self.intercepted.is_some() {
            return;
        }
        let account = login.as_deref().and_then(AccountName::from_login);
        let Some(account) = account else {
            self.proxy.stats.logins_unknown.add(1);
            let missing = "the login: its SASL mechanism hides it; offer PLAIN and LOGIN only";
            self.proxy.events.emit(&Event::MissingIdentity { via: self.session.via, missing });
            return;
        };
        self.proxy.stats.logins.add(1);
        Arc::make_mut(&mut self.session).login = Some(Login { account, mechanism });
    }
}

fn read_login(mechanism: &str, response: &str) -> Option<String> {
    match mechanism {
        "PLAIN" => auth::plain(response.as_bytes()),
        "LOGIN" => auth::login(response.as_bytes()),
        _ => None,
    }
}
