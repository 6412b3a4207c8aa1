//! Applications and consumer keys.

use std::collections::BTreeSet;
use std::time::Duration;

use model::WebDoor;

use super::keys::fit;
use super::{Gate, Result, name, number};
use crate::action::Action;
use crate::credential::{Application, ConsumerKey, CredentialState, NewCredential};
use crate::error::AccessError;
use crate::principal::{Actor, Grant, Principal, Reach};
use crate::secret::{Secret, hashed, hex};
use crate::store::Drawer;
use crate::visitor::Visitor;

/// A customer who hasn't answered after so long is not asked any more.
const PENDING: Duration = Duration::from_secs(86_400);
const PURPOSE: &str = "secret of application";

/// A new application with its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// What is kept.
    pub application: Application,
    /// What its owner keeps.
    pub secret: String,
}

/// What a signed request is checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Who signs.
    pub application: Application,
    /// What he signs with.
    pub secret: String,
    /// What he was granted.
    pub consumer: ConsumerKey,
}

/// An application that asks: it has nothing of its own.
fn asking(application: &Application, visitor: &Visitor) -> Actor {
    let principal = Principal::Customer(Reach::Services(BTreeSet::new()));
    Actor { principal, name: called(application), client: visitor.client }
}

/// As the audit log calls it.
fn called(application: &Application) -> String {
    format!("application {} ({})", application.id, application.name)
}

impl Gate {
    /// Makes an application.
    ///
    /// # Errors
    /// When the name is unfit, or the store fails.
    pub fn add_application(&self, text: &str) -> Result<Issued> {
        let now = self.clock.now();
        let key = Secret::random::<8>()?.0;
        let site_key = self.site_keys().newest();
        let application =
            Application { id: number(&key), name: name(text)?, site_key, created: now, revoked: None, key };
        self.put(Drawer::Applications, &application.key, now, &application)?;
        let secret = self.secret_of(&application).ok_or(AccessError::Invalid)?;
        Ok(Issued { application, secret })
    }

