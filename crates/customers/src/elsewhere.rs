//! A place outside that knows owners: the provider's own directory.

use std::fmt::Debug;
use std::sync::Arc;

use limits::Holdings;
use model::SubjectKey;

use crate::customer::Customer;

/// Asked about what neither the file nor the store knows, while messages wait: it answers from memory, at once.
pub trait Elsewhere: Debug + Send + Sync {
    /// The owner, as far as it is known by now.
    fn owner(&self, subject: &SubjectKey) -> Option<Arc<Customer>>;

    /// The customer of a service, when some subject of his is known.
    fn customer(&self, service: &str) -> Option<Arc<Customer>>;

    /// What is known to be a service's; `None` when nothing is.
    fn holdings(&self, service: &str) -> Option<Holdings>;
}
