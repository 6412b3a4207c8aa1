//! Application and consumer keys, as clients of the provider API have them: an application asks for a consumer key with
//! rules, a customer grants it, and requests are signed with both.

use ipnet::IpNet;
use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::AccessError;
use crate::principal::Grant;

/// A program that may ask customers for consumer keys. Its secret is derived from the key file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Its number, for clients that show one.
    pub id: u64,
    /// The key, which is no secret.
    pub key: String,
    /// What it is.
    pub name: String,
    /// The number of the key of the key file that its secret is derived from.
    pub site_key: u32,
    /// When it was made.
    pub created: Timestamp,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
}

/// What a consumer key may be used for: a method, and a path in which `*` stands for anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessRule {
    /// GET, POST, PUT or DELETE.
    pub method: String,
    /// The path without prefix, such as `/ip/*`.
    pub path: String,
}

impl AccessRule {
    /// Everything, by every method.
    pub fn everything() -> Vec<Self> {
        ["GET", "POST", "PUT", "DELETE"].map(|method| Self { method: method.into(), path: "/*".into() }).into()
    }

    /// Whether a request falls under it. HEAD is GET without the body.
    pub fn covers(&self, method: &str, path: &str) -> bool {
        let method = if method == "HEAD" { "GET" } else { method };
        self.method == method && matches(&self.path, path)
    }

    fn is_fit(&self) -> bool {
        let known = ["GET", "POST", "PUT", "DELETE"].contains(&self.method.as_str());
        known && self.path.len() <= MAX_PATH && self.path.starts_with(['/', '*']) && self.path.is_ascii()
    }
}

/// Whether the text has the pattern's parts in their order; every `*` stands for anything. Each part is taken at its first
/// place, which is enough for `*` and linear.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(text) = text.strip_prefix(head) else { return false };
    let (middle, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
    let Some(mut text) = text.strip_suffix(tail) else { return false };
    for part in middle.split('*').filter(|part| !part.is_empty()) {
        match text.split_once(part) {
            Some((_, behind)) => text = behind,
            None => return false,
        }
    }
    true
}

/// Where a consumer key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CredentialState {
    /// The customer has not answered yet.
    PendingValidation,
    /// He has granted it.
    Validated,
    /// He has refused it, or taken it back.
    Refused,
    /// Its time is over.
    Expired,
}

impl CredentialState {
    /// The word of the provider API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PendingValidation => "pendingValidation",
            Self::Validated => "validated",
            Self::Refused => "refused",
            Self::Expired => "expired",
        }
    }
}

/// What is kept of a consumer key; the key itself is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsumerKey {
    /// Its number.
    pub id: u64,
    /// The application that asked for it.
    pub application: String,
    /// What for.
    pub rules: Vec<AccessRule>,
    /// Where it stands, as it was written; [`Self::state_at`] looks at the clock too.
    pub state: CredentialState,
    /// What whoever validated it gave.
    pub grant: Option<Grant>,
    /// Who that was.
    pub by: String,
    /// From where it may be used; empty for anywhere.
    pub allowed_ips: Vec<IpNet>,
    /// Where the customer's browser goes afterwards.
    pub redirection: Option<String>,
    /// When it was asked for.
    pub created: Timestamp,
    /// When it is over.
    pub expires: Option<Timestamp>,
    /// When it was used last, to the minute.
    pub last_use: Option<Timestamp>,
}

impl ConsumerKey {
    /// Where it stands now.
    pub fn state_at(&self, now: Timestamp) -> CredentialState {
        if self.expires.is_some_and(|end| end <= now) { CredentialState::Expired } else { self.state }
    }

    /// Whether a request falls under its rules.
    pub fn covers(&self, method: &str, path: &str) -> bool {
        self.rules.iter().any(|rule| rule.covers(method, path))
    }

