//! The external scanners that are switched on: asked by the judge, shown in metrics and readiness.

use std::sync::Arc;

use admin::{PartState, Readiness};
use console::Remark;
use model::{Clock, EventSink, Features, Identity, Submission};
use pipeline::{Finding, Inquirer, Inquiring};
use scanners::{Figures, Scanner};
use telemetry::{MetricError, Telemetry};

use crate::config::Config;

/// Every scanner that is switched on, with what it has learnt of its health: it outlives a reload.
pub(crate) struct Panel(Vec<Arc<Scanner>>);

impl Panel {
    pub(crate) fn new(config: &Config, clock: &Arc<dyn Clock>, events: &Arc<dyn EventSink>) -> Self {
        let all = [
            Scanner::clamav(&config.clamav, clock, events),
            Scanner::spamd(&config.spamd, clock, events),
            Scanner::rspamd(&config.rspamd, clock, events),
        ];
        Self(all.into_iter().flatten().map(Arc::new).collect())
    }

    /// The judge's inquirers; none when no scanner is switched on.
    pub(crate) fn inquirers(&self) -> impl Iterator<Item = Arc<dyn Inquirer>> {
        self.0.iter().map(|scanner| Arc::new(AskScanner(Arc::clone(scanner))) as _)
    }

    /// What /readyz says of each.
    pub(crate) fn probe(&self, readiness: &mut Readiness, telemetry: &Arc<Telemetry>) {
        for scanner in &self.0 {
            let (scanner, telemetry) = (Arc::clone(scanner), Arc::clone(telemetry));
            readiness.probe(scanner.name(), false, move || match telemetry.degradation(scanner.name()) {
                None => PartState::working([Remark::MessagesAnswered(scanner.figures().answered)]),
                Some(failing) => {
                    let alone = scanner.figures().is_left_alone.then_some(Remark::LeftAlone);
                    let told = [Remark::Failed(failing.error), Remark::Policy(failing.policy)];
                    PartState::degraded(told.into_iter().chain(alone)).since(failing.since)
                }
            });
        }
    }

    /// The scanners' figures, read at each scrape.
    pub(crate) fn register(&self, telemetry: &Telemetry) -> Result<(), MetricError> {
        for (name, help, figure) in COUNTERS {
            let scanners = self.0.clone();
            telemetry.register_counters(name, help, "scanner", move || {
                scanners.iter().map(|scanner| (scanner.name(), figure(&scanner.figures()) as f64)).collect()
            })?;
        }
        Ok(())
    }
}

type Read = fn(&Figures) -> u64;

const COUNTERS: [(&str, &str, Read); 3] = [
    ("portreeve_scanner_answers_total", "Messages an external scanner has answered for.", |figures| figures.answered),
    ("portreeve_scanner_failures_total", "Messages an external scanner was asked about in vain.", |figures| {
        figures.failed
    }),
    (
        "portreeve_scanner_spared_total",
        "Messages an external scanner was not asked about because it kept failing.",
        |figures| figures.spared,
    ),
];

struct AskScanner(Arc<Scanner>);

impl Inquirer for AskScanner {
    fn inquire<'a>(&'a self, submission: &'a Submission, _: &'a Features, _: &'a Identity) -> Inquiring<'a> {
        Box::pin(async { self.0.ask(submission).await.map_or(Finding::Nothing, Finding::Opinion) })
    }

    fn wanted_bytes(&self) -> usize {
        self.0.max_size()
    }
}
