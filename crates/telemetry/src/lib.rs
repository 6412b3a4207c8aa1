//! Events become log lines and metrics: one event, one line, its metrics, in one file for each kind of event.
//!
//! Security: label values are words of the program (doors, verdicts, signals), never an account, an address or a domain:
//! whoever sends mail can't make the number of series grow. Text from the network reaches the log only as a field of type
//! `&str`, which every `tracing` subscriber writes quoted and escaped, never inside the message; so it can start no line
//! and fake no field.

mod block;
mod declined;
mod error;
mod families;
mod history;
mod judged;
mod logins;
mod missing;
mod parts;
mod process;
mod pull;
mod refused;
mod web;

use std::sync::Arc;

use model::{Clock, Event, EventSink, Timestamp};
use prometheus::{Registry, TextEncoder};

pub use error::MetricError;
pub use history::Minute;
pub use parts::{Degradation, PARTS};

/// The `Content-Type` of [`Telemetry::render`]: the text exposition format of Prometheus.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Takes note of every event. Emitting takes no lock that is held for longer than a map look-up, and never waits for I/O
/// of its own; how long a log line takes is up to the subscriber.
pub struct Telemetry {
    registry: Registry,
    judged: judged::Watch,
    refused: refused::Watch,
    declined: declined::Watch,
    blocks: block::Watch,
    parts: parts::Watch,
    missing: missing::Watch,
    history: history::History,
    logins: logins::Watch,
    web: web::Watch,
}

impl Telemetry {
    /// Registers every metric of this crate.
    ///
    /// `signals` are the signals with a series of their own; hits of any other count as `other`. `spam` is the score from
    /// which a message counts as spam (see [`Self::set_spam_score`]). The clock's present is the start of the process.
    ///
    /// # Errors
    /// [`MetricError::Rejected`] when two metrics claim one name: a defect, not a condition of operation.
    pub fn new<'s>(
        signals: impl IntoIterator<Item = &'s str>,
        spam: i32,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, MetricError> {
        let registry = Registry::new();
        process::register(&registry, clock.now())?;
        Ok(Self {
            judged: judged::Watch::new(&registry, signals, spam)?,
            refused: refused::Watch::new(&registry)?,
            declined: declined::Watch::new(&registry, Arc::clone(&clock))?,
            blocks: block::Watch::new(&registry)?,
            parts: parts::Watch::new(&registry, Arc::clone(&clock))?,
            missing: missing::Watch::new(&registry, clock)?,
            history: history::History::default(),
            logins: logins::Watch::new(&registry)?,
            web: web::Watch::new(&registry)?,
            registry,
        })
    }

    /// The score from which a message counts as spam from now on, for a reload.
    pub fn set_spam_score(&self, spam: i32) {
        self.judged.set_spam_score(spam);
    }

    /// How a part of the path fails at the moment; `None` when it works.
    pub fn degradation(&self, part: &str) -> Option<Degradation> {
        self.parts.degradation(part)
    }

    /// Closes the minute of [`Self::history`] that is over. Call it every second or so.
    pub fn tick(&self, now: Timestamp) {
        self.history.tick(now, || self.totals());
    }

    /// What happened in each minute of the last 24 hours since the process started, oldest first, the one that runs last.
    pub fn history(&self) -> Vec<Minute> {
        self.history.minutes(self.totals())
    }

    fn totals(&self) -> history::Totals {
        let (messages, spam, turned_away) = self.judged.totals();
        history::Totals { messages, spam, refused: turned_away + self.refused.total(), blocks: self.blocks.total() }
    }

    /// Every part of the path that fails at the moment, by name.
    pub fn degradations(&self) -> Vec<(&'static str, Degradation)> {
        self.parts.degradations()
    }

    /// Exports a figure that is read at each scrape. `read` must be quick and must not call back into telemetry.
    ///
    /// # Errors
    /// A [`MetricError`] when the name is not conventional (`portreeve_…` in lower case, no `_total`), the help text is
    /// empty, or the name is taken.
    pub fn register_gauge(
        &self,
        name: &'static str,
        help: &'static str,
        read: impl Fn() -> f64 + Send + Sync + 'static,
    ) -> Result<(), MetricError> {
        pull::register(&self.registry, pull::Source::gauge(name, help, &[], move || vec![(Vec::new(), read())]))
    }

