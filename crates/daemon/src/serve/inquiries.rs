//! Whom the judge asks about a message before it is scored: the adapters between the seam and those who answer.

use std::sync::Arc;

use arc_swap::ArcSwap;
use lookups::{Dns, Health, Reputation};
use model::envelope::Path;
use model::{Features, Identity, Session, Submission};
use pipeline::{Finding, Inquirer, Inquiring};

use crate::config::Config;

/// DNS, its health, and what the configuration in force asks of it.
pub(crate) struct Names {
    pub(crate) dns: Arc<Dns>,
    health: Arc<Health>,
    in_force: ArcSwap<Reputation>,
}

impl Names {
    pub(crate) fn new(config: &Config, dns: Arc<Dns>, health: Arc<Health>) -> Self {
        let in_force = ArcSwap::from(reputation(config, &dns, &health));
        Self { dns, health, in_force }
    }

    /// Puts a configuration in force; `[dns]` itself is read at start only.
    pub(crate) fn reload(&self, config: &Config) {
        self.in_force.store(reputation(config, &self.dns, &self.health));
    }

    /// What is in force.
    pub(crate) fn reputation(&self) -> Arc<Reputation> {
        self.in_force.load_full()
    }

    /// The judge's inquirers; none when nothing is asked about messages.
    pub(crate) fn inquirers(&self) -> Vec<Arc<dyn Inquirer>> {
        let reputation = self.reputation();
        if reputation.asks() { vec![Arc::new(AskDns(reputation))] } else { Vec::new() }
    }
}

fn reputation(config: &Config, dns: &Arc<Dns>, health: &Arc<Health>) -> Arc<Reputation> {
    let (settings, budget) = (config.reputation.clone(), config.dns.budget);
    Arc::new(Reputation::new(settings, &config.dns_lists, budget, Arc::clone(dns), Arc::clone(health)))
}

struct AskDns(Arc<Reputation>);

impl Inquirer for AskDns {
    fn inquire<'a>(&'a self, submission: &'a Submission, features: &'a Features, _: &'a Identity) -> Inquiring<'a> {
        Box::pin(async { Finding::Dns(self.0.ask(&submission.message, features).await) })
    }

    fn announce(&self, session: &Session, sender: &Path) {
        self.0.announce(session, sender);
    }
}
