//! Diagnoses started, watched and kept. The command line, the HTTP API and the console do nothing else.
//!
//! A diagnosis that runs is held in memory and written when it begins and when it ends. One that a daemon left unfinished ends in
//! error at the next start: its password is gone with the process, and one that ended the daemon must not do so for ever.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use arc_swap::ArcSwap;
use limits::StoreError;
use model::{Clock, Event, EventSink};
use tokio::sync::{Notify, Semaphore, watch};

use crate::case::{Case, Tools};
use crate::patient::Patient;
use crate::run::examine;
use crate::secret::Password;
use crate::store::DiagnosisStore;
use crate::tally::{DiagnosisFigures, Tally};
use crate::task::Task;

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum DiagnosisError {
    /// No diagnosis has that number.
    #[error("there is no diagnosis {0}")]
    Unknown(u64),
    /// It is over.
    #[error("diagnosis {0} is over")]
    Over(u64),
    /// It goes on.
    #[error("diagnosis {0} goes on: wait for its end")]
    Running(u64),
    /// Too many wait.
    #[error("{0} diagnoses wait already; try again in a minute")]
    Busy(usize),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is known of one that runs, and how to end it.
struct Running {
    task: Task,
    cancelled: Arc<Notify>,
    over: watch::Sender<bool>,
}

/// All diagnoses.
pub struct Diagnoses {
    tools: ArcSwap<Tools>,
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn DiagnosisStore>,
    events: Arc<dyn EventSink>,
    clock: Arc<dyn Clock>,
    slots: Semaphore,
    running: Mutex<HashMap<u64, Running>>,
    /// Whether the last write failed.
    failing: AtomicBool,
    watcher: OnceLock<Watcher>,
    tally: Tally,
}

type Watcher = Box<dyn Fn(&Task) + Send + Sync>;

/// What a diagnosis that a stopped daemon left behind says.
const LEFT: &str = "the daemon stopped while it ran; start it again";
/// What one that was cancelled says.
const CANCELLED: &str = "it was cancelled";

impl Diagnoses {
    /// More than this don't wait.
    pub const MAX_WAITING: usize = 100;

    /// Over that store. `tools.settings.parallel` of now bounds how many run.
    pub fn new(tools: Tools, store: Arc<dyn DiagnosisStore>, events: Arc<dyn EventSink>) -> Self {
        let slots = Semaphore::new(usize::try_from(tools.settings.parallel).unwrap_or(1));
        let clock = Arc::clone(&tools.clock);
        let (running, failing, watcher) = (Mutex::default(), AtomicBool::default(), OnceLock::new());
        let tally = Tally::default();
        let inner = Inner { store, events, clock, slots, running, failing, watcher, tally };
        Self { tools: ArcSwap::from_pointee(tools), inner: Arc::new(inner) }
    }

    /// Diagnoses that begin from now on use these.
    pub fn reload(&self, tools: Tools) {
        self.tools.store(Arc::new(tools));
    }

    /// Whom every change is told: that one was asked for, began, found something, ended. Only the first watcher counts.
    pub fn watch(&self, watcher: impl Fn(&Task) + Send + Sync + 'static) {
        let _ = self.inner.watcher.set(Box::new(watcher));
    }

    /// Ends what an earlier daemon has left unfinished; returns how many. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn recover(&self) -> Result<usize, StoreError> {
        let left = self.inner.store.unfinished_diagnoses()?;
        for task in &left {
            let mut task = task.clone();
            task.give_up(LEFT, self.inner.clock.now());
            self.inner.store.put_diagnosis(&task)?;
            self.inner.tally.ended(&task);
        }
        Ok(left.len())
    }

    /// Begins a diagnosis on behalf of `by`. It goes on whether anybody watches or not; the password is dropped with it. Blocks the thread on the store; must
    /// be called within a tokio runtime.
    ///
    /// # Errors
    /// When too many wait, or the store fails.
    pub fn start(&self, patient: Patient, password: Option<Password>, by: &str) -> Result<Task, DiagnosisError> {
        let tools = self.tools.load_full();
        if self.inner.running().len() >= Self::MAX_WAITING {
            return Err(DiagnosisError::Busy(Self::MAX_WAITING));
        }
        self.inner.catch_up();
        let now = self.inner.clock.now();
        self.inner.store.prune_diagnoses(now.before(tools.settings.keep))?;
        let mut task = Task::new(patient.clone(), by, now);
        task.id = self.inner.store.add_diagnosis(&task)?;
        let cancelled = Arc::new(Notify::new());
        let running =
            Running { task: task.clone(), cancelled: Arc::clone(&cancelled), over: watch::Sender::new(false) };
        self.inner.running().insert(task.id, running);
        let case = Case::new(patient, password, tools);
        self.inner.announce(&task);
        tokio::spawn(Arc::clone(&self.inner).carry_out(task.id, case, cancelled));
        Ok(task)
    }

    /// One, with what was found so far. Blocks the thread on the store.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub fn show(&self, id: u64) -> Result<Task, DiagnosisError> {
        if let Some(task) = self.inner.live(id) {
            return Ok(task);
        }
        self.inner.store.diagnosis(id)?.ok_or(DiagnosisError::Unknown(id))
    }

    /// One, as soon as it is over.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub async fn ended(&self, id: u64) -> Result<Task, DiagnosisError> {
        let over = self.inner.running().get(&id).map(|running| running.over.subscribe());
        if let Some(mut over) = over {
            // Its end is an end too.
            let _ = over.wait_for(|over| *over).await;
        }
        if let Some(task) = self.inner.live(id) {
            return Ok(task);
        }
        let store = Arc::clone(&self.inner.store);
        let kept = tokio::task::spawn_blocking(move || store.diagnosis(id)).await;
        kept.unwrap_or_else(|error| Err(cut_off(&error)))?.ok_or(DiagnosisError::Unknown(id))
    }

    /// How many there are and how they ended, for metrics.
    pub fn figures(&self) -> DiagnosisFigures {
        self.inner.tally.figures(self.inner.running().values().map(|running| &running.task))
    }

    /// Latest first, of one patient or of all. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn list(&self, of: Option<&Patient>, limit: usize) -> Result<Vec<Task>, DiagnosisError> {
        let kept = self.inner.store.diagnoses(of, limit)?;
        Ok(kept.into_iter().map(|task| self.inner.live(task.id).unwrap_or(task)).collect())
    }

    /// As [`Self::list`], those with a lower number.
    ///
    /// # Errors
    /// When the store fails.
    pub fn list_before(&self, number: u64, of: Option<&Patient>, limit: usize) -> Result<Vec<Task>, StoreError> {
        let kept = self.inner.store.diagnoses_before(number, of, limit)?;
        Ok(kept.into_iter().map(|task| self.inner.live(task.id).unwrap_or(task)).collect())
    }

    /// Ends one early; it becomes an error, with what was found so far. Blocks the thread on the store.
    ///
    /// # Errors
    /// When there is none, it is over, or the store fails.
    pub fn cancel(&self, id: u64) -> Result<Task, DiagnosisError> {
        if let Some(running) = self.inner.running().get(&id) {
            running.cancelled.notify_one();
            return Ok(running.task.clone());
        }
        self.show(id)?;
        Err(DiagnosisError::Over(id))
    }
}

