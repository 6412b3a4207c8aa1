//! Who the client is: the TCP peer, or who a listed peer says it is (PROXY protocol, XCLIENT, XFORWARD).
//!
//! Security: all three let the peer choose whom we count. A listed load balancer must send a PROXY header, any other
//! peer's is a syntax error; XCLIENT and XFORWARD from anyone else are refused.

use std::net::SocketAddr;
use std::sync::Arc;

use model::{AccountName, ClientAddr, DomainName, Login, OriginalDst, Session};
use wire::proxy_protocol;
use wire::smtp::{ClientAttributes, Reply};

use super::super::replies;
use super::Client;
use super::end::End;
use super::state::State;

/// Where the connection comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    source: SocketAddr,
}

impl Origin {
    pub(super) fn new(peer: SocketAddr) -> Self {
        Self { source: peer }
    }

    pub(super) fn client(self) -> ClientAddr {
        ClientAddr::new(self.source.ip())
    }
}

impl Client {
    /// Reads the PROXY protocol header of a listed load balancer; it comes before anything is said.
    pub(super) async fn read_origin(&mut self) -> Result<(), End> {
        if !self.trusts(&self.config.settings.proxy_protocol_from) {
            return Ok(());
        }
        let header = loop {
            match proxy_protocol::parse(&self.channel.input)? {
                Some(header) => break header,
                None => self.channel.fill(self.config.settings.client_timeout).await?,
            }
        };
        let _ = self.channel.input.split_to(header.length);
        if let proxy_protocol::Origin::Proxied { source, .. } = header.origin {
            self.origin = Origin { source };
        }
        Ok(())
    }

    /// XCLIENT: from here on the session is another client's, and begins anew.
    pub(super) fn xclient(&mut self, told: ClientAttributes) -> Result<State, End> {
        if told.names("ADDR") && told.value("ADDR").and_then(ClientAddr::parse).is_none() {
            self.mistake("command", replies::BAD_ARGUMENT)?;
            return Ok(State::Connected);
        }
        if let Some(connection) = self.kept.take() {
            connection.quit();
        }
        let session = Arc::make_mut(&mut self.session);
        note(session, &told);
        if told.names("LOGIN") {
            session.login = told.value("LOGIN").and_then(login);
        }
        if let (Some(address), port) = (told.value("DESTADDR").and_then(ClientAddr::parse), told.value("DESTPORT")) {
            let port = port.and_then(|port| port.parse().ok()).unwrap_or(25);
            session.original_dst = Some(OriginalDst(SocketAddr::new(address.ip(), port)));
        }
        self.reply(&Reply::of(&format!("220 {} ESMTP", self.config.name)));
        Ok(State::Connected)
    }

    /// XFORWARD: the client in front of the filter, for the messages that follow. Several commands add up.
    pub(super) fn xforward(&mut self, state: State, told: ClientAttributes) -> State {
        for name in ["NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE"] {
            if told.names(name) {
                self.forwarded.set(name, told.value(name).map(str::to_owned));
            }
        }
        note(Arc::make_mut(&mut self.session), &told);
        self.reply(&Reply::of(replies::OK));
        state
    }

    /// What the next hop is told of the client.
    pub(super) fn told(&self) -> ClientAttributes {
        let mut told = self.forwarded.clone();
        let session = &self.session;
        let address = session.client.map(|client| match client.ip() {
            std::net::IpAddr::V4(address) => address.to_string(),
            std::net::IpAddr::V6(address) => format!("IPv6:{address}"),
        });
        told.set("ADDR", address);
        told.set("NAME", session.client_name.as_ref().map(ToString::to_string));
        told.set("HELO", Some(session.helo.clone()));
        told.set("PROTO", Some("ESMTP".into()));
        told
    }
}

fn note(session: &mut Session, told: &ClientAttributes) {
    if let Some(client) = told.value("ADDR").and_then(ClientAddr::parse) {
        session.client = Some(client);
    }
    if told.names("NAME") {
        session.client_name = told.value("NAME").and_then(DomainName::new);
    }
    if let Some(helo) = told.value("HELO") {
        session.helo = helo.to_owned();
    }
}

fn login(name: &str) -> Option<Login> {
    AccountName::from_login(name).map(|account| Login { account, mechanism: "XCLIENT".into() })
}
