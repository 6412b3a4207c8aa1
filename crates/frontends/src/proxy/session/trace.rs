//! The Received field that a message leaves with (RFC 5321 4.4): who handed it in, to whom, how, and when.
//!
//! Security: what the client says of itself is cut down to what a host name is made of, or it could end the field. The
//! recipients aren't named: that would show blind copies.

use model::{Session, Timestamp, Via};

use super::Client;
use super::state::Transaction;

impl Client {
    /// The field with its CRLF; empty when it isn't wanted, for the client of a server in front, which has told of it by
    /// XFORWARD and writes the field itself, and for an intercepted client, which believes that it speaks to its destination.
    pub(super) fn trace(&self, transaction: &Transaction, at: Timestamp) -> String {
        let is_told = self.forwarded != wire::smtp::ClientAttributes::default();
        if is_told || self.session.via != Via::Proxy || !self.config.settings.received {
            return String::new();
        }
        let with = protocol(transaction.mail.smtputf8, transaction.greeted.offered.pipelining, &self.session);
        let (from, by, at) = (client(&self.session), &self.config.name, at.rfc5322());
        format!("Received: from {from}\r\n\tby {by} with {with};\r\n\t{at}\r\n")
    }
}

/// `helo.example (name.example [192.0.2.1])`
fn client(session: &Session) -> String {
    let address = session.client.map(|client| match client.ip() {
        std::net::IpAddr::V4(address) => format!("[{address}]"),
        std::net::IpAddr::V6(address) => format!("[IPv6:{address}]"),
    });
    let name = session.client_name.as_ref().map_or("unknown", model::DomainName::as_str);
    format!("{} ({name} {})", host(&session.helo), address.unwrap_or_default())
}

/// A name or an address literal, or what is left of it.
fn host(name: &str) -> String {
    let is_part = |c: &char| c.is_ascii_alphanumeric() || "-._:[]".contains(*c);
    let clean: String = name.chars().filter(is_part).take(255).collect();
    if clean.is_empty() { "unknown".into() } else { clean }
}

/// The protocol in the words of RFC 3848 and RFC 6531 4.3.
fn protocol(smtputf8: bool, extended: bool, session: &Session) -> String {
    let base = match (smtputf8, extended) {
        (true, _) => "UTF8SMTP",
        (false, true) => "ESMTP",
        (false, false) => return "SMTP".into(),
    };
    let tls = if session.tls { "S" } else { "" };
    let login = if session.login.is_some() { "A" } else { "" };
    format!("{base}{tls}{login}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{AccountName, Login};

    #[test]
    fn the_protocol_has_its_registered_name() {
        let mut session = Session::new(Via::Proxy);
        assert_eq!(protocol(false, false, &session), "SMTP");
        assert_eq!(protocol(true, true, &session), "UTF8SMTP");
        session.tls = true;
        assert_eq!(protocol(false, true, &session), "ESMTPS");
        let account = AccountName::from_login("bob@shop.example").unwrap();
        session.login = Some(Login { account, mechanism: "PLAIN".into() });
        assert_eq!(protocol(false, true, &session), "ESMTPSA");
    }

    #[test]
    fn a_client_cannot_write_a_header_by_its_name() {
        assert_eq!(host("laptop.example"), "laptop.example");
        assert_eq!(host("[IPv6:2001:db8::1]"), "[IPv6:2001:db8::1]");
        assert_eq!(host("a)\r\nBcc: <x@example.net>"), "aBcc:xexample.net");
        assert_eq!(host("\u{e9}"), "unknown");
    }
}
