//! The native API's parts, and what a reload changes of them.

use std::sync::{Arc, Mutex, TryLockError};

use access::Answers;
use admin::{AdminState, Condition, PartReport};
use alerts::{Notice, Templates};
use api::native::{Files, Health, Letter, Mistake, Native, NoReplay, Part, Setting, SettingsTable, Workshop};
use arc_swap::ArcSwap;
use customers::Language;
use model::{Clock, Timestamp};
use pipeline::{Mode, ReplyKeys, School};
use replay::{Report, Then};
use settings::Problem;

use super::parts::Parts;
use super::rehearsal;
use crate::config::Config;
use crate::in_force;

/// The API as it stands.
pub(crate) struct NativeDoor {
    native: Arc<Native>,
    floor: Arc<Floor>,
}

/// What of the daemon as a whole the API asks for.
struct Floor {
    config: ArcSwap<Config>,
    node: String,
    started: Timestamp,
    clock: Arc<dyn Clock>,
    admin: Arc<AdminState>,
    reply_keys: Option<Arc<ReplyKeys>>,
    /// Held while a journal is played: one at a time.
    stage: Mutex<()>,
}

impl NativeDoor {
    /// An API over the daemon's parts; `base` is what addresses of the console begin with.
    pub(crate) fn new(config: &Config, parts: &Parts, admin: &Arc<AdminState>, base: &str) -> Self {
        let floor = Arc::new(Floor {
            config: ArcSwap::from_pointee(config.clone()),
            node: parts.node.clone(),
            started: parts.clock.now(),
            clock: Arc::clone(&parts.clock),
            admin: Arc::clone(admin),
            reply_keys: parts.replies.keys(),
            stage: Mutex::default(),
        });
        let tickets = parts.tickets();
        let (judges, lessons) = (Arc::clone(&parts.judges), Arc::clone(&parts.lessons));
        let native = Native {
            gate: Arc::clone(&parts.gate),
            desk: tickets.desk(),
            tickets,
            by_hand: parts.by_hand(),
            standings: parts.standings(),
            search: Arc::clone(&parts.search),
            ledger: Arc::clone(&parts.ledger),
            live: Arc::clone(&parts.changes),
            answers: Arc::new(Answers::new(Arc::clone(&parts.store) as _, Arc::clone(&parts.clock))),
            reports: Arc::clone(&parts.reports),
            diagnoses: Arc::clone(&parts.diagnoses),
            logins: Arc::clone(&parts.logins),
            fingerprints: parts.fingerprints(),
            school: Arc::new(School::new(judges, lessons, Arc::clone(&parts.clock))),
            customers: Arc::clone(&parts.registry),
            letters: Arc::clone(&parts.store) as _,
            outbox: parts.outbox.clone(),
            webhooks: parts.webhooks.clone(),
            workshop: Arc::clone(&floor) as _,
            base: base.to_owned(),
        };
        Self { native: Arc::new(native), floor }
    }

    /// The API itself, for its routes.
    pub(crate) fn native(&self) -> Arc<Native> {
        Arc::clone(&self.native)
    }

    /// Shows what this configuration says from now on.
    pub(crate) fn reload(&self, config: &Config) {
        self.floor.config.store(Arc::new(config.clone()));
    }
}

impl Floor {
    fn templates(&self, files: &Files) -> Result<Templates, Vec<String>> {
        Templates::with_files(self.config.load().alerts.templates.as_deref(), files)
    }
}

impl Workshop for Floor {
    fn health(&self) -> Health {
        let report = self.admin.readiness().report();
        Health {
            node: self.node.clone(),
            monitor: self.config.load().node.mode == Mode::Monitor,
            started: self.started,
            ready: report.ready,
            parts: report.parts.into_iter().map(part).collect(),
        }
    }

    fn settings(&self) -> Vec<SettingsTable> {
        in_force::tables(&self.config.load()).into_iter().map(table).collect()
    }

    fn mistakes(&self, configuration: &str) -> Vec<Mistake> {
        Config::parse_to_serve(configuration).err().unwrap_or_default().into_iter().map(mistake).collect()
    }

    fn letter(&self, notice: Notice, language: Language, files: &Files) -> Result<Letter, Vec<String>> {
        let words = self.templates(files)?.preview(notice, language).map_err(|mistake| vec![mistake])?;
        Ok(Letter { subject: words.subject, text: words.text, html: words.html })
    }

    fn template_mistakes(&self, files: &Files) -> Vec<String> {
        self.templates(files).err().unwrap_or_default()
    }

    fn replay(&self, configuration: Option<&str>) -> Result<(Report, Then), NoReplay> {
        let _alone = match self.stage.try_lock() {
            Ok(alone) => alone,
            Err(TryLockError::Poisoned(broken)) => broken.into_inner(),
            Err(TryLockError::WouldBlock) => return Err(NoReplay::Busy),
        };
        let in_force = self.config.load();
        let directory = in_force.journal.directory.as_deref().ok_or(NoReplay::NoJournal)?;
        let other = configuration.map(Config::parse).transpose();
        let other = other.map_err(|problems| NoReplay::Mistakes(problems.into_iter().map(mistake).collect()))?;
        rehearsal::newest(other.as_ref().unwrap_or(&in_force), directory)
    }

    fn rotate_reply_key(&self) -> Option<Result<Timestamp, String>> {
        let keys = self.reply_keys.as_ref()?;
        Some(keys.rotate(self.clock.now()).map_err(|error| error.to_string()))
    }
}

fn part(report: PartReport) -> Part {
    let state = match report.state {
        Condition::Working => "working",
        Condition::Degraded => "degraded",
        Condition::Down => "down",
    };
    let since = Timestamp::parse(&report.since).unwrap_or_default();
    Part { name: report.part, state, since, sentence: report.sentence }
}

fn table(table: console::view::SettingsTable) -> SettingsTable {
    let options = table.rows.into_iter().map(|row| Setting {
        key: row.key.to_owned(),
        value: row.value,
        changed: row.changed,
        about: row.doc,
    });
    SettingsTable { name: table.name, options: options.collect() }
}

fn mistake(problem: Problem) -> Mistake {
    let Problem { line, option, message } = problem;
    Mistake { line: line.and_then(|line| line.try_into().ok()), option, message }
}
