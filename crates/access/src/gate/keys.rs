//! Keys of the native API.

use std::time::Duration;

use model::WebDoor;

use super::{Gate, Result, name};
use crate::error::AccessError;
use crate::key::ApiKey;
use crate::principal::{Actor, Grant};
use crate::secret::{Secret, hashed};
use crate::store::Drawer;
use crate::visitor::Visitor;

/// A new key with its token, which is never shown again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// What is kept.
    pub key: ApiKey,
    /// What its owner keeps.
    pub token: String,
}

/// What tokens begin with, so that those who scan for lost secrets know them.
const PREFIX: &str = "prk_";

impl Gate {
    /// Makes a key.
    ///
    /// # Errors
    /// When the name or the grant is unfit, or the store fails.
    pub fn add_key(&self, text: &str, grant: Grant, lifetime: Option<Duration>) -> Result<NewKey> {
        fit(&grant)?;
        let now = self.clock.now();
        let token = format!("{PREFIX}{}", Secret::random::<32>()?.0);
        let hash = hashed(&token);
        let key = ApiKey {
            id: hash.get(..12).unwrap_or_default().to_owned(),
            name: name(text)?,
            grant,
            created: now,
            expires: lifetime.map(|length| now.after(length)),
            last_use: None,
            revoked: None,
        };
        self.put(Drawer::Keys, &hash, now, &key)?;
        Ok(NewKey { key, token })
    }

    /// Every key, also those that open nothing any more.
    ///
    /// # Errors
    /// When the store fails.
    pub fn keys(&self) -> Result<Vec<ApiKey>> {
        let mut keys: Vec<ApiKey> = self.all(Drawer::Keys)?.into_iter().map(|(_, key)| key).collect();
        keys.sort_by_key(|key| key.created);
        Ok(keys)
    }

    /// Revokes a key by its id: it opens nothing from now on.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub fn revoke_key(&self, id: &str) -> Result<ApiKey> {
        let _alone = self.change();
        let found = self.all::<ApiKey>(Drawer::Keys)?.into_iter().find(|(_, key)| key.id == id);
        let (hash, mut key) = found.ok_or_else(|| AccessError::Unknown(format!("key {id}")))?;
        key.revoked.get_or_insert(self.clock.now());
        self.put(Drawer::Keys, &hash, key.created, &key)?;
        Ok(key)
    }

    /// Who has that token.
    ///
    /// # Errors
    /// When it is none of ours or no longer valid, told as [`AccessError::TooMany`] after too many such from there; or when the
    /// store fails.
    pub fn bearer(&self, token: &str, visitor: &Visitor) -> Result<Actor> {
        let hash = hashed(token);
        let Some(key) = self.one::<ApiKey>(Drawer::Keys, &hash)? else {
            self.wrong(WebDoor::Key, None, visitor)?;
            return Err(AccessError::Invalid);
        };
        if !key.is_valid(self.clock.now()) {
            self.wrong(WebDoor::Key, Some(&called(&key)), visitor)?;
            return Err(AccessError::Expired);
        }
        self.touch_key(&hash, &key)?;
        Ok(Actor { principal: key.grant.principal(), name: called(&key), client: visitor.client })
    }

    fn touch_key(&self, hash: &str, used: &ApiKey) -> Result<()> {
        let now = self.clock.now();
        if !self.is_stale(used.last_use, now) {
            return Ok(());
        }
        let _alone = self.change();
        // Read again: a key that was revoked meanwhile must stay so.
        let Some(mut key) = self.one::<ApiKey>(Drawer::Keys, hash)? else { return Ok(()) };
        key.last_use = Some(now);
        self.put(Drawer::Keys, hash, key.created, &key)
    }
}

/// As the audit log calls it.
fn called(key: &ApiKey) -> String {
    format!("key {} ({})", key.id, key.name)
}

pub(super) fn fit(grant: &Grant) -> Result<()> {
    grant.complaint().map_or(Ok(()), |sentence| Err(AccessError::unfit(sentence)))
}