impl Inner {
    /// Never held across an await; a panic elsewhere leaves nothing half done in it.
    fn running(&self) -> MutexGuard<'_, HashMap<u64, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn live(&self, id: u64) -> Option<Task> {
        self.running().get(&id).map(|running| running.task.clone())
    }

    async fn carry_out(self: Arc<Self>, id: u64, case: Case, cancelled: Arc<Notify>) {
        tokio::select! {
            () = self.in_turn(id, case) => self.change(id, |task, now| task.end(now)),
            () = cancelled.notified() => self.change(id, |task, now| task.give_up(CANCELLED, now)),
        }
        if let Some(task) = self.live(id) {
            self.tally.ended(&task);
        }
        let kept = self.keep(id).await;
        if let Some(running) = self.running().get(&id) {
            running.over.send_replace(true);
        }
        if kept {
            self.running().remove(&id);
        }
    }

    async fn in_turn(self: &Arc<Self>, id: u64, case: Case) {
        let _slot = self.slots.acquire().await;
        self.change(id, Task::begin);
        self.keep(id).await;
        examine(case, |finding| self.change(id, |task, _| task.note(finding))).await;
    }

    fn change(&self, id: u64, how: impl FnOnce(&mut Task, model::Timestamp)) {
        if let Some(running) = self.running().get_mut(&id) {
            how(&mut running.task, self.clock.now());
        }
        if let Some(task) = self.live(id) {
            self.announce(&task);
        }
    }

    fn announce(&self, task: &Task) {
        if let Some(watcher) = self.watcher.get() {
            watcher(task);
        }
    }

    /// Writes one as it is now; what could not be written stays in memory, to be shown until the daemon stops.
    async fn keep(self: &Arc<Self>, id: u64) -> bool {
        let Some(task) = self.live(id) else { return true };
        let store = Arc::clone(&self.store);
        let written = tokio::task::spawn_blocking(move || store.put_diagnosis(&task)).await;
        let written = written.unwrap_or_else(|error| Err(cut_off(&error)));
        self.tell(&written);
        written.is_ok()
    }

    /// Writes what ended while the store failed.
    fn catch_up(&self) {
        let over: Vec<Task> =
            self.running().values().map(|running| &running.task).filter(|task| task.state.is_over()).cloned().collect();
        for task in over {
            let written = self.store.put_diagnosis(&task);
            self.tell(&written);
            if written.is_ok() {
                self.running().remove(&task.id);
            }
        }
    }

    fn tell(&self, written: &Result<(), StoreError>) {
        let failed_before = self.failing.swap(written.is_err(), Ordering::Relaxed);
        match written {
            Ok(()) if failed_before => self.events.emit(&Event::Recovered { part: PART }),
            Ok(()) => {}
            Err(error) => {
                let (part, policy) = (PART, "kept in memory until the daemon stops");
                self.events.emit(&Event::Degraded { part, policy, error: &error.to_string() });
            }
        }
    }
}

fn cut_off(error: &tokio::task::JoinError) -> StoreError {
    StoreError::Other(format!("the call was cut off: {error}"))
}

/// As whom a failing store is told.
const PART: &str = "diagnoses";
