//! Users of the console and their sessions. Sessions are on disk: a restart logs nobody out.

use model::{Event, WebDoor};

use super::keys::fit;
use super::{Gate, Result, name};
use crate::error::AccessError;
use crate::password;
use crate::principal::{Actor, Grant};
use crate::secret::{Secret, csrf_token, hashed};
use crate::store::Drawer;
use crate::user::{Session, User};
use crate::visitor::Visitor;

/// Somebody who has logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who asks.
    pub actor: Actor,
    /// His name.
    pub user: String,
    /// What he was given.
    pub grant: Grant,
    /// The token that his forms carry.
    pub csrf: String,
}

impl Gate {
    /// Enters a user.
    ///
    /// # Errors
    /// When the name is taken, name, grant or password are unfit, or the store fails.
    pub fn add_user(&self, text: &str, grant: Grant, secret: &str) -> Result<User> {
        fit(&grant)?;
        let name = folded(&name(text)?);
        let password = password::kept(secret)?;
        let _alone = self.change();
        if self.one::<User>(Drawer::Users, &name)?.is_some() {
            return Err(AccessError::unfit(format!("there is a user {name} already")));
        }
        let user = User { name, grant, password, created: self.clock.now(), last_login: None, disabled: false };
        self.put(Drawer::Users, &user.name, user.created, &user)?;
        Ok(without_password(user))
    }

    /// Every user, without passwords.
    ///
    /// # Errors
    /// When the store fails.
    pub fn users(&self) -> Result<Vec<User>> {
        Ok(self.all(Drawer::Users)?.into_iter().map(|(_, user)| without_password(user)).collect())
    }

    /// Gives a user another password and ends his sessions.
    ///
    /// # Errors
    /// When there is no such user, the password is unfit, or the store fails.
    pub fn set_password(&self, text: &str, secret: &str) -> Result<()> {
        let name = folded(text.trim());
        let password = password::kept(secret)?;
        let _alone = self.change();
        let user = self.one::<User>(Drawer::Users, &name)?.ok_or_else(|| unknown(&name))?;
        self.put(Drawer::Users, &name, user.created, &User { password, ..user })?;
        self.end_sessions(&name)
    }

    /// Gives a user another role, or other services; his sessions go on with it.
    ///
    /// # Errors
    /// When there is no such user, the grant is unfit, or the store fails.
    pub fn set_grant(&self, text: &str, grant: Grant) -> Result<User> {
        fit(&grant)?;
        self.changed(text, |user| User { grant, ..user })
    }

    /// Lets a user log in no more, or again. His sessions end; his invitations lead nowhere meanwhile.
    ///
    /// # Errors
    /// When there is no such user, or the store fails.
    pub fn set_disabled(&self, text: &str, disabled: bool) -> Result<User> {
        let user = self.changed(text, |user| User { disabled, ..user })?;
        if disabled {
            self.end_sessions(&user.name)?;
        }
        Ok(user)
    }

    fn changed(&self, text: &str, change: impl FnOnce(User) -> User) -> Result<User> {
        let name = folded(text.trim());
        let _alone = self.change();
        let user = change(self.one::<User>(Drawer::Users, &name)?.ok_or_else(|| unknown(&name))?);
        self.put(Drawer::Users, &name, user.created, &user)?;
        Ok(without_password(user))
    }

    /// Takes a user out and ends his sessions.
    ///
    /// # Errors
    /// When there is no such user, or the store fails.
    pub fn remove_user(&self, text: &str) -> Result<()> {
        let name = folded(text.trim());
        let _alone = self.change();
        if !self.store.remove(Drawer::Users, &name)? {
            return Err(unknown(&name));
        }
        self.end_sessions(&name)
    }

    /// Logs somebody in; the answer begins with the session's id, for his cookie. Takes some tens of milliseconds.
    ///
    /// # Errors
    /// When name and password don't belong together, too many were tried, or the store fails.
    pub fn log_in(&self, text: &str, secret: &str, visitor: &Visitor) -> Result<(String, SignedIn)> {
        let (name, now) = (folded(text.trim().get(..256).unwrap_or(text.trim())), self.clock.now());
        let network = visitor.network();
        if !self.passwords.may_try(network, now) || !self.names.may_try(Some(hashed(&name)), now) {
            self.failed(&name, visitor, true)?;
            return Err(AccessError::TooMany);
        }
        let user = self.one::<User>(Drawer::Users, &name)?;
        let right = password::is(secret, user.as_ref().map(|user| user.password.as_str()));
        let Some(user) = user.filter(|user| right && !user.disabled) else {
            self.passwords.wrong(network, now);
            self.names.wrong(Some(hashed(&name)), now);
            self.failed(&name, visitor, false)?;
            return Err(AccessError::Invalid);
        };
        self.begin(user, WebDoor::Password, visitor)
    }

