//! Everything that checks ask, as a test turns it.

use std::sync::Arc;
use std::time::Duration;

use customers::{CustomerSettings, Directory};
use diagnostics::{Check, Diagnoses, DiagnosisSettings, Finding, Locks, Outcome, Owners, Patient, Task, Tools, Trust};
use limits::{Ledger, Rules};
use lookups::{AnswerNet, Dns, DnsListRule, DnsSettings, Health, Reputation, ReputationSettings, Zone};
use model::circumstances::{Asked, Listed};
use model::event::NoEvents;
use model::time::ManualClock;
use model::{Clock, DomainName, SubjectKind, Timestamp};
use store::MemoryStore;
use testkit::DnsServer;

pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

/// A daemon's parts.
pub(crate) struct World {
    pub(crate) dns: DnsServer,
    pub(crate) clock: ManualClock,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) tools: Tools,
    pub(crate) diagnoses: Diagnoses,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(DiagnosisSettings::default(), "").await
    }

    /// With these settings and this file of customers. Mail leaves from 192.0.2.25.
    pub(crate) async fn with(settings: DiagnosisSettings, customers: &str) -> Self {
        let dns = DnsServer::start().await;
        let clock = ManualClock::at(NOW);
        let store = Arc::new(MemoryStore::default());
        let tools = tools(settings, customers, &dns, &clock, &store);
        let diagnoses = Diagnoses::new(tools.clone(), Arc::clone(&store) as _, Arc::new(NoEvents));
        Self { dns, clock, store, tools, diagnoses }
    }

    /// The same with other tools.
    pub(crate) fn change(&mut self, how: impl FnOnce(&mut Tools)) {
        how(&mut self.tools);
        self.diagnoses.reload(self.tools.clone());
    }

    pub(crate) async fn diagnosed(&self, kind: SubjectKind, name: &str) -> Task {
        let patient = Patient::parse(kind, name).unwrap();
        let begun = self.diagnoses.start(patient, None, "test").unwrap();
        self.diagnoses.ended(begun.id).await.unwrap()
    }

    /// What one check finds.
    pub(crate) async fn found(&self, kind: SubjectKind, name: &str, check: Check) -> Finding {
        finding(&self.diagnosed(kind, name).await, check)
    }

    /// That one check ends so, and says this.
    pub(crate) async fn expect(&self, (kind, name, check): (SubjectKind, &str, Check), outcome: Outcome, says: &str) {
        let found = self.found(kind, name, check).await;
        assert_eq!(found.outcome, outcome, "{found:?}");
        assert!(found.found.contains(says), "{:?} does not say {says:?}", found.found);
        assert_eq!(found.outcome == Outcome::Pass, found.advice.is_empty(), "{found:?}");
    }
}

pub(crate) fn finding(task: &Task, check: Check) -> Finding {
    task.findings.iter().find(|finding| finding.check == check).cloned().unwrap()
}

fn tools(
    settings: DiagnosisSettings,
    customers: &str,
    server: &DnsServer,
    clock: &ManualClock,
    store: &Arc<MemoryStore>,
) -> Tools {
    let clock: Arc<dyn Clock> = Arc::new(clock.clone());
    let timeout = Duration::from_millis(400);
    let asked =
        DnsSettings { servers: vec![server.address().into()], timeout, remembered: 0, ..DnsSettings::default() };
    let dns = Arc::new(Dns::new(&asked, Arc::clone(&clock)).unwrap());
    let health = Arc::new(Health::new(Arc::new(NoEvents), Arc::clone(&clock)));
    let own =
        ReputationSettings { own_addresses: vec!["192.0.2.25".parse().unwrap()], ..ReputationSettings::default() };
    let lists = [
        list("addresses.list.example", &[Asked::OwnAddress], "sends spam"),
        list("domains.list.example", &[Asked::Url, Asked::From], "spam or phishing"),
    ];
    let directory = Directory::parse(customers, &CustomerSettings::default()).unwrap();
    Tools {
        settings,
        reputation: Arc::new(Reputation::new(own, &lists, timeout, Arc::clone(&dns), health)),
        dns,
        ledger: Arc::new(Ledger::new(Rules::default(), || 1)),
        tickets: Arc::clone(store) as _,
        owners: Owners::new(move |subject| directory.said(subject)),
        locks: Locks::new(|_| None),
        trust: Trust::authorities(std::path::Path::new("/nonexistent")),
        ehlo: "filter.provider.example".into(),
        clock,
    }
}

fn list(zone: &str, asks: &[Asked], says: &str) -> DnsListRule {
    DnsListRule {
        zone: Zone(DomainName::new(zone).unwrap()),
        asks: asks.to_vec(),
        answers: vec![AnswerNet("127.0.0.2/32".parse().unwrap())],
        bits: 0,
        listed: Listed::Bad,
        percent: 100,
        says: says.into(),
    }
}
