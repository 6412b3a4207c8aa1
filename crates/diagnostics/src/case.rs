//! What a check may look at.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use customers::Said;
use customers::ticket::TicketStore;
use limits::{Ledger, Lockout};
use lookups::{Answer, Dns, Kind, Name, Question, Reputation};
use model::{Clock, SubjectKey, Timestamp};
use tokio::sync::OnceCell;

use crate::outcome::{Login, Sent};
use crate::patient::Patient;
use crate::secret::Password;
use crate::settings::DiagnosisSettings;
use crate::tls::Trust;

/// A question about a subject.
type Asked<T> = Arc<dyn Fn(&SubjectKey) -> T + Send + Sync>;

/// What will be said of an owner.
type Coming = Pin<Box<dyn Future<Output = Said> + Send>>;

/// Says who owns a subject, or that nobody could be asked.
#[derive(Clone)]
pub struct Owners(Arc<dyn Fn(SubjectKey) -> Coming + Send + Sync>);

impl Owners {
    /// Asks what knows at once.
    pub fn new(owner: impl Fn(&SubjectKey) -> Said + Send + Sync + 'static) -> Self {
        Self::asking(move |subject| std::future::ready(owner(&subject)))
    }

    /// Asks what may have to ask others.
    pub fn asking<F>(owner: impl Fn(SubjectKey) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Said> + Send + 'static,
    {
        Self(Arc::new(move |subject| Box::pin(owner(subject))))
    }

    pub(crate) async fn of(&self, subject: SubjectKey) -> Said {
        (self.0)(subject).await
    }
}

impl fmt::Debug for Owners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Owners")
    }
}

/// Says who is locked after failed logins.
#[derive(Clone)]
pub struct Locks(Asked<Option<Lockout>>);

impl Locks {
    /// Asks this.
    pub fn new(lock: impl Fn(&SubjectKey) -> Option<Lockout> + Send + Sync + 'static) -> Self {
        Self(Arc::new(lock))
    }

    pub(crate) fn of(&self, subject: &SubjectKey) -> Option<Lockout> {
        (self.0)(subject)
    }
}

impl fmt::Debug for Locks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Locks")
    }
}

/// What checks ask. A reload replaces it; a diagnosis keeps the one it began with.
#[derive(Clone)]
pub struct Tools {
    /// What the operator has set.
    pub settings: DiagnosisSettings,
    /// DNS.
    pub dns: Arc<Dns>,
    /// The lists, and the addresses that mail leaves from.
    pub reputation: Arc<Reputation>,
    /// Blocks as they are enforced.
    pub ledger: Arc<Ledger>,
    /// The tickets of blocks.
    pub tickets: Arc<dyn TicketStore>,
    /// Who owns what.
    pub owners: Owners,
    /// Who is locked after failed logins.
    pub locks: Locks,
    /// Whom servers that get a password are checked by.
    pub trust: Trust,
    /// This host's name, for EHLO.
    pub ehlo: String,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// One patient and what is asked about it.
pub(crate) struct Case {
    pub(crate) patient: Patient,
    pub(crate) password: Option<Password>,
    pub(crate) tools: Arc<Tools>,
    pub(crate) login: OnceCell<Option<Login>>,
    pub(crate) sent: OnceCell<Sent>,
}

impl Case {
    pub(crate) fn new(patient: Patient, password: Option<Password>, tools: Arc<Tools>) -> Self {
        Self { patient, password, tools, login: OnceCell::new(), sent: OnceCell::new() }
    }

    pub(crate) fn settings(&self) -> &DiagnosisSettings {
        &self.tools.settings
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.tools.clock.now()
    }

    /// Asks DNS; a name that DNS can't hold does not exist.
    pub(crate) async fn ask(&self, name: &str, kind: Kind) -> Answer {
        match Name::of_host(name) {
            Some(name) => self.tools.dns.ask(Question { name, kind }).await,
            None => Answer::NoSuchName,
        }
    }
}
