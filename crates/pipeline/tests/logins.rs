//! Failed logins: what is told of a lockout, and when.
#![cfg(test)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use limits::{Ledger, Lockout, LockoutSettings, Lockouts, Rules};
use model::time::ManualClock;
use model::{AccountName, Event, EventSink, Identity, SubjectKey, Timestamp, Via};
use pipeline::{Durably, LockJournal, Logins};

const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

/// What was told and what was written, as words.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Heard {
    fn note(&self, word: &str) {
        self.0.lock().unwrap().push(word.to_owned());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl EventSink for Heard {
    fn emit(&self, event: &Event<'_>) {
        if let Event::LockoutChanged { change, .. } = event {
            self.note(change);
        }
    }
}

struct Paper(Arc<Heard>);

impl Paper {
    fn writes(&self, word: &str) -> Durably {
        self.0.note(word);
        Box::pin(async { Ok(()) })
    }
}

impl LockJournal for Paper {
    fn begin(&self, _: Lockout) -> Durably {
        self.writes("write begin")
    }

    fn lift(&self, _: SubjectKey, _: String, _: Timestamp) -> Durably {
        self.writes("write lift")
    }

    fn end(&self, _: Timestamp) -> Durably {
        self.writes("write end")
    }
}

#[tokio::test]
async fn a_lock_that_another_one_follows_at_once_has_ended_all_the_same() {
    let heard = Arc::new(Heard::default());
    let clock = ManualClock::at(NOW);
    let settings = LockoutSettings { account_failures: 1, ..LockoutSettings::default() };
    let logins = Logins::new(
        Arc::new(Lockouts::new(&settings)),
        Arc::new(Ledger::new(Rules::default(), || 1)),
        Arc::new(Paper(Arc::clone(&heard))),
        Arc::clone(&heard) as _,
        Arc::new(clock.clone()),
    );
    let bob = Identity { account: AccountName::from_login("bob@shop.example"), ..Identity::default() };
    logins.end().await;
    heard.take();
    logins.failed(Via::Proxy, &bob);
    assert_eq!(heard.take(), ["began", "write begin"]);
    clock.advance(settings.duration);
    // Nobody has tidied up since.
    logins.failed(Via::Proxy, &bob);
    assert_eq!(heard.take(), ["ended", "began", "write begin"]);
    logins.end().await;
    assert_eq!(heard.take(), ["write end"], "what was lifted here is written");
    clock.advance(settings.duration + Duration::from_secs(1));
    logins.end().await;
    assert_eq!(heard.take(), ["ended", "write end"]);
}
