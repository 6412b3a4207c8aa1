//! EHLO and HELO: what the client is offered is what the next hop can and we can honour.

use std::sync::Arc;

use wire::smtp::{Capabilities, Reply};

use super::super::replies;
use super::Client;
use super::end::End;
use super::refusals::Refused;
use super::state::{Greeted, State};

impl Client {
    /// EHLO; it ends a transaction that is open (RFC 5321 4.1.4). Without a next hop nothing can be offered, and a client
    /// that finds no AUTH would give up for good: so it is told to come back.
    pub(super) async fn ehlo(&mut self, state: State, name: String) -> Result<State, End> {
        self.closed(state);
        if self.denied {
            return Ok(self.welcomed(name, self.offered_in_vain()));
        }
        self.aim(&name);
        let next_hop = match &self.kept {
            Some(connection) => Ok(Arc::clone(&connection.capabilities)),
            None => self.hops.offer().await,
        };
        let next_hop = match next_hop {
            Ok(next_hop) => next_hop,
            Err(error) => match self.refused_onward(&error) {
                Some(reply) => {
                    self.answer(Refused::by_us("command"), &reply);
                    return Ok(State::Connected);
                }
                None => return Err(End::NextHop(Reply::of(replies::UNREACHABLE_CLOSING))),
            },
        };
        let offered = self.offered(&next_hop);
        Ok(self.welcomed(name, offered))
    }

    fn welcomed(&mut self, name: String, offered: Capabilities) -> State {
        let mut lines = vec![format!("{} at your service", self.config.name)];
        lines.extend(offered.lines());
        self.reply(&Reply::lines(250, &lines));
        self.introduced(name);
        State::Greeted(Greeted { offered: Arc::new(offered) })
    }

    fn offered(&self, next_hop: &Capabilities) -> Capabilities {
        let settings = &self.config.settings;
        let limit = settings.max_message.0;
        let may_log_in = self.session.tls || !settings.auth_needs_tls;
        Capabilities {
            starttls: self.offers_tls(next_hop),
            auth: if may_log_in { next_hop.auth.clone() } else { Vec::new() },
            xclient: self.trusts(&settings.xclient_from),
            xforward: self.trusts(&settings.xforward_from),
            ..next_hop.offered(limit)
        }
    }

    /// HELO: no extensions.
    pub(super) fn helo(&mut self, state: State, name: String) -> State {
        self.closed(state);
        self.aim(&name);
        self.introduced(name);
        self.reply(&Reply::of(&format!("250 {}", self.config.name)));
        State::Greeted(Greeted { offered: Arc::default() })
    }

    /// A trusted peer has told the client's name before it told its own.
    fn introduced(&mut self, name: String) {
        if self.session.helo.is_empty() || !self.trusts(&self.config.settings.xclient_from) {
            Arc::make_mut(&mut self.session).helo = name;
        }
    }
}
