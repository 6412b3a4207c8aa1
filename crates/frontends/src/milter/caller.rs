//! Who is connected: the session as the MTA describes it in packets and macros.
//!
//! Security: all of it is believed, because the MTA is: who can connect to a milter's socket can say anything. What the
//! *client* chose (HELO, its name in DNS) is bounded, and only shown or scored.

use model::names::bounded;
use model::{AccountName, ClientAddr, DomainName, Login, Session, Via};
use wire::milter::{Connect, Family, Macros};

/// RFC 5321 4.5.3.1.2.
const MAX_HELO: usize = 255;
const MAX_WORD: usize = 64;

/// The session of a client that has just connected.
pub(super) fn connected(connect: &Connect<'_>, macros: &Macros) -> Session {
    let mut session = Session::new(via(connect, macros));
    session.client = address(connect.address).or_else(|| from_macro(macros));
    session.client_name = client_name(connect, macros);
    session.daemon = word(macros, "daemon_name");
    session
}

/// The greeting's name.
pub(super) fn greeted(session: &mut Session, name: &[u8], macros: &Macros) {
    session.helo = text(name, MAX_HELO);
    session.tls = is_encrypted(macros);
}

/// What is known at MAIL for the session as it is; `None` when nothing has changed, so that a session that is shared with
/// messages still being judged is not copied for nothing.
pub(super) fn updated(session: &Session, macros: &Macros) -> Option<Session> {
    let login = login(macros);
    let client = session.client.or_else(|| from_macro(macros));
    let tls = session.tls || is_encrypted(macros);
    let daemon = word(macros, "daemon_name");
    let same = session.login == login && session.client == client && session.tls == tls && session.daemon == daemon;
    (!same).then(|| Session { login, client, tls, daemon, ..session.clone() })
}

/// Text from the network: UTF-8 as far as it is, no control characters, at most `max` bytes.
pub(super) fn text(bytes: &[u8], max: usize) -> String {
    let lossy = String::from_utf8_lossy(bytes.get(..max).unwrap_or(bytes));
    bounded(&lossy, max).chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// Postfix gives port 0 to mail that did not come over SMTP (sendmail(1), qmqp, bounces), Sendmail family `U` or the
/// address `0` to what came on standard input.
fn via(connect: &Connect<'_>, macros: &Macros) -> Via {
    let no_network = matches!(connect.family, Family::Unknown | Family::Unix) && from_macro(macros).is_none();
    let no_port = matches!(connect.family, Family::Inet | Family::Inet6) && connect.port == 0;
    if no_network || no_port { Via::MilterLocal } else { Via::Milter }
}

fn from_macro(macros: &Macros) -> Option<ClientAddr> {
    macros.value("client_addr").and_then(address)
}

fn address(text: &[u8]) -> Option<ClientAddr> {
    ClientAddr::parse(std::str::from_utf8(text).ok()?)
}

/// The name that the MTA has verified. `{client_ptr}` is not asked for: it is whatever the client's own DNS says.
fn client_name(connect: &Connect<'_>, macros: &Macros) -> Option<DomainName> {
    let host = macros.value("client_name").unwrap_or(connect.host);
    let host = std::str::from_utf8(host).ok()?;
    let is_name = !host.starts_with('[') && !host.eq_ignore_ascii_case("unknown");
    DomainName::new(host).filter(|_| is_name)
}

/// The login of the message at hand: a connection may log in again, and an empty name is nobody's.
fn login(macros: &Macros) -> Option<Login> {
    let name = macros.value("auth_authen")?;
    let account = AccountName::from_login(&String::from_utf8_lossy(name))?;
    Some(Login { account, mechanism: word(macros, "auth_type") })
}

fn is_encrypted(macros: &Macros) -> bool {
    macros.value("tls_version").is_some()
}

fn word(macros: &Macros, name: &str) -> String {
    macros.value(name).map(|value| text(value, MAX_WORD)).unwrap_or_default()
}
