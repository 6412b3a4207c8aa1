//! Who is told of events: telemetry, and the journal where there is one.

use std::collections::BTreeMap;
use std::sync::Arc;

use journal::{Began, Figures, Recorder};
use model::{Event, EventSink};
use telemetry::Telemetry;

use crate::config::Config;

/// Tells both of them.
pub(crate) struct Witness {
    telemetry: Arc<Telemetry>,
    journal: Option<Recorder>,
}

impl Witness {
    pub(crate) fn new(telemetry: Arc<Telemetry>, journal: Option<Recorder>) -> Self {
        Self { telemetry, journal }
    }

    /// A configuration is in force from now on.
    pub(crate) fn began(&self, config: &Config) {
        if let Some(journal) = &self.journal {
            journal.began(in_force(config));
        }
    }

    /// How the journal does, where there is one.
    pub(crate) fn journal(&self) -> Option<Figures> {
        self.journal.as_ref().map(Recorder::figures)
    }
}

impl EventSink for Witness {
    fn emit(&self, event: &Event<'_>) {
        self.telemetry.emit(event);
        if let Some(journal) = &self.journal {
            journal.emit(event);
        }
    }
}

/// What replay needs to know of a configuration to give other points for the same signals.
fn in_force(config: &Config) -> Began {
    Began {
        version: env!("CARGO_PKG_VERSION").into(),
        mode: config.node.mode.to_string(),
        spam: config.score.spam,
        reject: config.score.reject,
        points: points(config),
        ..Began::default()
    }
}

fn points(config: &Config) -> BTreeMap<String, i32> {
    let built_in = config.score.points_in_force().map(|(name, points)| (name.to_owned(), points));
    built_in.chain(config.own_rules.iter().map(|rule| (rule.name.clone(), rule.points))).collect()
}