    /// Like [`Self::register_gauge`], a series for each value of one label. Values are words of the program.
    ///
    /// # Errors
    /// As [`Self::register_gauge`].
    pub fn register_gauges(
        &self,
        name: &'static str,
        help: &'static str,
        label: &'static str,
        read: impl Fn() -> Vec<(&'static str, f64)> + Send + Sync + 'static,
    ) -> Result<(), MetricError> {
        pull::register(&self.registry, pull::Source::gauge(name, help, &[label], move || single(read())))
    }

    /// Like [`Self::register_gauges`], with two labels.
    ///
    /// # Errors
    /// As [`Self::register_gauge`].
    pub fn register_gauge_table(
        &self,
        name: &'static str,
        help: &'static str,
        labels: [&'static str; 2],
        read: impl Fn() -> Vec<([&'static str; 2], f64)> + Send + Sync + 'static,
    ) -> Result<(), MetricError> {
        let read = move || read().into_iter().map(|(values, figure)| (values.to_vec(), figure)).collect();
        pull::register(&self.registry, pull::Source::gauge(name, help, &labels, read))
    }

    /// Exports a count kept elsewhere that never falls while the process lives; its name ends in `_total`.
    ///
    /// # Errors
    /// As [`Self::register_gauge`].
    pub fn register_counter(
        &self,
        name: &'static str,
        help: &'static str,
        read: impl Fn() -> f64 + Send + Sync + 'static,
    ) -> Result<(), MetricError> {
        pull::register(&self.registry, pull::Source::counter(name, help, &[], move || vec![(Vec::new(), read())]))
    }

    /// Like [`Self::register_counter`], a series for each value of one label.
    ///
    /// # Errors
    /// As [`Self::register_gauge`].
    pub fn register_counters(
        &self,
        name: &'static str,
        help: &'static str,
        label: &'static str,
        read: impl Fn() -> Vec<(&'static str, f64)> + Send + Sync + 'static,
    ) -> Result<(), MetricError> {
        pull::register(&self.registry, pull::Source::counter(name, help, &[label], move || single(read())))
    }

    /// Every metric in the text exposition format 0.0.4. Reads a few files of `/proc/self`.
    pub fn render(&self) -> String {
        TextEncoder::new().encode_to_string(&self.registry.gather()).unwrap_or_else(|error| {
            tracing::error!(error = %error, "the metrics can't be written");
            String::new()
        })
    }
}

/// Series with one label.
fn single(figures: Vec<(&'static str, f64)>) -> Vec<pull::Series> {
    figures.into_iter().map(|(value, figure)| (vec![value], figure)).collect()
}

impl EventSink for Telemetry {
    fn emit(&self, event: &Event<'_>) {
        match *event {
            Event::Judged(ref judged) => self.judged.note(judged),
            Event::Refused { via, identity, stage, reason, reply, monitored } => {
                self.refused.note(&refused::Refused { via, identity, stage, reason, reply, monitored });
            }
            Event::Declined(ref declined) => self.declined.note(declined),
            Event::BlockChanged { block, monitored } => self.blocks.note(block, monitored),
            Event::Degraded { part, policy, error } => self.parts.degraded(part, policy, error),
            Event::Recovered { part } => self.parts.recovered(part),
            Event::Repaired { part, repair, count } => self.parts.repaired(part, repair, count),
            Event::MissingIdentity { via, missing } => self.missing.note(via, missing),
            Event::LoginFailed { via, identity } => self.logins.failed(via, identity),
            Event::WebGuess(ref guess) => self.web.guess(guess),
            Event::WebLogin { door, user, client } => self.web.login(door, user, client),
            Event::LockoutChanged { subject, failures, until, change } => {
                self.logins.changed(&logins::Changed { subject, failures, until, change });
            }
        }
    }
}
