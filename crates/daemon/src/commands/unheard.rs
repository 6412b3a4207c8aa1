//! What a command does to the store by itself, because no daemon runs that would note it.

use access::{AccessStore, Action, Actor, AuditEntry};
use limits::StoreError;
use model::Timestamp;
use store::SqliteStore;

/// Notes it in the audit log; what can't be noted must not be done.
///
/// # Errors
/// When the store fails.
pub(super) fn note(store: &SqliteStore, action: Action, on: String, at: Timestamp) -> Result<(), StoreError> {
    let name = admin::local_user(rustix::process::getuid().as_raw()).called(&super::operator::by());
    let Actor { principal, name: who, client } = Actor::at_the_socket(&name);
    let (role, action) = (principal.role().as_str().to_owned(), action.as_str().to_owned());
    AccessStore::note(store, &AuditEntry { id: 0, at, who, role, client, action, on, detail: "no daemon ran".into() })
}
