//! What is asked and answered about keys, users, links and the audit log.

use access::{ApiKey, Application, AuditEntry, ConsumerKey, Grant, User};
use serde::{Deserialize, Serialize};

/// `GET /control/keys`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyList {
    /// Keys of the native API, oldest first.
    pub keys: Vec<ApiKey>,
    /// Applications of the compatible API, oldest first.
    pub applications: Vec<Application>,
}

/// The body of `POST /control/keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewKeyRequest {
    /// What for.
    pub name: String,
    /// What it opens; an application may go without, then customers grant.
    pub grant: Option<Grant>,
    /// Whether an application is meant, with a consumer key when there is a grant.
    #[serde(default)]
    pub application: bool,
    /// How long it lasts, in seconds; without end otherwise.
    #[serde(default)]
    pub lifetime: Option<u64>,
    /// Who makes it, for the audit log, 1 to 64 characters.
    pub by: String,
}

/// What was made. The secrets are never shown again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeKey {
    /// A key of the native API.
    pub key: Option<ApiKey>,
    /// Its token.
    pub token: Option<String>,
    /// An application.
    pub application: Option<Application>,
    /// Its secret.
    pub secret: Option<String>,
    /// The consumer key that was granted with it.
    pub consumer_key: Option<String>,
    /// What is kept of that.
    pub credential: Option<ConsumerKey>,
}

/// The body of calls that need no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NameOnly {
    /// Who does it, for the audit log, 1 to 64 characters.
    pub(super) by: String,
}

/// What opens nothing any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// In words.
    pub what: String,
}

/// `GET /control/credentials`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialList {
    /// Consumer keys, oldest first, each in the state of the moment.
    pub credentials: Vec<ConsumerKey>,
}

/// The body of `POST /control/credentials/grant` and `/refuse`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantKey {
    /// The consumer key, its number, or the token of its validation address.
    pub consumer_key: String,
    /// What it opens, within its rules.
    #[serde(default)]
    pub grant: Option<Grant>,
    /// How long, in seconds; without end otherwise.
    #[serde(default)]
    pub lifetime: Option<u64>,
    /// Who grants it, for the audit log, 1 to 64 characters.
    pub by: String,
}

/// `GET /control/users`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserList {
    /// The users by name, without passwords.
    pub users: Vec<User>,
}

/// The body of `POST /control/users`, `/control/users/password` and `/control/users/remove`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserRequest {
    /// His name.
    pub name: String,
    /// What he may; for a new one.
    #[serde(default)]
    pub grant: Option<Grant>,
    /// His password; not to remove him.
    #[serde(default)]
    pub password: String,
    /// Who does it, for the audit log, 1 to 64 characters.
    pub by: String,
}

/// The body of `POST /control/links/revoke`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevokeLinks {
    /// The block whose links are meant; all otherwise.
    #[serde(default)]
    pub block: Option<String>,
    /// Who does it, for the audit log, 1 to 64 characters.
    pub by: String,
}

/// The answer to [`RevokeLinks`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinksRevoked {
    /// The block whose links lead nowhere now; `None` for all.
    pub block: Option<String>,
}

/// The body of `POST /control/links/new`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MakeLink {
    /// The block that it shall lead to.
    pub block: String,
    /// Who does it, for the audit log, 1 to 64 characters.
    pub by: String,
}

/// A link that was in no letter; it opens its block for as long as theirs do.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeLink {
    /// What stands behind `/console/case/`.
    pub key: String,
}

/// The key lets in.
impl std::fmt::Debug for MadeLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MadeLink").finish_non_exhaustive()
    }
}

/// The answer to `POST /control/links/rotate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotated {
    /// The number of the key that signs from now on.
    pub number: u32,
}

/// `GET /control/audit`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLog {
    /// Its lines, latest first.
    pub entries: Vec<AuditEntry>,
}
