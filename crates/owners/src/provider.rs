//! The directory as everybody asks it: from memory, with a few tasks that ask it beside.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use customers::{Asking, Customer, Elsewhere, Said};
use limits::Holdings;
use model::{Clock, Event, EventSink, SubjectKey};
use tokio::sync::{Mutex as Turn, mpsc};

use crate::cache::{Cache, Look, Terms};
use crate::error::{AskError, Concern};
use crate::line::Line;
use crate::rest::Rest;
use crate::settings::DirectorySettings;
use crate::totals::{Figures, Totals};

/// Its name in events, metrics and readiness.
const PART: &str = "directory";
/// What happens to mail while it fails.
const POLICY: &str = "what it said last holds; unknown owners get the defaults";
/// More questions than this don't wait.
const MAX_WAITING: usize = 1000;

/// The provider's directory.
pub struct Provider {
    shared: Arc<Shared>,
    wanted: mpsc::Sender<SubjectKey>,
}

struct Shared {
    line: Line,
    pause: Duration,
    cache: Mutex<Cache>,
    waiting: Mutex<HashSet<SubjectKey>>,
    rest: Mutex<Rest>,
    /// The latest answer about one name that can't be used, in a sentence.
    unusable: Mutex<Option<String>>,
    clock: Arc<dyn Clock>,
    events: Arc<dyn EventSink>,
    totals: Totals,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Provider({:?})", self.shared.line)
    }
}

impl Provider {
    /// Its name in events and readiness.
    pub const PART: &str = PART;

    /// The directory of the settings, with the tasks that ask it, in the runtime that this is called in; `None` when nobody is
    /// asked. The tasks end with it.
    ///
    /// # Errors
    /// Every option that can't be used, with a sentence. Reads the files that are named.
    pub fn start(
        settings: &DirectorySettings,
        clock: Arc<dyn Clock>,
        events: Arc<dyn EventSink>,
    ) -> Result<Option<Arc<Self>>, Vec<(String, String)>> {
        let named = |wrong: Vec<(&str, String)>| {
            wrong.into_iter().map(|(key, why)| (format!("directory.{key}"), why)).collect::<Vec<_>>()
        };
        let Some(line) = Line::new(settings).map_err(named)? else { return Ok(None) };
        let shared = Arc::new(Shared {
            line,
            pause: settings.try_again_after,
            cache: Mutex::new(Cache::new(Terms::from(settings))),
            waiting: Mutex::default(),
            rest: Mutex::default(),
            unusable: Mutex::default(),
            clock,
            events,
            totals: Totals::default(),
        });
        let (wanted, questions) = mpsc::channel(MAX_WAITING);
        let questions = Arc::new(Turn::new(questions));
        for _ in 0..settings.parallel {
            tokio::spawn(Arc::clone(&shared).work(Arc::clone(&questions)));
        }
        Ok(Some(Arc::new(Self { shared, wanted })))
    }

    /// Totals, for metrics.
    pub fn figures(&self) -> Figures {
        self.shared.totals.figures(lock(&self.shared.cache).len())
    }

    /// The latest answer about one name that can't be used, in a sentence.
    pub fn latest_unusable(&self) -> Option<String> {
        lock(&self.shared.unusable).clone()
    }

    fn want(&self, subject: &SubjectKey) {
        if !self.shared.may_ask() {
            return self.shared.totals.spared.up();
        }
        if !lock(&self.shared.waiting).insert(subject.clone()) {
            return;
        }
        if self.wanted.try_send(subject.clone()).is_err() {
            self.shared.totals.spared.up();
            lock(&self.shared.waiting).remove(subject);
        }
    }
}

impl Elsewhere for Provider {
    fn said(&self, subject: &SubjectKey) -> Said {
        let look = self.shared.look(subject);
        if look.ask {
            self.want(subject);
        }
        look.said
    }

    fn ask<'a>(&'a self, subject: &'a SubjectKey) -> Asking<'a> {
        Box::pin(async {
            let look = self.shared.look(subject);
            if look.ask && self.shared.may_ask() {
                self.shared.ask(subject).await;
                return self.shared.look(subject).said;
            }
            look.said
        })
    }

    fn customer(&self, service: &str) -> Option<Arc<Customer>> {
        let cache = lock(&self.shared.cache);
        cache
            .owners(self.shared.clock.now())
            .find(|(_, owner)| owner.service == service)
            .map(|(_, owner)| Arc::clone(owner))
    }

    fn holdings(&self, service: &str) -> Option<Holdings> {
        let cache = lock(&self.shared.cache);
        let his = cache.owners(self.shared.clock.now()).filter(|(_, owner)| owner.service == service);
        his.map(|(subject, _)| Holdings::subject(subject)).reduce(Holdings::and)
    }
}

impl Shared {
    async fn work(self: Arc<Self>, questions: Arc<Turn<mpsc::Receiver<SubjectKey>>>) {
        loop {
            let Some(subject) = questions.lock().await.recv().await else { return };
            // What failed meanwhile is left alone, and asked for by the next message.
            if self.may_ask() {
                self.ask(&subject).await;
            }
            lock(&self.waiting).remove(&subject);
        }
    }

    async fn ask(&self, subject: &SubjectKey) {
        let answer = self.line.ask(subject).await;
        let now = self.clock.now();
        match answer {
            Ok(owner) => {
                let count = if owner.is_some() { &self.totals.owned } else { &self.totals.unowned };
                count.up();
                lock(&self.cache).told(subject, owner, now);
                self.works();
            }
            Err(error) => {
                lock(&self.cache).failed(subject, now);
                match error.concern() {
                    Concern::Directory => self.fails(subject, &error, self.pause),
                    Concern::Question => self.fails(subject, &error, Duration::ZERO),
                    Concern::Name => self.is_unusable(subject, &error),
                }
            }
        }
    }

    fn works(&self) {
        if lock(&self.rest).worked() {
            self.events.emit(&Event::Recovered { part: PART });
        }
    }

    fn fails(&self, subject: &SubjectKey, error: &AskError, pause: Duration) {
        self.totals.failed.up();
        lock(&self.rest).failed(self.clock.now(), pause);
        let error = format!("asked who owns {subject}: {error}");
        self.events.emit(&Event::Degraded { part: PART, policy: POLICY, error: &error });
    }

    /// One customer's record must not take everybody's directory away: it has answered, and is asked about the next name.
    fn is_unusable(&self, subject: &SubjectKey, error: &AskError) {
        self.totals.unusable.up();
        self.works();
        let sentence = format!("asked who owns {subject}: {error}");
        tracing::warn!(policy = POLICY, "{sentence}");
        *lock(&self.unusable) = Some(sentence);
    }

    fn look(&self, subject: &SubjectKey) -> Look {
        lock(&self.cache).look(subject, self.clock.now())
    }

    fn may_ask(&self) -> bool {
        lock(&self.rest).may_ask(self.clock.now())
    }
}

/// No call leaves anything half changed, so a panic elsewhere under a lock does no harm.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
