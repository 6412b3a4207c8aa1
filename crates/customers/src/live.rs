//! The directory in force, shared by everybody who asks it.

use std::sync::Arc;

use arc_swap::ArcSwap;
use limits::{AtBlock, OwnTerms};
use model::SubjectKey;

use crate::customer::Customer;
use crate::directory::Directory;
use crate::elsewhere::Said;

/// A directory that is replaced as a whole when the file, the store or the configuration changes.
/// Clones share it.
#[derive(Debug, Clone)]
pub struct LiveDirectory(Arc<ArcSwap<Directory>>);

impl LiveDirectory {
    /// This one, until another is in force.
    pub fn new(directory: Arc<Directory>) -> Self {
        Self(Arc::new(ArcSwap::new(directory)))
    }

    /// The one in force now.
    pub fn load(&self) -> Arc<Directory> {
        self.0.load_full()
    }

    /// Another one from now on.
    pub fn replace(&self, directory: Arc<Directory>) {
        self.0.store(directory);
    }

    /// The owner of a subject; the default owner when nobody is known to be.
    pub fn owner(&self, subject: &SubjectKey) -> Arc<Customer> {
        self.0.load().owner(subject)
    }

    /// What is said of who owns a subject, asked for elsewhere when he isn't known: for those who can wait.
    pub async fn ask(&self, subject: &SubjectKey) -> Said {
        self.load().ask(subject).await
    }

    /// What the owner has of his own; nobody is looked up where nobody has anything.
    fn own<T>(&self, subject: &SubjectKey, read: impl FnOnce(&Customer) -> Option<T>) -> Option<T> {
        let directory = self.0.load();
        if directory.has_terms() { read(&directory.owner(subject)) } else { None }
    }
}

/// One that never changes is one that lives.
impl From<Arc<Directory>> for LiveDirectory {
    fn from(directory: Arc<Directory>) -> Self {
        Self::new(directory)
    }
}

/// What the ledger asks.
#[derive(Debug, Clone)]
pub struct OwnersTerms(pub LiveDirectory);

impl OwnTerms for OwnersTerms {
    fn at_block(&self, subject: &SubjectKey) -> AtBlock {
        let directory = self.0.load();
        let said = directory.said(subject);
        let (awaited, known) = (said == Said::Nothing, said.owner());
        let owner = known.clone().unwrap_or_else(|| directory.unknown());
        AtBlock {
            way_out: owner.way_out(subject),
            owner: known.map(|owner| owner.service.clone()),
            automatic_releases: owner.automatic_releases,
            awaited,
        }
    }

    fn limit(&self, subject: &SubjectKey, rule: &str) -> Option<u64> {
        self.0.own(subject, |owner| owner.limits.get(rule).copied())
    }
}
