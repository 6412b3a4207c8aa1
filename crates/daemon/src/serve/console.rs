//! The console's parts, and what a reload changes of them.

use std::sync::Arc;
use std::time::Duration;

use admin::{AdminState, Condition, PartReport};
use console::view::HealthPart;
use console::{Console, Site};
use model::{Clock, Timestamp};
use pipeline::Mode;
use telemetry::Telemetry;

use super::parts::Parts;
use crate::config::Config;
use crate::in_force;

/// The minutes of the charts are closed at most this late.
const TICK: Duration = Duration::from_secs(1);

/// The console as it stands.
pub(crate) struct ConsoleDoor {
    console: Console,
}

impl ConsoleDoor {
    /// A console over the daemon's parts.
    pub(crate) fn new(config: &Config, parts: &Parts, admin: &Arc<AdminState>) -> Self {
        let (owners, health) = (parts.registry.live(), Arc::clone(admin));
        let holders = owners.clone();
        let shared = console::Parts {
            gate: Arc::clone(&parts.gate),
            tickets: parts.tickets(),
            search: Arc::clone(&parts.search),
            archive: Arc::clone(&parts.store) as _,
            ledger: Arc::clone(&parts.ledger),
            logins: Some(Arc::clone(&parts.logins)),
            recall: Arc::clone(&parts.recall),
            telemetry: Arc::clone(&parts.telemetry),
            health: Box::new(move || health.readiness().report().parts.into_iter().map(part).collect()),
            owner: Box::new(move |subject| owners.owner(subject)),
            holdings: Box::new(move |service| holders.load().holdings(service)),
            outbox: Some(parts.outbox.clone()),
            diagnoses: Some(Arc::clone(&parts.diagnoses)),
            reports: Some(Arc::clone(&parts.reports)),
            customers: Some(Arc::clone(&parts.registry)),
            webhooks: Some(parts.webhooks.clone()),
            clock: Arc::clone(&parts.clock),
        };
        Self { console: Console::new(shared, site(config, &parts.node)) }
    }

    /// The console itself, for its routes.
    pub(crate) fn console(&self) -> Console {
        self.console.clone()
    }

    /// Shows what this configuration says from now on.
    pub(crate) fn reload(&self, config: &Config, node: &str) {
        self.console.reload(site(config, node));
    }
}

fn site(config: &Config, node: &str) -> Site {
    Site {
        node: node.to_owned(),
        monitor: config.node.mode == Mode::Monitor,
        contact: config.blocks.contact.clone(),
        ladder: config.blocks.ladder.clone(),
        spam: config.score.spam,
        settings: Arc::new(in_force::tables(config)),
    }
}

fn part(report: PartReport) -> HealthPart {
    let state = match report.state {
        Condition::Working => "working",
        Condition::Degraded => "degraded",
        Condition::Down => "down",
    };
    let since = Timestamp::parse(&report.since).unwrap_or_default().0;
    HealthPart { name: report.part, state, since, remarks: report.remarks }
}

/// Closes the minutes of the charts.
pub(crate) async fn minutes(telemetry: Arc<Telemetry>, clock: Arc<dyn Clock>) {
    let mut timer = tokio::time::interval(TICK);
    loop {
        timer.tick().await;
        telemetry.tick(clock.now());
    }
}
