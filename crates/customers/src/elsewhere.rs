//! A place outside that knows owners: the provider's own directory.

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;

use limits::Holdings;
use model::SubjectKey;

use crate::customer::Customer;

/// What has been said of who owns something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// This one, as far as is known.
    Owner(Arc<Customer>),
    /// Nobody.
    Nobody,
    /// Nothing yet, or too long ago: it was not asked, did not answer, or not with what can be used.
    Nothing,
}

impl Said {
    /// The owner, if one was named.
    pub fn owner(self) -> Option<Arc<Customer>> {
        match self {
            Self::Owner(owner) => Some(owner),
            Self::Nobody | Self::Nothing => None,
        }
    }
}

/// What will be said.
pub type Asking<'a> = Pin<Box<dyn Future<Output = Said> + Send + 'a>>;

/// Asked about what neither the file nor the store knows, while messages wait: it answers from memory, at once.
pub trait Elsewhere: Debug + Send + Sync {
    /// What has been said by now.
    fn said(&self, subject: &SubjectKey) -> Said;

    /// What is said when it is asked, if nothing fresh is known: for those who can wait.
    fn ask<'a>(&'a self, subject: &'a SubjectKey) -> Asking<'a>;

    /// The customer of a service, when some subject of his is known.
    fn customer(&self, service: &str) -> Option<Arc<Customer>>;

    /// What is known to be a service's; `None` when nothing is.
    fn holdings(&self, service: &str) -> Option<Holdings>;
}
