//! Writes the journal: events become entries at once, a thread of its own writes them.
//!
//! The queue is bounded. When the disk is too slow, entries are dropped and counted, never waited for.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use model::{Block, Clock, Event, EventSink, Identity, Judged};

use crate::entry::{Began, Change, Entry, Judgement, TurnedAway};
use crate::files::{Files, make};
use crate::opaque::Opaque;
use crate::settings::JournalSettings;

/// Entries that may wait: some seconds of a busy server, a few megabytes.
const MAX_WAITING: usize = 16_384;
/// So much is written at once when entries come faster than they are written.
const BATCH: usize = 64 << 10;

/// Takes events and has them written.
pub struct Recorder {
    /// Gone when the thread is to end.
    queue: Option<SyncSender<Entry>>,
    key: Opaque,
    clock: Arc<dyn Clock>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// Why the journal can't be written.
#[derive(Debug, thiserror::Error)]
#[error("journal.directory {} can't be used: {error}", directory.display())]
pub struct OpenError {
    directory: PathBuf,
    error: io::Error,
}

/// How the journal does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Entries written.
    pub written: u64,
    /// Entries lost, because too many waited or the disk failed.
    pub lost: u64,
}

/// Lines that are written together.
#[derive(Default)]
struct Batch {
    lines: Vec<u8>,
    entries: u64,
}

struct Shared {
    written: AtomicU64,
    lost: AtomicU64,
    failing: AtomicBool,
    events: Arc<dyn EventSink>,
}

impl Recorder {
    /// Opens the journal of these settings and starts the thread; `None` when there is to be none. `fresh` becomes the
    /// key of the hashes when the directory has none yet. Failures are told to `events`.
    ///
    /// # Errors
    /// When the directory can't be made or written.
    pub fn open(
        settings: &JournalSettings,
        fresh: u128,
        clock: Arc<dyn Clock>,
        events: Arc<dyn EventSink>,
    ) -> Result<Option<Self>, OpenError> {
        let Some(directory) = &settings.directory else { return Ok(None) };
        let opened = Self::started(directory, settings, fresh, clock, events);
        opened.map(Some).map_err(|error| OpenError { directory: directory.clone(), error })
    }

    fn started(
        directory: &Path,
        settings: &JournalSettings,
        fresh: u128,
        clock: Arc<dyn Clock>,
        events: Arc<dyn EventSink>,
    ) -> io::Result<Self> {
        make(directory)?;
        let key = Opaque::of(directory, fresh)?;
        let files = Files::open(directory, settings.max_file.0, settings.max_files as usize)?;
        let (sender, receiver) = sync_channel(MAX_WAITING);
        let shared = Arc::new(Shared {
            written: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            failing: AtomicBool::new(false),
            events,
        });
        let worker = Arc::clone(&shared);
        let thread = thread::Builder::new().name("journal".into()).spawn(move || worker.run(files, &receiver))?;
        Ok(Self { queue: Some(sender), key, clock, shared, thread: Some(thread) })
    }

    /// Notes what is in force from now on.
    pub fn began(&self, began: Began) {
        self.add(Entry::Began(Began { at: self.clock.now(), ..began }));
    }

    /// How it does.
    pub fn figures(&self) -> Figures {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Figures { written: read(&self.shared.written), lost: read(&self.shared.lost) }
    }

