//! The identity ladder: login, trusted header, client address. MAIL FROM, which the sender chooses, is never an identity.

use std::net::Ipv4Addr;

use ipnet::IpNet;
use model::address::DomainName;
use model::{AccountName, ClientAddr, Identity, Session, Submission, Via};

settings::choice! {
    /// What the `domain` subject of a message is.
    pub enum DomainFrom {
        /// The domain of the login, which the sender can't choose.
        Login = "login",
        /// The domain of MAIL FROM, which he can.
        Sender = "sender",
    }
}

/// A network an operator trusts; a bare address is itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrustedNetwork(pub IpNet);

impl settings::Setting for TrustedNetwork {
    fn allowed() -> String {
        "a network in quotes, like \"192.0.2.0/24\", \"2001:db8::/32\" or \"192.0.2.1\"".into()
    }
    fn read(value: &settings::Value<'_>) -> Result<Self, String> {
        let text = String::read(value).map_err(|_| format!("expected {}", Self::allowed()))?;
        let net = text.parse::<IpNet>().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from));
        net.map(Self).ok_or_else(|| format!("expected {}, found \"{text}\"", Self::allowed()))
    }
    fn show(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

settings::settings! {
    /// Who a message is charged to. The SASL login comes first, then the trusted header, then the client's address
    /// (IPv6 by /64). MAIL FROM is never an identity: whoever sends can write anything there.
    pub table IdentitySettings = "identity" {
        /// A header field that names the account, added by a webmail or a web server's mail wrapper, such as
        /// "X-Authenticated-Sender". It counts only when there is no login and the client is in `trusted_header_from`.
        /// Empty: no such field.
        /// Whoever adds it must remove the client's own first: a message with two of them is charged to its address.
        trusted_header: Option<String> = None;
        /// The networks whose `trusted_header` is believed. Empty: nobody's.
        trusted_header_from: Vec<TrustedNetwork> = Vec::new();
        /// Where outgoing mail comes from when nobody has logged in: your customers' networks. Mail of other hosts without
        /// a login is inbound: it passes unread and uncounted. Empty: everything that reaches the filter is outgoing,
        /// so only the listeners for submission and relaying may use it.
        outbound_from: Vec<TrustedNetwork> = Vec::new();
        /// What the subject `domain` is: "login" (the login's domain) or "sender" (MAIL FROM's domain: with this
        /// somebody can get another's domain blocked by writing it there).
        domain: DomainFrom = DomainFrom::Login;
    }
}

/// The identity as far as the session tells it.
pub(crate) fn of_session(session: &Session, sender: Option<DomainName>, rules: &IdentitySettings) -> Identity {
    let account = session.login.as_ref().map(|login| login.account.clone());
    charged(account, client_of(session), sender, rules)
}

/// Whether this is mail that comes in, and none of ours to judge.
pub(crate) fn is_inbound(session: &Session, rules: &IdentitySettings) -> bool {
    let Some(client) = session.client.filter(|_| !rules.outbound_from.is_empty()) else { return false };
    let ours = rules.outbound_from.iter().any(|net| net.0.contains(&client.ip()));
    session.login.is_none() && session.via != Via::MilterLocal && !ours
}

/// Mail of this host's own programs has no address of its own. It is charged to 0.0.0.0 ("this host", RFC 1122 3.2.1.3):
/// the loopback address belongs to clients that connect, and their block must not stop a web server's scripts, or the
/// other way round.
fn client_of(session: &Session) -> Option<ClientAddr> {
    match session.via {
        Via::MilterLocal => Some(ClientAddr::new(Ipv4Addr::UNSPECIFIED.into())),
        _ => session.client,
    }
}

/// The identity of a whole message: the trusted header counts too.
pub(crate) fn of_submission(submission: &Submission, rules: &IdentitySettings) -> Identity {
    let session = &submission.session;
    let login = session.login.as_ref().map(|login| login.account.clone());
    let account = login.or_else(|| from_header(submission, rules));
    charged(account, client_of(session), submission.envelope.sender.domain(), rules)
}

fn charged(
    account: Option<AccountName>,
    client: Option<ClientAddr>,
    sender: Option<DomainName>,
    rules: &IdentitySettings,
) -> Identity {
    let domain = match rules.domain {
        DomainFrom::Login => account.as_ref().and_then(AccountName::domain).and_then(DomainName::new),
        DomainFrom::Sender => sender,
    };
    Identity { account, network: client.map(ClientAddr::network), domain }
}

fn from_header(submission: &Submission, rules: &IdentitySettings) -> Option<AccountName> {
    let name = rules.trusted_header.as_deref()?;
    let client = submission.session.client?.ip();
    if !rules.trusted_header_from.iter().any(|net| net.0.contains(&client)) {
        return None;
    }
    if features::header_count(&submission.message.raw, name) > 1 {
        return None;
    }
    let value = features::header_value(&submission.message.raw, name)?;
    AccountName::from_login(without_name(value.trim()))
}

/// `Bob <bob@shop.example>` is the account in angle brackets.
fn without_name(value: &str) -> &str {
    let address = value.strip_suffix('>').and_then(|value| value.rsplit_once('<'));
    address.map_or(value, |(_, address)| address.trim())
}

impl IdentitySettings {
    /// What contradicts itself, as `(option, sentence)`.
    pub fn contradictions(&self) -> Vec<(String, String)> {
        let message = match (&self.trusted_header, self.trusted_header_from.is_empty()) {
            (Some(_), true) => "is set, but trusted_header_from names no network: nobody would be believed",
            (None, false) => {
                return vec![("identity.trusted_header_from".into(), "is set without trusted_header".into())];
            }
            _ => return Vec::new(),
        };
        vec![("identity.trusted_header".into(), message.into())]
    }
}
