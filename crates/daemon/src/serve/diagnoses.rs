//! Diagnoses put together: what checks ask, from the parts of the daemon.

use std::sync::Arc;

use customers::LiveDirectory;
use customers::ticket::Whom;
use diagnostics::{Diagnoses, Locks, Owners, Task, Tools, Trust};
use limits::Ledger;
use model::{Clock, EventSink, SubjectKey};
use pipeline::{Live, LiveChange, Logins, Topic};
use store::SqliteStore;

use super::inquiries::Names;
use super::parts::{Parts, node_name};
use crate::clock::SystemClock;
use crate::config::Config;

/// Diagnoses over the store; what an earlier daemon left unfinished ends here.
pub(super) fn start(
    config: &Config,
    names: &Names,
    ledger: &Arc<Ledger>,
    store: &Arc<SqliteStore>,
    logins: &Arc<Logins>,
    events: &Arc<dyn EventSink>,
    live: LiveDirectory,
) -> anyhow::Result<Arc<Diagnoses>> {
    let tools = made(config, names, ledger, store, logins, live);
    let diagnoses = Diagnoses::new(tools, Arc::clone(store) as _, Arc::clone(events));
    let left = diagnoses.recover()?;
    if left > 0 {
        tracing::warn!(diagnoses = left, "diagnoses that the last daemon left unfinished have ended");
    }
    Ok(Arc::new(diagnoses))
}

/// Tells whoever listens live how they go on.
pub(super) fn tell(diagnoses: &Diagnoses, live: &Arc<Live>) {
    let live = Arc::clone(live);
    diagnoses.watch(move |task| live.tell(change(task)));
}

fn change(task: &Task) -> LiveChange {
    let (at, kind) = match (task.finished, task.started) {
        (Some(finished), _) => (finished, "diagnosis.ended"),
        (None, Some(started)) if task.findings.is_empty() => (started, "diagnosis.began"),
        (None, Some(_)) => (SystemClock.now(), "diagnosis.progress"),
        (None, None) => (task.created, "diagnosis.asked"),
    };
    LiveChange {
        at,
        topic: Topic::Diagnosis,
        kind,
        whom: Whom::Subject(task.patient.subject()),
        block: None,
        number: Some(task.id),
        state: task.state.as_str().to_owned(),
    }
}

/// What a configuration makes of them.
pub(super) fn tools(config: &Config, parts: &Parts) -> Tools {
    made(config, &parts.names, &parts.ledger, &parts.store, &parts.logins, parts.registry.live())
}

fn made(
    config: &Config,
    names: &Names,
    ledger: &Arc<Ledger>,
    store: &Arc<SqliteStore>,
    logins: &Arc<Logins>,
    live: LiveDirectory,
) -> Tools {
    let logins = Arc::clone(logins);
    Tools {
        settings: config.diagnosis.clone(),
        dns: Arc::clone(&names.dns),
        reputation: names.reputation(),
        ledger: Arc::clone(ledger),
        tickets: Arc::clone(store) as _,
        owners: Owners::asking(move |subject| {
            let live = live.clone();
            async move { live.ask(&subject).await }
        }),
        trust: Trust::authorities(&config.diagnosis.authorities),
        ehlo: ehlo(config),
        locks: Locks::new(move |subject| lock(&logins, subject)),
        clock: Arc::new(SystemClock),
    }
}

/// This host's name as servers get it; one that is no host name is not told.
fn ehlo(config: &Config) -> String {
    Some(node_name(config)).filter(|name| customers::is_host(name)).unwrap_or_else(|| "localhost".into())
}

/// A lock of the subject itself, wherever a login would come from.
fn lock(logins: &Logins, subject: &SubjectKey) -> Option<limits::Lockout> {
    logins.all().into_iter().find(|lock| lock.subject == *subject)
}