    fn add(&self, entry: Entry) {
        let Some(queue) = &self.queue else { return };
        match queue.try_send(entry) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => self.shared.lose(1, "entries come faster than they can be written"),
            Err(TrySendError::Disconnected(_)) => self.shared.lose(1, "its thread has ended"),
        }
    }

    fn judged(&self, judged: &Judged<'_>) -> Judgement {
        let Judged { identity, envelope, verdict, .. } = judged;
        let did = verdict.action.as_str();
        let text = judged.features.and_then(|features| self.key.text(features.text.shown()));
        Judgement {
            at: verdict.at,
            via: judged.via,
            account: identity.account.clone(),
            ip: identity.network,
            domain: identity.domain.clone(),
            from: envelope.sender.domain(),
            to: envelope.recipients.iter().map(|to| self.key.address(to.as_str())).collect(),
            n: envelope.recipient_count,
            lost: envelope.refused_count,
            size: judged.size,
            id: judged.message_id.map(str::to_owned),
            text,
            read: judged.features.is_some(),
            score: verdict.score.total,
            hits: verdict.score.hits.iter().map(|hit| (hit.signal.as_str().to_owned(), hit.points)).collect(),
            did: did.to_owned(),
            would: (judged.would != did).then(|| judged.would.to_owned()),
            why: verdict.reason.to_owned(),
        }
    }

    fn changed(&self, block: &Block, noted: bool) -> Change {
        Change {
            at: self.clock.now(),
            block: block.reference.clone(),
            subject: block.subject.clone(),
            state: block.state,
            rule: block.reason.rule.clone(),
            by: block.released.as_ref().map(|(_, by)| by.clone()),
            noted,
        }
    }
}

impl Drop for Recorder {
    /// Writes what waits.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported where it happened.
            let _ = thread.join();
        }
    }
}

impl EventSink for Recorder {
    fn emit(&self, event: &Event<'_>) {
        match event {
            // Inbound mail is not ours to judge, and none of it is kept.
            Event::Judged(judged) if *judged.identity == Identity::default() => {}
            Event::Judged(judged) => self.add(Entry::Message(self.judged(judged))),
            Event::Refused { via, identity, stage, reason, reply, monitored } => self.add(Entry::Refused(TurnedAway {
                at: self.clock.now(),
                via: *via,
                account: identity.account.clone(),
                ip: identity.network,
                stage: (*stage).to_owned(),
                why: (*reason).to_owned(),
                code: reply.get(..3).and_then(|code| code.parse().ok()).unwrap_or_default(),
                noted: *monitored,
            })),
            Event::BlockChanged { block, monitored } => self.add(Entry::Block(self.changed(block, *monitored))),
            // How the parts do is no message's business.
            _ => {}
        }
    }
}

impl Shared {
    /// Until the recorder is dropped and all is written.
    fn run(&self, mut files: Files, entries: &Receiver<Entry>) {
        let mut batch = Batch::default();
        while let Ok(first) = entries.recv() {
            let mut next = Some(first);
            while let Some(entry) = next {
                self.take(&entry, &mut batch, &mut files);
                next = if batch.lines.len() < BATCH { entries.try_recv().ok() } else { None };
            }
            self.write(&mut batch, &mut files);
        }
    }

    fn take(&self, entry: &Entry, batch: &mut Batch, files: &mut Files) {
        let Ok(mut line) = serde_json::to_vec(entry) else { return self.lose(1, "an entry is no JSON") };
        line.push(b'\n');
        if matches!(entry, Entry::Began(_)) {
            self.write(batch, files);
            return self.settle(1, files.begin(&line));
        }
        batch.lines.append(&mut line);
        batch.entries += 1;
    }

    fn write(&self, batch: &mut Batch, files: &mut Files) {
        let Batch { lines, entries } = std::mem::take(batch);
        if entries > 0 {
            self.settle(entries, files.write(&lines));
        }
    }

    fn settle(&self, count: u64, written: io::Result<()>) {
        match written {
            Ok(()) => {
                self.written.fetch_add(count, Ordering::Relaxed);
                if self.failing.swap(false, Ordering::Relaxed) {
                    self.events.emit(&Event::Recovered { part: "journal" });
                }
            }
            Err(error) => self.lose(count, &format!("it can't be written: {error}")),
        }
    }

    /// Told when losing begins; the figures tell how much.
    fn lose(&self, count: u64, error: &str) {
        self.lost.fetch_add(count, Ordering::Relaxed);
        if !self.failing.swap(true, Ordering::Relaxed) {
            self.events.emit(&Event::Degraded { part: "journal", policy: "continue", error });
        }
    }
}
