//! One scanner: asked within its time and number, left alone while it keeps failing, its failures told.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::circumstances::{Opinion, Word};
use model::{Clock, Event, EventSink, Submission};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::address::ScannerAddress;
use crate::breaker::Breaker;
use crate::error::ScanError;
use crate::settings::{ClamavSettings, OnFailure, RspamdSettings, SpamdSettings};
use crate::stats::{Figures, Stats};
use crate::{clamd, rspamd, spamd};

#[derive(Debug, Clone, Copy)]
enum Protocol {
    Clamd,
    Spamd,
    Rspamd,
}

/// A scanner that is switched on.
pub struct Scanner {
    protocol: Protocol,
    address: ScannerAddress,
    limit: Duration,
    parallel: u32,
    max_size: usize,
    on_failure: OnFailure,
    slots: Semaphore,
    breaker: Mutex<Breaker>,
    failing: AtomicBool,
    clock: Arc<dyn Clock>,
    events: Arc<dyn EventSink>,
    stats: Stats,
}

macro_rules! scanner {
    ($function:ident, $Settings:ty, $protocol:expr) => {
        /// The scanner of these settings; `None` when it is not switched on.
        pub fn $function(settings: &$Settings, clock: &Arc<dyn Clock>, events: &Arc<dyn EventSink>) -> Option<Self> {
            Some(Self {
                protocol: $protocol,
                address: settings.address.clone()?,
                limit: settings.timeout,
                parallel: settings.parallel,
                max_size: settings.max_size.bytes(),
                on_failure: settings.on_failure,
                slots: Semaphore::new(settings.parallel as usize),
                breaker: Mutex::new(Breaker::new(settings.give_up_after, settings.try_again_after)),
                failing: AtomicBool::new(false),
                clock: Arc::clone(clock),
                events: Arc::clone(events),
                stats: Stats::default(),
            })
        }
    };
}

impl Scanner {
    scanner!(clamav, ClamavSettings, Protocol::Clamd);
    scanner!(spamd, SpamdSettings, Protocol::Spamd);
    scanner!(rspamd, RspamdSettings, Protocol::Rspamd);

    /// Its name: the table of its settings, the part in events and metrics.
    pub fn name(&self) -> &'static str {
        match self.protocol {
            Protocol::Clamd => "clamav",
            Protocol::Spamd => "spamd",
            Protocol::Rspamd => "rspamd",
        }
    }

    /// How much of a message it wants to see, in bytes.
    pub fn max_size(&self) -> usize {
        self.max_size
    }

    /// What it says of the message; `None` when it says nothing and the message is judged without it.
    pub async fn ask(&self, submission: &Submission) -> Option<Opinion> {
        if !self.breaker().may_ask(self.clock.now()) {
            self.stats.spared.up();
            return self.unheard();
        }
        match timeout(self.limit, self.exchange(submission)).await.unwrap_or(Err(ScanError::Late(self.limit))) {
            Ok(opinion) => {
                self.worked();
                Some(opinion)
            }
            Err(error) => {
                self.failed(&error);
                self.unheard()
            }
        }
    }

    /// Totals, for metrics.
    pub fn figures(&self) -> Figures {
        self.stats.figures(self.breaker().is_open())
    }

    async fn exchange(&self, submission: &Submission) -> Result<Opinion, ScanError> {
        // Half of the time is for the turn, so that a crowd is told apart from a scanner that hangs.
        let turn = timeout(self.limit / 2, self.slots.acquire()).await;
        let _turn = turn.map_err(|_| ScanError::Busy(self.parallel))?;
        let raw = &submission.message.raw;
        let raw = raw.get(..self.max_size).unwrap_or(raw);
        let mut stream = self.address.connect().await?;
        match self.protocol {
            Protocol::Clamd => clamd::ask(&mut stream, raw).await,
            Protocol::Spamd => spamd::ask(&mut stream, raw).await,
            Protocol::Rspamd => rspamd::ask(stream, submission, raw).await,
        }
    }

    fn worked(&self) {
        self.stats.answered.up();
        self.breaker().worked();
        if self.failing.swap(false, Ordering::Relaxed) {
            self.events.emit(&Event::Recovered { part: self.name() });
        }
    }

    fn failed(&self, error: &ScanError) {
        self.stats.failed.up();
        self.failing.store(true, Ordering::Relaxed);
        // A crowd is no defect of the scanner's: to leave it alone would not help those who wait.
        if !matches!(error, ScanError::Busy(_)) {
            self.breaker().failed(self.clock.now());
        }
        let error = format!("{} at {}: {error}", self.name(), self.address);
        self.events.emit(&Event::Degraded { part: self.name(), policy: self.on_failure.as_str(), error: &error });
    }

    fn unheard(&self) -> Option<Opinion> {
        let awaited = Opinion { scanner: self.name(), word: Word::Awaited, symbols: Vec::new() };
        (self.on_failure == OnFailure::Tempfail).then_some(awaited)
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
