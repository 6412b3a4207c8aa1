//! What is written is read back, whatever a crash left behind, and takes no more room than it may.
#![cfg(test)]

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use journal::{Began, Entry, JournalSettings, Recorder, is_journal, read, read_newest};
use model::time::ManualClock;
use model::{
    AccountName, Action, ClientAddr, Envelope, Event, EventSink, Features, Hit, Identity, Judged, Score, SignalName,
    Timestamp, Verdict, Via,
};
use settings::ByteSize;

const START: Timestamp = Timestamp::from_secs(1_790_000_000);

fn settings(directory: &Path) -> JournalSettings {
    JournalSettings { directory: Some(directory.to_owned()), ..JournalSettings::default() }
}

fn open(settings: &JournalSettings) -> Recorder {
    open_told(settings, Arc::new(model::event::NoEvents))
}

fn open_told(settings: &JournalSettings, events: Arc<dyn EventSink>) -> Recorder {
    Recorder::open(settings, 7, Arc::new(ManualClock::at(START)), events).unwrap().unwrap()
}

fn began() -> Began {
    Began { spam: 100, points: BTreeMap::from([("html_only".into(), 8)]), ..Began::default() }
}

fn judge(recorder: &Recorder, number: u32) {
    let hits = vec![Hit { signal: SignalName::new("html_only"), points: 8, why: "why".into() }];
    let verdict = Verdict { action: Action::Accept, reason: "clean", score: Score::of(hits), at: START };
    let mut envelope = Envelope::default();
    envelope.add_recipient(model::envelope::Path::new(&format!("<victim{number}@recipient.example>")));
    recorder.emit(&Event::Judged(Judged {
        via: Via::Milter,
        identity: &Identity {
            account: AccountName::from_login("bob@shop.example"),
            network: ClientAddr::parse("192.0.2.7").map(ClientAddr::network),
            domain: None,
        },
        queue_id: None,
        message_id: Some("<1@shop.example>"),
        envelope: &envelope,
        features: Some(&Features::default()),
        size: 2048,
        verdict: &verdict,
        would: "accept",
        took: Duration::ZERO,
    }));
}

fn entries(directory: &Path) -> (Vec<Entry>, u64) {
    let mut journal = read(directory).unwrap();
    let entries = journal.by_ref().map(Result::unwrap).collect();
    (entries, journal.damaged())
}

fn files(directory: &Path) -> Vec<std::path::PathBuf> {
    let all = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = all.filter(|path| path.extension().is_some_and(|name| name == "jsonl")).collect();
    files.sort();
    files
}

#[test]
fn what_is_written_is_read_back_and_names_no_recipient() {
    let dir = tempfile::tempdir().unwrap();
    let directory = dir.path().join("journal");
    let recorder = open(&settings(&directory));
    recorder.began(began());
    (0..3).for_each(|number| judge(&recorder, number));
    drop(recorder);
    let (entries, damaged) = entries(&directory);
    assert_eq!((entries.len(), damaged), (4, 0));
    let Entry::Message(message) = &entries[1] else { panic!("{entries:?}") };
    assert_eq!(message.hits, [("html_only".to_owned(), 8)]);
    assert_eq!((message.n, message.to.len(), message.at, message.read), (1, 1, START, true));
    assert!(is_journal(&directory) && !is_journal(dir.path()));
    let text = std::fs::read_to_string(&files(&directory)[0]).unwrap();
    assert!(!text.contains("victim") && !text.contains("recipient.example"), "{text}");
}

#[test]
fn only_the_owner_may_read_it() {
    let dir = tempfile::tempdir().unwrap();
    let directory = dir.path().join("journal");
    drop(open(&settings(&directory)));
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    assert_eq!((mode(&files(&directory)[0]), mode(&directory.join("key"))), (0o600, 0o600));
}

