//! Where customers are kept.

use limits::StoreError;
use model::Timestamp;

use crate::record::CustomerRecord;

/// A customer of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCustomer {
    /// As he was written.
    pub record: CustomerRecord,
    /// When that was.
    pub changed: Timestamp,
}

/// Keeps customers.
pub trait CustomerStore: Send + Sync {
    /// Every customer, by his service.
    ///
    /// # Errors
    /// When the store fails.
    fn customers(&self) -> Result<Vec<StoredCustomer>, StoreError>;

    /// Enters customers, in place of those of the same service, and takes the services `gone` out: all of it or nothing.
    ///
    /// # Errors
    /// When the store fails; then nothing has changed.
    fn change_customers(&self, put: &[StoredCustomer], gone: &[String]) -> Result<(), StoreError>;
}
