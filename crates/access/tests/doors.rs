//! What log, metrics and audit log hear of those who come to a door of the web: who is let in, and who guesses.
#![cfg(test)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use access::{AccessError, AccessStore, AuditEntry, AuditQuery, Drawer, Gate, Grant, Visitor, WebSettings};
use limits::StoreError;
use model::time::ManualClock;
use model::{Event, EventSink, Timestamp, WebDoor, WebGuess};
use store::MemoryAccess;

type Kept<T> = Result<T, StoreError>;

const MINUTE: Duration = Duration::from_secs(60);

/// Remembers what it is told, in words.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl EventSink for Heard {
    fn emit(&self, event: &Event<'_>) {
        let said = match event {
            Event::WebGuess(WebGuess { door, on, turned_away, first, client }) => {
                let (away, first) = (if *turned_away { " away" } else { "" }, if *first { " first" } else { "" });
                format!("{} {}{away}{first} {}", door.as_str(), on.unwrap_or("-"), client.unwrap())
            }
            Event::WebLogin { door, user, client } => format!("login {} {user} {}", door.as_str(), client.unwrap()),
            _ => return,
        };
        self.0.lock().unwrap().push(said);
    }
}

/// A store that can't write the audit log.
struct NoLog(Arc<MemoryAccess>);

impl AccessStore for NoLog {
    fn put(&self, drawer: Drawer, name: &str, at: Timestamp, record: &str) -> Kept<()> {
        self.0.put(drawer, name, at, record)
    }
    fn record(&self, drawer: Drawer, name: &str) -> Kept<Option<String>> {
        self.0.record(drawer, name)
    }
    fn records(&self, drawer: Drawer, limit: usize) -> Kept<Vec<(String, String)>> {
        self.0.records(drawer, limit)
    }
    fn remove(&self, drawer: Drawer, name: &str) -> Kept<bool> {
        self.0.remove(drawer, name)
    }
    fn prune_records(&self, drawer: Drawer, before: Timestamp) -> Kept<()> {
        self.0.prune_records(drawer, before)
    }
    fn note(&self, _entry: &AuditEntry) -> Kept<()> {
        Err(StoreError::Other("the disk is full".into()))
    }
    fn notes(&self, query: &AuditQuery) -> Kept<Vec<AuditEntry>> {
        self.0.notes(query)
    }
    fn prune_notes(&self, before: Timestamp) -> Kept<()> {
        self.0.prune_notes(before)
    }
}

struct World {
    clock: ManualClock,
    store: Arc<MemoryAccess>,
    heard: Arc<Heard>,
    gate: Gate,
}

impl World {
    fn new() -> Self {
        let clock = ManualClock::at(Timestamp::from_secs(1_700_000_000));
        let (store, heard) = (Arc::new(MemoryAccess::default()), Arc::new(Heard::default()));
        let settings = WebSettings { guesses_per_minute: 3, ..WebSettings::default() };
        let (kept, keys) = (Arc::clone(&store) as _, Arc::clone(&store) as _);
        let gate = Gate::open(&settings, kept, keys, Arc::new(clock.clone()), Arc::clone(&heard) as _).unwrap();
        gate.add_user("ann", Grant::operator(), "correct horse").unwrap();
        Self { clock, store, heard, gate }
    }

    /// What was heard since it was asked last.
    fn heard(&self) -> Vec<String> {
        std::mem::take(&mut self.heard.0.lock().unwrap())
    }

    /// The audit log, oldest first.
    fn audit(&self) -> Vec<String> {
        let mut lines = self.gate.audit(&AuditQuery::default()).unwrap();
        lines.reverse();
        let client = |line: &AuditEntry| line.client.map(|ip| ip.to_string()).unwrap_or_default();
        let line = |line: &AuditEntry| {
            let AuditEntry { who, role, action, on, detail, .. } = line;
            format!("{who}, {role}, {} | {action} | {on} | {detail}", client(line))
        };
        lines.iter().map(line).collect()
    }
}

fn from(address: &str) -> Visitor {
    Visitor { client: address.parse().ok(), https: true }
}

fn somewhere() -> Visitor {
    from("192.0.2.7")
}

