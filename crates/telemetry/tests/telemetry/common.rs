//! Events for the tests, one of each kind.

use std::sync::{Arc, Once};
use std::time::Duration;

use model::time::ManualClock;
use model::{
    AccountName, Action, Block, BlockRef, BlockState, ClientAddr, Envelope, Event, EventSink, Hit, Identity, Judged,
    Reason, Refusal, Score, SignalName, SubjectKey, Timestamp, Verdict, Via,
};
use telemetry::Telemetry;

/// A log line that is first met on a thread without a subscriber is switched off for good, on every thread: one that
/// listens to everything and says nothing keeps tests from silencing each other.
static LISTENING: Once = Once::new();

pub(crate) fn clock() -> ManualClock {
    ManualClock::at(Timestamp::from_secs(1_700_000_000))
}

pub(crate) fn telemetry(clock: &ManualClock) -> Telemetry {
    LISTENING.call_once(|| tracing::subscriber::set_global_default(tracing_subscriber::registry()).unwrap());
    Telemetry::new(["html_only", "no_date"], 100, Arc::new(clock.clone())).unwrap()
}

pub(crate) fn identity() -> Identity {
    Identity {
        account: AccountName::from_login("bob@shop.example"),
        network: ClientAddr::parse("192.0.2.7").map(ClientAddr::network),
        domain: None,
    }
}

pub(crate) fn hit(signal: &'static str, points: i32) -> Hit {
    Hit { signal: SignalName::new(signal), points, why: "why".into() }
}

pub(crate) fn verdict(action: Action, reason: &'static str, hits: Vec<Hit>) -> Verdict {
    Verdict { action, reason, score: Score::of(hits), at: Timestamp::from_secs(1_700_000_000) }
}

pub(crate) fn spam() -> Verdict {
    let hits = vec![hit("html_only", 60), hit("operators_own", 50)];
    verdict(Action::Reject(Refusal::permanent("no")), "spam", hits)
}

pub(crate) fn judged(telemetry: &Telemetry, verdict: &Verdict, message_id: &str) {
    telemetry.emit(&Event::Judged(Judged {
        via: Via::Milter,
        identity: &identity(),
        queue_id: Some("4Q1z"),
        message_id: Some(message_id),
        envelope: &Envelope { recipient_count: 3, ..Envelope::default() },
        features: None,
        size: 2048,
        verdict,
        would: verdict.action.as_str(),
        took: Duration::from_micros(300),
    }));
}

pub(crate) fn block(state: BlockState, strike: u32) -> Block {
    Block {
        reference: BlockRef::new("abcdefghijklmnop").unwrap(),
        subject: SubjectKey::Account(AccountName::from_login("bob@shop.example").unwrap()),
        state,
        since: Timestamp::from_secs(1_700_000_000),
        length: Duration::from_secs(3600),
        strike,
        reason: Reason {
            rule: "spam_burst".into(),
            counter: "spam".into(),
            count: 5,
            window: Duration::from_secs(600),
            sentence: "5 messages that look like spam within 10 minutes".into(),
            monitored: false,
        },
        automatic_release: true,
        way_out: model::WayOut::default(),
        quota: None,
        adoption: None,
        messages: 9,
        spam: 5,
        attempts: 0,
        released: None,
    }
}
