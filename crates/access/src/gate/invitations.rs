//! Invitations: a link that logs a user in once, without his password. They are in memory only, since they are for the
//! next few minutes: a restart takes them back.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use model::{Timestamp, WebDoor};

use super::{Gate, Result};
use crate::error::AccessError;
use crate::gate::people::{SignedIn, folded, unknown};
use crate::secret::{Secret, hashed};
use crate::store::Drawer;
use crate::user::User;
use crate::visitor::Visitor;

/// More at a time are not given out.
const MOST: usize = 100;

/// Those not used yet, by the hash of their token.
#[derive(Default)]
pub(super) struct Invitations(Mutex<HashMap<String, Invitation>>);

struct Invitation {
    user: String,
    expires: Timestamp,
}

impl Invitations {
    fn add(&self, hash: String, invitation: Invitation, now: Timestamp) -> Result<()> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, invitation| invitation.expires > now);
        if open.len() >= MOST {
            return Err(AccessError::unfit("too many invitations are open; they end by themselves"));
        }
        open.insert(hash, invitation);
        Ok(())
    }

    fn take(&self, hash: &str, now: Timestamp) -> Option<String> {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(hash)?;
        (taken.expires > now).then_some(taken.user)
    }
}

impl Gate {
    /// A token that logs this user in once, within `lifetime`.
    ///
    /// # Errors
    /// When there is no such user, too many invitations are open, or the store fails.
    pub fn invite(&self, user: &str, lifetime: Duration) -> Result<String> {
        let (name, now) = (folded(user.trim()), self.clock.now());
        self.one::<User>(Drawer::Users, &name)?.ok_or_else(|| unknown(&name))?;
        let token = Secret::random::<16>()?.0;
        self.invitations.add(hashed(&token), Invitation { user: name, expires: now.after(lifetime) }, now)?;
        Ok(token)
    }

    /// Logs in whoever has the token of an invitation, and takes it back; the answer begins with the session's id.
    ///
    /// # Errors
    /// When there is no such invitation, or there was, or it is one of too many wrong ones; or the store fails.
    pub fn follow_invitation(&self, token: &str, visitor: &Visitor) -> Result<(String, SignedIn)> {
        let invited = self.invitations.take(&hashed(token), self.clock.now());
        let user = invited.map(|name| self.one::<User>(Drawer::Users, &name)).transpose()?.flatten();
        let Some(user) = user.filter(|user| !user.disabled) else {
            self.wrong(WebDoor::Invitation, None, visitor)?;
            return Err(AccessError::Invalid);
        };
        self.begin(user, WebDoor::Invitation, visitor)
    }
}