    /// Whether it may be used from there.
    pub fn allows(&self, client: Option<std::net::IpAddr>) -> bool {
        let canonical = client.map(|address| address.to_canonical());
        self.allowed_ips.is_empty() || canonical.is_some_and(|ip| self.allowed_ips.iter().any(|net| net.contains(&ip)))
    }
}

/// What an application asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewCredential {
    /// What for.
    pub rules: Vec<AccessRule>,
    /// Where the customer's browser goes afterwards.
    pub redirection: Option<String>,
    /// From where it may be used; empty for anywhere.
    pub allowed_ips: Vec<IpNet>,
}

const MAX_RULES: usize = 100;
const MAX_PATH: usize = 512;
const MAX_URL: usize = 2048;
const MAX_IPS: usize = 100;

impl NewCredential {
    /// What can't be granted, as a sentence.
    pub(crate) fn check(&self) -> Result<(), AccessError> {
        let sentence = if self.rules.is_empty() || self.rules.len() > MAX_RULES {
            "accessRules: expected 1 to 100 rules"
        } else if !self.rules.iter().all(AccessRule::is_fit) {
            "accessRules: expected a method (GET, POST, PUT, DELETE) and a path like /ip/*"
        } else if self.redirection.as_deref().is_some_and(|url| !is_url(url)) {
            "redirection: expected an address that begins with https:// or http://"
        } else if self.allowed_ips.len() > MAX_IPS {
            "allowedIPs: expected at most 100 networks"
        } else {
            return Ok(());
        };
        Err(AccessError::unfit(sentence))
    }
}

/// Only a web page: a `javascript:` address would run in the console's page.
fn is_url(text: &str) -> bool {
    let web = text.starts_with("https://") || text.starts_with("http://");
    web && text.len() <= MAX_URL && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, path, fits) in [
            ("/ip", "/ip", true),
            ("/ip", "/ip/", false),
            ("/ip/*", "/ip/192.0.2.0%2F24/spam", true),
            ("/ip/*", "/ip", false),
            ("*", "/me", true),
            ("/*", "/", true),
            ("/ip/*/spam", "/ip/a/spam", true),
            ("/ip/*/spam", "/ip/a/spam/b", false),
            ("/ip/*/spam/*/unblock", "/ip/a/spam/b/unblock", true),
            ("/ip/*/spam/*/unblock", "/ip/a/unblock", false),
            ("/a*a", "/a", false),
        ] {
            assert_eq!(matches(pattern, path), fits, "{pattern} {path}");
        }
        let rule = AccessRule { method: "GET".into(), path: "/*".into() };
        assert!(rule.covers("GET", "/x") && rule.covers("HEAD", "/x") && !rule.covers("POST", "/x"));
    }

    #[test]
    fn what_an_application_asks_for_is_bounded() {
        let fine = NewCredential { rules: AccessRule::everything(), ..NewCredential::default() };
        assert!(fine.check().is_ok());
        let rule = |method: &str, path: &str| vec![AccessRule { method: method.into(), path: path.into() }];
        for wrong in [
            NewCredential::default(),
            NewCredential { rules: rule("PATCH", "/*"), ..fine.clone() },
            NewCredential { rules: rule("GET", "ip"), ..fine.clone() },
            NewCredential { redirection: Some("javascript:alert(1)".into()), ..fine.clone() },
            NewCredential { rules: vec![rule("GET", "/*")[0].clone(); 101], ..fine },
        ] {
            assert!(wrong.check().is_err(), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn a_star_is_what_trying_everything_finds(pattern in "/[ab*]{0,6}", text in "/[ab]{0,8}") {
            let tried = try_all(pattern.as_bytes(), text.as_bytes());
            prop_assert_eq!(matches(&pattern, &text), tried);
        }
    }

    fn try_all(pattern: &[u8], text: &[u8]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some((b'*', rest)) => (0..=text.len()).any(|at| try_all(rest, &text[at..])),
            Some((byte, rest)) => text.split_first().is_some_and(|(first, left)| first == byte && try_all(rest, left)),
        }
    }
}
