//! Looks at the same evidence by the same reader within some minutes are one line of the audit log: the first is written,
//! later ones are counted, and the next line of his tells how many they were. Whoever comes from another address is another reader.
//!
//! Memory: at most [`MOST`] looks are remembered; what finds no room is written, each time.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::Timestamp;

use crate::audit::AuditEntry;

/// How long one line stands for.
const WINDOW: Duration = Duration::from_secs(300);
/// How long what was counted is kept for the next line.
const KEPT: Duration = Duration::from_secs(86_400);
const MOST: usize = 1024;

/// Who looked from where, at what, and how.
type Reader = (String, Option<IpAddr>, String, String);

struct Look {
    written: Timestamp,
    again: u32,
}

#[derive(Default)]
pub(super) struct Looks(Mutex<HashMap<Reader, Look>>);

impl Looks {
    /// Whether the line has to be written; then with what was counted since the last one. Otherwise it is counted.
    pub(super) fn line(&self, entry: &AuditEntry) -> Option<AuditEntry> {
        let mut looks = self.lock();
        match looks.get_mut(&reader(entry)) {
            Some(look) if is_within(look.written, entry.at, WINDOW) => {
                look.again = look.again.saturating_add(1);
                None
            }
            Some(Look { again, .. }) if *again > 0 => {
                Some(AuditEntry { detail: told(&entry.detail, *again), ..entry.clone() })
            }
            _ => Some(entry.clone()),
        }
    }

    /// The line of this look is written.
    pub(super) fn written(&self, entry: &AuditEntry) {
        let mut looks = self.lock();
        let reader = reader(entry);
        if looks.len() >= MOST && !looks.contains_key(&reader) {
            looks.retain(|_, look| is_within(look.written, entry.at, if look.again > 0 { KEPT } else { WINDOW }));
        }
        if looks.len() < MOST || looks.contains_key(&reader) {
            looks.insert(reader, Look { written: entry.at, again: 0 });
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Reader, Look>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A clock that was set back ends it.
fn is_within(written: Timestamp, now: Timestamp, length: Duration) -> bool {
    written <= now && now.since(written) < length
}

fn reader(entry: &AuditEntry) -> Reader {
    (entry.who.clone(), entry.client, entry.on.clone(), entry.detail.clone())
}

fn told(detail: &str, again: u32) -> String {
    let counted = format!("{again} more after the line before");
    if detail.is_empty() { counted } else { format!("{detail}; {counted}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(who: usize, at: i64) -> AuditEntry {
        AuditEntry {
            id: 0,
            at: Timestamp::from_secs(at),
            who: format!("user {who}"),
            role: "operator".into(),
            client: None,
            action: "evidence.see".into(),
            on: "block a".into(),
            detail: String::new(),
        }
    }

    #[test]
    fn what_is_remembered_is_bounded_and_the_rest_is_written() {
        let looks = Looks::default();
        for who in 0..3 * MOST {
            assert!(looks.line(&look(who, 1000)).is_some());
            looks.written(&look(who, 1000));
        }
        assert_eq!(looks.lock().len(), MOST);
        assert!(looks.line(&look(3 * MOST, 1001)).is_some() && looks.line(&look(1, 1001)).is_none());
        looks.written(&look(9999, 2000));
        assert!(looks.line(&look(9999, 2001)).is_none(), "what is over makes room");
        assert!(looks.line(&look(9999, 1999)).is_some(), "the clock was set back");
    }
}
