//! Webhooks: their receivers from the configuration, their metrics, what /readyz says of them.

use admin::{PartState, Readiness};
use anyhow::anyhow;
use console::Remark;
use customers::LiveDirectory;
use pipeline::Policy;
use telemetry::{MetricError, Telemetry};
use webhooks::{Hook, Teller, Webhooks, hooks};

use crate::config::Config;

/// The receivers of a configuration, with what every event says.
pub(crate) fn configured(
    config: &Config,
    policy: &Policy,
    live: &LiveDirectory,
) -> anyhow::Result<(Vec<Hook>, Teller)> {
    let sentences = |mistakes: Vec<(String, String)>| {
        let lines: Vec<_> = mistakes.iter().map(|(option, sentence)| format!("{option}: {sentence}")).collect();
        anyhow!(lines.join("; "))
    };
    Ok((hooks(&config.webhooks).map_err(sentences)?, teller(policy, live)))
}

pub(crate) fn teller(policy: &Policy, live: &LiveDirectory) -> Teller {
    Teller { node: policy.node.clone(), link: policy.link.clone(), directory: live.clone() }
}

/// What /readyz says.
pub(crate) fn probe(readiness: &mut Readiness, webhooks: &Webhooks) {
    let webhooks = webhooks.clone();
    readiness.probe("webhooks", false, move || {
        let figures = webhooks.figures();
        let waits = [Remark::EventsWait(figures.waiting), Remark::DeadEvents(figures.dead)];
        let Some(first) = figures.failing.iter().min_by_key(|failing| failing.since) else {
            return PartState::working(waits);
        };
        let failing = figures.failing.iter().map(|one| Remark::Failed(format!("\"{}\": {}", one.hook, one.error)));
        PartState::degraded(failing.chain(waits)).since(first.since)
    });
}

/// Figures, read at each scrape.
pub(crate) fn register(telemetry: &Telemetry, webhooks: &Webhooks) -> Result<(), MetricError> {
    let office = webhooks.clone();
    let help = "Receivers of webhooks by whether they work.";
    telemetry.register_gauges("portreeve_webhook_receivers", help, "state", move || {
        let figures = office.figures();
        let failing = figures.failing.len() as u64;
        vec![("working", figures.receivers.saturating_sub(failing) as f64), ("failing", failing as f64)]
    })?;
    let office = webhooks.clone();
    let help = "Events for receivers of webhooks by where they stand; dead ones were given up.";
    telemetry.register_gauges("portreeve_webhook_events", help, "state", move || {
        let figures = office.figures();
        vec![("waiting", figures.waiting as f64), ("dead", figures.dead as f64)]
    })?;
    let office = webhooks.clone();
    let help = "How long the oldest waiting event of a webhook has waited.";
    telemetry
        .register_gauge("portreeve_webhook_oldest_age_seconds", help, move || office.figures().oldest.as_secs_f64())?;
    let office = webhooks.clone();
    let help = "Tries to deliver an event to a receiver by outcome.";
    telemetry.register_counters("portreeve_webhook_deliveries_total", help, "outcome", move || {
        let figures = office.figures();
        let failed = figures.failed.saturating_sub(figures.given_up);
        vec![("delivered", figures.delivered as f64), ("failed", failed as f64), ("given_up", figures.given_up as f64)]
    })
}