#[test]
fn a_line_that_was_cut_off_and_garbage_spoil_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let recorder = open(&settings(dir.path()));
    recorder.began(began());
    judge(&recorder, 1);
    drop(recorder);
    let file = &files(dir.path())[0];
    let mut bytes = std::fs::read(file).unwrap();
    bytes.truncate(bytes.len() - 10);
    std::fs::write(file, &bytes).unwrap();
    assert_eq!(entries(dir.path()).1, 1, "the reader says so");

    let recorder = open(&settings(dir.path()));
    recorder.began(began());
    judge(&recorder, 2);
    drop(recorder);
    let mut bytes = std::fs::read(file).unwrap();
    bytes.extend_from_slice(b"\0\xff garbage\n{\"e\":\"nonsense\"}\n\n");
    std::fs::write(file, &bytes).unwrap();
    let (entries, damaged) = entries(dir.path());
    assert_eq!((entries.len(), damaged), (3, 3), "began, began, message; cut off, garbage, nonsense");
}

#[test]
fn files_are_bounded_in_size_and_number_and_each_can_be_read_alone() {
    let dir = tempfile::tempdir().unwrap();
    let bounds = JournalSettings { max_file: ByteSize(64 << 10), max_files: 3, ..settings(dir.path()) };
    let recorder = open(&bounds);
    recorder.began(began());
    for number in 0..3000 {
        judge(&recorder, number);
    }
    let expected = 3001;
    drop(recorder);
    let files = files(dir.path());
    assert_eq!(files.len(), 3);
    for file in &files {
        assert!(file.metadata().unwrap().len() <= (64 << 10) + 1024, "{}", file.display());
        assert!(matches!(read(file).unwrap().next(), Some(Ok(Entry::Began(_)))), "{}", file.display());
    }
    let newest = |most| read_newest(dir.path(), most).unwrap().count();
    let (whole, one) = (newest(u64::MAX), read(&files[2]).unwrap().count());
    assert_eq!((newest(0), newest(files[2].metadata().unwrap().len())), (one, one), "the newest, whatever its size");
    assert_eq!(
        newest(files[1..].iter().map(|file| file.metadata().unwrap().len()).sum()),
        whole - read(&files[0]).unwrap().count()
    );
    let (entries, damaged) = entries(dir.path());
    assert_eq!((damaged, whole), (0, entries.len()));
    assert!(entries.len() > 300 && entries.len() < expected, "{}", entries.len());
    let Some(Entry::Message(last)) = entries.last() else { panic!("a message is last") };
    let key = journal::Opaque::new(7);
    assert_eq!(last.to, [key.address("victim2999@recipient.example")], "the latest are kept");
}

#[test]
fn a_recipient_is_the_same_number_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    for key in [1, 2] {
        let clock = Arc::new(ManualClock::at(START));
        let events = Arc::new(model::event::NoEvents);
        let recorder = Recorder::open(&settings(dir.path()), key, clock, events).unwrap().unwrap();
        judge(&recorder, 1);
    }
    let (entries, _) = entries(dir.path());
    let [Entry::Message(one), Entry::Message(two)] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!(one.to, two.to);
}

#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl EventSink for Told {
    fn emit(&self, event: &Event<'_>) {
        if let Event::Degraded { part, error, .. } = event {
            self.0.lock().unwrap().push(format!("{part}: {error}"));
        }
    }
}

/// `/dev/full` takes nothing, whoever writes.
#[test]
fn a_full_disk_is_told_once_and_what_is_lost_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/full", dir.path().join("journal-00000001.jsonl")).unwrap();
    let told = Arc::new(Told::default());
    let recorder = open_told(&settings(dir.path()), Arc::clone(&told) as _);
    judge(&recorder, 1);
    judge(&recorder, 2);
    drop(recorder);
    let told = told.0.lock().unwrap();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("journal: it can't be written"), "{told:?}");
}

#[test]
fn without_a_directory_there_is_none() {
    let clock = Arc::new(ManualClock::at(START));
    let opened = Recorder::open(&JournalSettings::default(), 1, clock, Arc::new(model::event::NoEvents));
    assert!(opened.unwrap().is_none());
}
