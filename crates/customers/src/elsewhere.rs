//! A place outside that knows owners: the provider's own directory.

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;

use limits::Holdings;
use model::SubjectKey;

use crate::customer::Customer;

/// An owner to come.
pub type Asking<'a> = Pin<Box<dyn Future<Output = Option<Arc<Customer>>> + Send + 'a>>;

/// Asked about what neither the file nor the store knows, while messages wait: it answers from memory, at once.
pub trait Elsewhere: Debug + Send + Sync {
    /// The owner, as far as it is known by now.
    fn owner(&self, subject: &SubjectKey) -> Option<Arc<Customer>>;

    /// The owner, asked for when he isn't known: for those who can wait.
    fn ask<'a>(&'a self, subject: &'a SubjectKey) -> Asking<'a>;

    /// The customer of a service, when some subject of his is known.
    fn customer(&self, service: &str) -> Option<Arc<Customer>>;

    /// What is known to be a service's; `None` when nothing is.
    fn holdings(&self, service: &str) -> Option<Holdings>;
}
