//! The command line's calls about keys, users, links and the audit log.

use access::{AuditQuery, ConsumerKey};

use super::access_types::{
    AuditLog, CredentialList, GrantKey, KeyList, LinksRevoked, MadeKey, MadeLink, MakeLink, NameOnly, NewKeyRequest,
    RevokeLinks, Revoked, Rotated, UserList, UserRequest,
};
use super::client::{ControlClient, ControlError};

impl ControlClient {
    /// Keys and applications.
    pub async fn keys(&self) -> Result<KeyList, ControlError> {
        self.ask("/control/keys").await
    }

    /// Makes a key, or an application.
    pub async fn add_key(&self, wanted: &NewKeyRequest) -> Result<MadeKey, ControlError> {
        self.tell("/control/keys", wanted).await
    }

    /// Revokes a key by its id, an application by its key, or a consumer key by its number.
    pub async fn revoke_key(&self, id: &str, by: &str) -> Result<Revoked, ControlError> {
        let plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !plain {
            return Err(ControlError::Unknown(format!("there is no key {id}")));
        }
        self.tell(&format!("/control/keys/{id}/revoke"), &NameOnly { by: by.to_owned() }).await
    }

    /// Consumer keys.
    pub async fn credentials(&self) -> Result<CredentialList, ControlError> {
        self.ask("/control/credentials").await
    }

    /// Grants a consumer key that waits, or refuses it.
    pub async fn answer_credential(&self, refuse: bool, answer: &GrantKey) -> Result<ConsumerKey, ControlError> {
        let word = if refuse { "refuse" } else { "grant" };
        self.tell(&format!("/control/credentials/{word}"), answer).await
    }

    /// The users of the console.
    pub async fn users(&self) -> Result<UserList, ControlError> {
        self.ask("/control/users").await
    }

    /// Enters a user.
    pub async fn add_user(&self, user: &UserRequest) -> Result<UserList, ControlError> {
        self.tell("/control/users", user).await
    }

    /// Gives a user another password; his sessions end.
    pub async fn set_password(&self, user: &UserRequest) -> Result<Revoked, ControlError> {
        self.tell("/control/users/password", user).await
    }

    /// Takes a user out; his sessions end.
    pub async fn remove_user(&self, user: &UserRequest) -> Result<Revoked, ControlError> {
        self.tell("/control/users/remove", user).await
    }

    /// A signed link to a block, as a letter would have it.
    pub async fn make_link(&self, wanted: &MakeLink) -> Result<MadeLink, ControlError> {
        self.tell("/control/links/new", wanted).await
    }

    /// Revokes the links of one block, or all, that were made so far.
    pub async fn revoke_links(&self, wanted: &RevokeLinks) -> Result<LinksRevoked, ControlError> {
        self.tell("/control/links/revoke", wanted).await
    }

    /// Makes a new key that signs links from now on.
    pub async fn rotate_keys(&self, by: &str) -> Result<Rotated, ControlError> {
        self.tell("/control/links/rotate", &NameOnly { by: by.to_owned() }).await
    }

    /// Lines of the audit log, latest first.
    pub async fn audit(&self, query: &AuditQuery) -> Result<AuditLog, ControlError> {
        let fields = [("who", &query.who), ("action", &query.action), ("on", &query.on)];
        let given = fields.iter().filter_map(|(name, value)| Some(format!("&{name}={}", encoded(value.as_deref()?))));
        self.ask(&format!("/control/audit?limit={}{}", query.limit, given.collect::<String>())).await
    }
}

/// A value of a query (RFC 3986 3.4): everything but letters and digits is encoded.
fn encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}
