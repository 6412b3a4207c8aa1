//! The gate: who somebody is, what he was given, and what is noted of him. API, console and command line call nothing else.
//!
//! Calls block the thread on the store; [`Gate::log_in`] and passwords also on some tens of milliseconds of computing.

mod attempts;
mod credentials;
mod doors;
mod invitations;
mod keys;
mod links;
mod log;
mod looks;
mod people;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use model::{Clock, EventSink, Network, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

use invitations::Invitations;

pub use credentials::{Credential, Issued};
pub use keys::NewKey;
pub use people::SignedIn;

use crate::error::AccessError;
use crate::guesses::Guesses;
use crate::settings::WebSettings;
use crate::site_keys::SiteKeys;
use crate::store::{AccessStore, Drawer, KeyStore};

type Result<T> = std::result::Result<T, AccessError>;

/// "Used last" and "seen last" are written no more often than this: each is a write to disk.
const TOUCH: Duration = Duration::from_secs(60);
/// Names may be tried more often than from one client, because a lock-out of somebody else must not be easy.
const NAME_FACTOR: u32 = 5;
/// Records of one drawer that are listed.
const MOST: usize = 100_000;

/// Keys, users, sessions, links and the audit log.
pub struct Gate {
    store: Arc<dyn AccessStore>,
    key_store: Arc<dyn KeyStore>,
    clock: Arc<dyn Clock>,
    site_keys: RwLock<SiteKeys>,
    settings: RwLock<WebSettings>,
    /// Of keys and links. Nobody guesses a right one, so that one is let in whatever came from its network before.
    clients: Guesses<Network>,
    /// Of passwords, which can be guessed: here the right one waits, too.
    passwords: Guesses<Network>,
    names: Guesses<String>,
    requests: Guesses<Network>,
    invitations: Invitations,
    looks: looks::Looks,
    attempts: attempts::Attempts,
    events: Arc<dyn EventSink>,
    /// One change at a time: each reads a record and writes it back.
    changing: Mutex<()>,
}

impl Gate {
    /// A gate over the store, which tells of logins and guesses. The first time the site's keys are made.
    ///
    /// # Errors
    /// When the key file can't be read or written, or is none.
    pub fn open(
        settings: &WebSettings,
        store: Arc<dyn AccessStore>,
        key_store: Arc<dyn KeyStore>,
        clock: Arc<dyn Clock>,
        events: Arc<dyn EventSink>,
    ) -> Result<Self> {
        let site_keys = match key_store.load().map_err(key_file)? {
            Some(text) => SiteKeys::parse(&text).map_err(key_file)?,
            None => {
                let new = SiteKeys::generate()?;
                key_store.save(&new.to_text()).map_err(key_file)?;
                new
            }
        };
        Ok(Self {
            store,
            key_store,
            clock,
            site_keys: RwLock::new(site_keys),
            settings: RwLock::new(settings.clone()),
            clients: Guesses::new(settings.guesses_per_minute),
            passwords: Guesses::new(settings.guesses_per_minute),
            names: Guesses::new(settings.guesses_per_minute.saturating_mul(NAME_FACTOR)),
            requests: Guesses::new(settings.guesses_per_minute),
            invitations: Invitations::default(),
            looks: looks::Looks::default(),
            attempts: attempts::Attempts::default(),
            events,
            changing: Mutex::new(()),
        })
    }

    /// Other settings from now on; bounds of guesses stay until a restart.
    pub fn reload(&self, settings: &WebSettings) {
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = settings.clone();
    }

    /// Forgets what is over: sessions, credentials, and lines of the audit log that are older than the settings keep.
    ///
    /// # Errors
    /// When the store fails.
    pub fn prune(&self) -> Result<()> {
        let (now, settings) = (self.clock.now(), self.settings());
        self.store.prune_records(Drawer::Sessions, now.before(settings.session_idle))?;
        self.store.prune_records(Drawer::Credentials, now.before(Duration::from_secs(86_400)))?;
        self.store.prune_records(Drawer::Revocations, now.before(settings.link_lifetime))?;
        Ok(self.store.prune_notes(now.before(settings.keep_audit))?)
    }

    /// The time that the gate goes by.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn settings(&self) -> WebSettings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn site_keys(&self) -> SiteKeys {
        self.site_keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, drawer: Drawer, name: &str, at: Timestamp, record: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string(record).map_err(AccessError::garbled)?;
        Ok(self.store.put(drawer, name, at, &text)?)
    }

    fn one<T: DeserializeOwned>(&self, drawer: Drawer, name: &str) -> Result<Option<T>> {
        let text = self.store.record(drawer, name)?;
        text.map(|text| serde_json::from_str(&text).map_err(AccessError::garbled)).transpose()
    }

    fn all<T: DeserializeOwned>(&self, drawer: Drawer) -> Result<Vec<(String, T)>> {
        let records = self.store.records(drawer, MOST)?.into_iter();
        let read =
            |(name, text): (String, String)| Ok((name, serde_json::from_str(&text).map_err(AccessError::garbled)?));
        records.map(read).collect()
    }

    /// Whether "used last" is old enough to be written anew.
    fn is_stale(&self, last: Option<Timestamp>, now: Timestamp) -> bool {
        last.is_none_or(|last| now.since(last) >= TOUCH)
    }
}

fn key_file(error: impl std::fmt::Display) -> AccessError {
    AccessError::KeyFile(error.to_string())
}

/// A name in a list: 1 to 64 characters, none of them a control character.
fn name(text: &str) -> Result<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= 64 && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err(AccessError::unfit("a name has 1 to 64 characters")) }
}

/// The number of something that is named by a hash: its first 48 bits, which every client's numbers hold.
fn number(hash: &str) -> u64 {
    hash.get(..12).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or(0)
}