    /// Only a name that is somebody's is told: people type their passwords there, too.
    fn failed(&self, name: &str, visitor: &Visitor, turned_away: bool) -> Result<()> {
        let known = self.one::<User>(Drawer::Users, name)?.map(|user| called(&user.name));
        self.guessed(WebDoor::Password, known.as_deref(), visitor, turned_away)
    }

    pub(super) fn begin(&self, user: User, door: WebDoor, visitor: &Visitor) -> Result<(String, SignedIn)> {
        let (id, now) = (Secret::random::<32>()?.0, self.clock.now());
        let _alone = self.change();
        // As he is now: he may have got another password, or been disabled, while this one was computed.
        let known = self.one::<User>(Drawer::Users, &user.name)?;
        let known = known.filter(|known| !known.disabled && known.password == user.password);
        let user = known.ok_or(AccessError::Invalid)?;
        let signed_in = signed_in(&id, user.clone(), visitor);
        self.enters(door, &signed_in.actor)?;
        let session = Session { user: user.name.clone(), began: now, seen: now };
        self.put(Drawer::Sessions, &hashed(&id), now, &session)?;
        self.put(Drawer::Users, &user.name, user.created, &User { last_login: Some(now), ..user.clone() })?;
        self.events.emit(&Event::WebLogin { door, user: &user.name, client: visitor.client });
        Ok((id, signed_in))
    }

    /// Whose session that is; `None` when it is over or was none.
    ///
    /// # Errors
    /// When the store fails.
    pub fn session(&self, id: &str, visitor: &Visitor) -> Result<Option<SignedIn>> {
        let hash = hashed(id);
        let Some(session) = self.one::<Session>(Drawer::Sessions, &hash)? else { return Ok(None) };
        let (now, settings) = (self.clock.now(), self.settings());
        if now.since(session.seen) >= settings.session_idle || now.since(session.began) >= settings.session_lifetime {
            self.store.remove(Drawer::Sessions, &hash)?;
            return Ok(None);
        }
        let user = self.one::<User>(Drawer::Users, &session.user)?.filter(|user| !user.disabled);
        let Some(user) = user else { return Ok(None) };
        if self.is_stale(Some(session.seen), now) {
            self.see(&hash, now)?;
        }
        Ok(Some(signed_in(id, user, visitor)))
    }

    /// A session that was ended meanwhile is not begun again.
    fn see(&self, hash: &str, now: model::Timestamp) -> Result<()> {
        let _alone = self.change();
        let Some(session) = self.one::<Session>(Drawer::Sessions, hash)? else { return Ok(()) };
        self.put(Drawer::Sessions, hash, now, &Session { seen: now, ..session })
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the store fails.
    pub fn log_out(&self, id: &str) -> Result<()> {
        let _alone = self.change();
        self.store.remove(Drawer::Sessions, &hashed(id))?;
        Ok(())
    }

    fn end_sessions(&self, user: &str) -> Result<()> {
        let of_his = self.all::<Session>(Drawer::Sessions)?.into_iter().filter(|(_, session)| session.user == user);
        for (hash, _) in of_his {
            self.store.remove(Drawer::Sessions, &hash)?;
        }
        Ok(())
    }
}

/// As the audit log calls him.
fn called(user: &str) -> String {
    format!("user {user}")
}

fn signed_in(id: &str, user: User, visitor: &Visitor) -> SignedIn {
    let actor = Actor { principal: user.grant.principal(), name: called(&user.name), client: visitor.client };
    SignedIn { actor, user: user.name, grant: user.grant, csrf: csrf_token(id) }
}

pub(super) fn folded(name: &str) -> String {
    name.to_lowercase()
}

fn without_password(user: User) -> User {
    User { password: String::new(), ..user }
}

pub(super) fn unknown(name: &str) -> AccessError {
    AccessError::Unknown(format!("user {name}"))
}
