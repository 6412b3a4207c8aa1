//! Diagnoses that reach nobody.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use customers::Directory;
use diagnostics::{Diagnoses, DiagnosisSettings, Locks, Owners, Tools, Trust};
use lookups::{Dns, DnsSettings, Health, Reputation, ReputationSettings};
use model::event::NoEvents;

use crate::Ground;

/// Nobody listens there (discard, RFC 863), so that each question ends at once.
pub(crate) const NOBODY: &str = "127.0.0.1:9";
const TIMEOUT: Duration = Duration::from_millis(100);

/// Diagnoses of the ground's blocks, whose name server answers nothing; the customers are those of the directory.
pub fn diagnoses(ground: &Ground, directory: Directory, settings: DiagnosisSettings) -> Diagnoses {
    let asked = DnsSettings { servers: vec![NOBODY.parse().unwrap()], timeout: TIMEOUT, ..DnsSettings::default() };
    let dns = Arc::new(Dns::new(&asked, Arc::clone(&ground.clock)).unwrap());
    let health = Arc::new(Health::new(Arc::new(NoEvents), Arc::clone(&ground.clock)));
    let reputation = Reputation::new(ReputationSettings::default(), &[], TIMEOUT, Arc::clone(&dns), health);
    let tools = Tools {
        settings,
        reputation: Arc::new(reputation),
        dns,
        ledger: Arc::clone(&ground.ledger),
        tickets: Arc::clone(&ground.store) as _,
        owners: Owners::new(move |subject| directory.said(subject)),
        locks: Locks::new(|_| None),
        trust: Trust::authorities(Path::new("/nonexistent")),
        ehlo: "filter.provider.example".into(),
        clock: Arc::clone(&ground.clock),
    };
    Diagnoses::new(tools, Arc::clone(&ground.store) as _, Arc::new(NoEvents))
}
