//! Senders, messages and a ledger whose references come from a seed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use limits::{BlockSettings, Cost, Ledger, Observation, RateCounter, RateRule, Rules, Sessions, TripAction, TripRule};
use model::envelope::ForwardPath;
use model::standing::{CounterKind, Transition};
use model::{AccountName, Block, ClientAddr, Evidence, Identity, MessageId, SubjectKey, SubjectKind, Timestamp};

pub(crate) const START: Timestamp = Timestamp::from_secs(1_700_000_000);
pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);
pub(crate) const ONE: Cost = Cost { messages: 1, recipients: 1, bytes: 1000 };

pub(crate) fn ledger(rules: Rules) -> Ledger {
    ledger_of(0, rules)
}

/// The ledger of the nth process, whose references no other has.
pub(crate) fn ledger_of(process: u64, rules: Rules) -> Ledger {
    let count = AtomicU64::new((process << 32) + 1);
    // Weyl sequence: different numbers, the same in each run.
    let seed = move || {
        u128::from(count.fetch_add(1, Ordering::Relaxed)).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)
    };
    Ledger::new(rules, seed)
}

pub(crate) fn at(seconds: u64) -> Timestamp {
    START.after(Duration::from_secs(seconds))
}

pub(crate) fn login(name: &str, address: &str) -> Identity {
    Identity { account: AccountName::from_login(name), ..from(address) }
}

pub(crate) fn from(address: &str) -> Identity {
    Identity { network: ClientAddr::parse(address).map(ClientAddr::network), ..Identity::default() }
}

pub(crate) fn bob() -> Identity {
    login("bob@example.com", "192.0.2.1")
}

pub(crate) fn account(name: &str) -> SubjectKey {
    SubjectKey::parse(SubjectKind::Account, name).unwrap()
}

pub(crate) fn address(name: &str) -> SubjectKey {
    SubjectKey::parse(SubjectKind::Ip, name).unwrap()
}

pub(crate) fn message(score: i32) -> Observation<'static> {
    Observation {
        score,
        is_spam: score >= 100,
        is_unusual: false,
        recipients: &[],
        recipient_count: 1,
        is_message: true,
        refused_recipients: 0,
        bytes: 1000,
        network: None,
        evidence: None,
    }
}

pub(crate) fn spam(now: Timestamp, id: &str) -> Observation<'static> {
    spam_of(300, now, id)
}

/// With evidence, whatever its score.
pub(crate) fn spam_of(score: i32, now: Timestamp, id: &str) -> Observation<'static> {
    let evidence = Evidence {
        at: now,
        message_id: MessageId::new(id),
        queue_id: None,
        score,
        hits: Vec::new(),
        client: None,
        recipients: 1,
        destination_domain: None,
        destination_ip: None,
        headers: String::new(),
    };
    Observation { evidence: Some(evidence), ..message(score) }
}

pub(crate) fn to(recipients: &[ForwardPath]) -> Observation<'_> {
    Observation { recipients, recipient_count: recipients.len() as u32, ..message(0) }
}

pub(crate) fn trip(name: &str, subject: SubjectKind, counter: CounterKind, limit: u64, window: Duration) -> TripRule {
    TripRule {
        name: name.into(),
        subject,
        counter,
        limit,
        window,
        percent_of: None,
        minimum: 0,
        sessions: Sessions::Charged,
        action: TripAction::Block,
    }
}

pub(crate) fn rate(name: &str, subject: SubjectKind, counter: RateCounter, limit: u64, per: Duration) -> RateRule {
    RateRule { name: name.into(), subject, counter, limit, per, burst: 0, refuse_after: 0, sessions: Sessions::Charged }
}

/// The default rules without probation: what trips is what has been counted.
pub(crate) fn without_probation() -> Rules {
    let blocks = BlockSettings { probation: Duration::ZERO, ..BlockSettings::default() };
    Rules { blocks, ..Rules::default() }
}

pub(crate) fn only(trips: Vec<TripRule>, rates: Vec<RateRule>) -> Rules {
    Rules { trips, rates, ..Rules::default() }
}

/// The block a transition list holds, which must be its only entry.
pub(crate) fn blocked(transitions: &[Transition]) -> &Block {
    match transitions {
        [Transition::Blocked { block, .. }] => block,
        other => panic!("expected one block, found {other:?}"),
    }
}

/// Sends spam until a block trips, and returns how many messages that took.
pub(crate) fn spam_until_blocked(ledger: &Ledger, identity: &Identity, now: Timestamp) -> usize {
    (1..1000).find(|_| !ledger.observe(identity, &message(300), now).is_empty()).expect("a block trips")
}