#[test]
fn who_logs_in_is_told_with_address_and_door() {
    let world = World::new();
    world.gate.log_in("Ann", "correct horse", &somewhere()).unwrap();
    let invitation = world.gate.invite("ann", MINUTE).unwrap();
    world.gate.follow_invitation(&invitation, &from("2001:db8::1")).unwrap();
    assert_eq!(world.heard(), ["login password ann 192.0.2.7", "login invitation ann 2001:db8::1"]);
    assert_eq!(
        world.audit(),
        [
            "user ann, operator, 192.0.2.7 | login | user ann | password",
            "user ann, operator, 2001:db8::1 | login | user ann | invitation",
        ]
    );
}

#[test]
fn a_login_that_cant_be_noted_is_none() {
    let world = World::new();
    let (store, keys) = (Arc::new(NoLog(Arc::clone(&world.store))), Arc::clone(&world.store) as _);
    let clock = Arc::new(world.clock.clone());
    let gate = Gate::open(&WebSettings::default(), store, keys, clock, Arc::clone(&world.heard) as _).unwrap();
    assert!(matches!(gate.log_in("ann", "correct horse", &somewhere()), Err(AccessError::Store(_))));
    assert_eq!(world.store.records(Drawer::Sessions, 9).unwrap(), []);
    assert_eq!(world.heard(), [""; 0]);
}

#[test]
fn every_door_tells_of_what_opens_nothing() {
    let world = World::new();
    let gate = &world.gate;
    let revoked = gate.add_key("panel", Grant::operator(), None).unwrap();
    gate.revoke_key(&revoked.key.id).unwrap();
    drop(gate.bearer("prk_wrong", &from("192.0.2.1")));
    drop(gate.bearer(&revoked.token, &from("192.0.2.2")));
    drop(gate.follow("aaaaaaaaaaaaaaaa.forged", &from("192.0.2.3")));
    drop(gate.follow_invitation("none", &from("192.0.2.4")));
    drop(gate.credential("none", "none", &from("192.0.2.5")));
    drop(gate.log_in("ann", "wrong", &from("192.0.2.6")));
    drop(gate.guessed(WebDoor::Reference, None, &from("192.0.2.7"), false));
    let key = format!("key {} (panel)", revoked.key.id);
    let doors = [
        ("key", "-"),
        ("key", key.as_str()),
        ("link", "-"),
        ("invitation", "-"),
        ("signature", "-"),
        ("password", "user ann"),
        ("reference", "-"),
    ];
    let told = |(number, (door, on)): (usize, &(&str, &str))| format!("{door} {on} first 192.0.2.{}", number + 1);
    assert_eq!(world.heard(), doors.iter().enumerate().map(told).collect::<Vec<_>>());
    let audit = world.audit();
    assert_eq!(audit[0], "nobody, none, 192.0.2.1 | login.failed | nobody known | key: wrong");
    assert_eq!(audit[1], format!("nobody, none, 192.0.2.2 | login.failed | {key} | key: wrong"));
    assert_eq!(audit.len(), doors.len());
}

#[test]
fn what_is_typed_in_place_of_a_name_is_kept_nowhere() {
    let world = World::new();
    drop(world.gate.log_in("correct horse", "", &somewhere()));
    drop(world.gate.log_in("ann", "wrong", &somewhere()));
    assert_eq!(world.heard(), ["password - first 192.0.2.7", "password user ann first 192.0.2.7"]);
    assert!(!world.audit().join("\n").contains("horse"));
}

#[test]
fn a_guesser_is_a_first_line_one_when_he_is_turned_away_and_a_sum() {
    let world = World::new();
    for _ in 0..50 {
        drop(world.gate.log_in("ann", "wrong", &somewhere()));
        drop(world.gate.bearer("prk_wrong", &somewhere()));
    }
    let heard = world.heard();
    let count = |what: &str| heard.iter().filter(|line| line.starts_with(what)).count();
    assert_eq!((count("password user ann 192"), count("password user ann first")), (2, 1), "three are looked at");
    assert_eq!((count("password user ann away"), count("key - away first")), (47, 1), "and each is counted");
    assert_eq!(world.audit().len(), 4);
    world.clock.advance(MINUTE * 10);
    world.gate.sum_guesses().unwrap();
    assert_eq!(
        world.audit()[4..],
        [
            "nobody, none, 192.0.2.7 | login.failed | user ann | \
             password: since the line before 2 more wrong, 46 more turned away",
            "nobody, none, 192.0.2.7 | login.failed | nobody known | \
             key: since the line before 2 more wrong, 46 more turned away",
        ]
    );
    world.gate.sum_guesses().unwrap();
    world.gate.close().unwrap();
    assert_eq!(world.audit().len(), 6);
}