    /// Every application, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn applications(&self) -> Result<Vec<Application>> {
        let mut found: Vec<Application> =
            self.all(Drawer::Applications)?.into_iter().map(|(_, application)| application).collect();
        found.sort_by_key(|application| application.created);
        Ok(found)
    }

    /// The application of that key and its secret; `None` when there is none, or it was revoked.
    ///
    /// # Errors
    /// When the store fails.
    pub fn application(&self, key: &str) -> Result<Option<Issued>> {
        let found = self.one::<Application>(Drawer::Applications, key)?.filter(|found| found.revoked.is_none());
        Ok(found.and_then(|application| {
            let secret = self.secret_of(&application)?;
            Some(Issued { application, secret })
        }))
    }

    /// Revokes an application: none of its consumer keys opens anything from now on.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub fn revoke_application(&self, key: &str) -> Result<Application> {
        let _alone = self.change();
        let found = self.one::<Application>(Drawer::Applications, key)?;
        let mut application = found.ok_or_else(|| AccessError::Unknown(format!("application {key}")))?;
        application.revoked.get_or_insert(self.clock.now());
        self.put(Drawer::Applications, key, application.created, &application)?;
        Ok(application)
    }

    fn secret_of(&self, application: &Application) -> Option<String> {
        self.site_keys().sign(application.site_key, PURPOSE, &application.key)
    }

    /// An application asks for a consumer key; the customer has to grant it. The answer begins with the key. It is noted.
    ///
    /// # Errors
    /// When there is no such application, it asks for what can't be granted or too often, or the store fails.
    pub fn request_credential(
        &self,
        key: &str,
        wanted: NewCredential,
        visitor: &Visitor,
    ) -> Result<(String, ConsumerKey)> {
        let now = self.clock.now();
        if !self.requests.may_try(visitor.network(), now) {
            return Err(AccessError::TooMany);
        }
        self.requests.wrong(visitor.network(), now);
        let Some(Issued { application, .. }) = self.application(key)? else {
            self.wrong(WebDoor::Signature, None, visitor)?;
            return Err(AccessError::Invalid);
        };
        let by = asking(&application, visitor);
        let (token, consumer) = self.drafted(application, wanted)?;
        self.note(&by, Action::Enter, &format!("credential {}", consumer.id), "ask")?;
        self.keep(&hashed(&token), &consumer)?;
        Ok((token, consumer))
    }

    /// A consumer key that waits for an answer, and is not kept yet.
    fn drafted(&self, application: Application, wanted: NewCredential) -> Result<(String, ConsumerKey)> {
        wanted.check()?;
        let (token, now) = (Secret::random::<16>()?.0, self.clock.now());
        let hash = hashed(&token);
        let consumer = ConsumerKey {
            id: number(&hash),
            application: application.key,
            rules: wanted.rules,
            state: CredentialState::PendingValidation,
            grant: None,
            by: String::new(),
            allowed_ips: wanted.allowed_ips,
            redirection: wanted.redirection,
            created: now,
            expires: Some(now.after(PENDING)),
            last_use: None,
        };
        Ok((token, consumer))
    }

    /// A consumer key that is granted at once, for an operator who makes both.
    ///
    /// # Errors
    /// When the grant is unfit, or the store fails.
    pub fn add_credential(
        &self,
        key: &str,
        wanted: NewCredential,
        grant: Grant,
        by: &Actor,
        lifetime: Option<Duration>,
    ) -> Result<(String, ConsumerKey)> {
        fit(&grant)?;
        let application = self.application(key)?.ok_or(AccessError::Invalid)?.application;
        let (token, waiting) = self.drafted(application, wanted)?;
        self.keep(&hashed(&token), &waiting)?;
        let consumer = self.grant_credential(&Self::validation_token(&token), grant, by, lifetime)?;
        Ok((token, consumer))
    }

    /// What names a consumer key in the address where the customer grants it: it opens nothing.
    pub fn validation_token(consumer_key: &str) -> String {
        hashed(consumer_key)
    }

    /// The consumer key that waits for an answer, and the application that asks for it.
    ///
    /// # Errors
    /// When none waits under that token, or the store fails.
    pub fn waiting_credential(&self, validation_token: &str) -> Result<(Application, ConsumerKey)> {
        let unknown = || AccessError::Unknown("credential that waits for an answer".into());
        let consumer = self.one::<ConsumerKey>(Drawer::Credentials, validation_token)?.ok_or_else(unknown)?;
        let waits = consumer.state_at(self.clock.now()) == CredentialState::PendingValidation;
        let application = self.application(&consumer.application)?.filter(|_| waits).ok_or_else(unknown)?;
        Ok((application.application, consumer))
    }

    /// Grants a consumer key what `by` gives: it may do what its rules and that grant both allow, for `lifetime` or for good.
    ///
    /// # Errors
    /// When none waits under that token, the grant is unfit, or the store fails.
    pub fn grant_credential(
        &self,
        validation_token: &str,
        grant: Grant,
        by: &Actor,
        lifetime: Option<Duration>,
    ) -> Result<ConsumerKey> {
        fit(&grant)?;
        let _alone = self.change();
        let (_, consumer) = self.waiting_credential(validation_token)?;
        let expires = lifetime.map(|length| self.clock.now().after(length));
        let (state, by) = (CredentialState::Validated, by.name.clone());
        let granted = ConsumerKey { state, grant: Some(grant), by, expires, ..consumer };
        self.keep(validation_token, &granted)?;
        Ok(granted)
    }

    /// Refuses a consumer key that waits.
    ///
    /// # Errors
    /// When none waits under that token, or the store fails.
    pub fn refuse_credential(&self, validation_token: &str, by: &Actor) -> Result<ConsumerKey> {
        let _alone = self.change();
        let (_, consumer) = self.waiting_credential(validation_token)?;
        let refused = ConsumerKey { state: CredentialState::Refused, by: by.name.clone(), ..consumer };
        self.keep(validation_token, &refused)?;
        Ok(refused)
    }

    /// Every consumer key that is kept, oldest first, each with its validation token.
    ///
    /// # Errors
    /// When the store fails.
    pub fn credentials(&self) -> Result<Vec<(String, ConsumerKey)>> {
        let mut found = self.all::<ConsumerKey>(Drawer::Credentials)?;
        found.sort_by_key(|(_, consumer)| consumer.created);
        Ok(found)
    }

    /// Ends a consumer key by its number: it is expired from now on.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub fn end_credential(&self, id: u64) -> Result<ConsumerKey> {
        let _alone = self.change();
        let found = self.all::<ConsumerKey>(Drawer::Credentials)?.into_iter().find(|(_, found)| found.id == id);
        let (hash, mut consumer) = found.ok_or_else(|| AccessError::Unknown(format!("credential {id}")))?;
        consumer.expires = Some(self.clock.now());
        self.keep(&hash, &consumer)?;
        Ok(consumer)
    }

    /// What a request signed with these two keys is checked against, whatever state the consumer key is in; `None` when the
    /// application knows no such consumer key. [`Self::use_credential`] comes when the signature was right.
    ///
    /// # Errors
    /// [`AccessError::Invalid`] when there is no such application, [`AccessError::TooMany`] after too many wrong ones from
    /// there, or when the store fails.
    pub fn credential(&self, application: &str, consumer_key: &str, visitor: &Visitor) -> Result<Option<Credential>> {
        let Some(Issued { application, secret }) = self.application(application)? else {
            self.wrong(WebDoor::Signature, None, visitor)?;
            return Err(AccessError::Invalid);
        };
        let found = self.one::<ConsumerKey>(Drawer::Credentials, &hashed(consumer_key))?;
        let Some(consumer) = found.filter(|found| found.application == application.key) else {
            self.wrong(WebDoor::Signature, Some(&called(&application)), visitor)?;
            return Ok(None);
        };
        Ok(Some(Credential { application, secret, consumer }))
    }

    /// Takes note of a signature that is not right.
    ///
    /// # Errors
    /// As [`Self::wrong`].
    pub fn wrong_signature(&self, credential: &Credential, visitor: &Visitor) -> Result<()> {
        let on = format!("credential {} ({})", credential.consumer.id, credential.application.name);
        self.wrong(WebDoor::Signature, Some(&on), visitor)
    }

    /// Who has a consumer key whose signature was right.
    ///
    /// # Errors
    /// When it was not granted, is over or may not be used from there, or the store fails.
    pub fn use_credential(&self, consumer_key: &str, credential: &Credential, visitor: &Visitor) -> Result<Actor> {
        let (consumer, now) = (&credential.consumer, self.clock.now());
        let granted = consumer.grant.as_ref().filter(|_| consumer.state_at(now) == CredentialState::Validated);
        let grant = granted.filter(|_| consumer.allows(visitor.client)).ok_or(AccessError::Expired)?;
        if self.is_stale(consumer.last_use, now) {
            self.touch_credential(&hashed(consumer_key), now)?;
        }
        let name = format!("credential {} ({})", consumer.id, credential.application.name);
        Ok(Actor { principal: grant.principal(), name, client: visitor.client })
    }

    /// A key that was ended meanwhile stays so.
    fn touch_credential(&self, hash: &str, now: model::Timestamp) -> Result<()> {
        let _alone = self.change();
        let Some(consumer) = self.one::<ConsumerKey>(Drawer::Credentials, hash)? else { return Ok(()) };
        self.keep(hash, &ConsumerKey { last_use: Some(now), ..consumer })
    }

    /// Pruned by its end; one without an end never is.
    fn keep(&self, hash: &str, consumer: &ConsumerKey) -> Result<()> {
        let at = consumer.expires.unwrap_or(model::Timestamp(i64::MAX));
        self.put(Drawer::Credentials, hash, at, consumer)
    }

    /// Something that nobody can guess, for the number of an answer: 16 hexadecimal digits.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn query_id() -> Result<String> {
        let mut bytes = [0; 8];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| AccessError::NoRandomness)?;
        Ok(hex(&bytes))
    }
}
