//! Customers in memory.

use std::collections::BTreeMap;

use ::customers::registry::{CustomerStore, StoredCustomer};

use super::{MemoryStore, Result};

/// All of them, by service.
pub(super) type Customers = BTreeMap<String, StoredCustomer>;

impl CustomerStore for MemoryStore {
    fn customers(&self) -> Result<Vec<StoredCustomer>> {
        Ok(self.state().customers.values().cloned().collect())
    }

    fn change_customers(&self, put: &[StoredCustomer], gone: &[String]) -> Result<()> {
        let customers = &mut self.state().customers;
        customers.retain(|service, _| !gone.contains(service));
        customers.extend(put.iter().map(|one| (one.record.service.clone(), one.clone())));
        Ok(())
    }
}
