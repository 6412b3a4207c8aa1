//! A block and its evidence, as a test needs them.

use std::time::Duration;

use model::{
    Block, BlockRef, BlockState, ClientAddr, DomainName, Evidence, Hit, MessageId, QueueId, Reason, SignalName,
    SubjectKey, SubjectKind, Timestamp,
};

/// A reference of that name.
pub fn reference(name: &str) -> BlockRef {
    BlockRef::new(name).unwrap()
}

/// An account of that name.
pub fn account(name: &str) -> SubjectKey {
    SubjectKey::parse(SubjectKind::Account, name).unwrap()
}

/// The account `bob@shop.example`, blocked for an hour since `since` (milliseconds).
pub fn block(name: &str, since: i64) -> Block {
    Block {
        reference: reference(name),
        subject: account("bob@shop.example"),
        state: BlockState::BlockedForSpam,
        since: Timestamp(since),
        length: Duration::from_secs(3600),
        strike: 1,
        reason: Reason {
            rule: "spam".into(),
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
        messages: 7,
        spam: 5,
        attempts: 0,
        released: None,
    }
}

/// The block after an operator has released it at `at`.
pub fn released(mut block: Block, at: i64) -> Block {
    block.state = BlockState::Unblocked;
    block.released = Some((Timestamp(at), "operator".into()));
    block
}

/// A flagged message to `recipient.example` whose Message-ID tells its time.
pub fn evidence(at: i64) -> Evidence {
    Evidence {
        at: Timestamp(at),
        message_id: MessageId::new(&format!("<{at}@shop.example>")),
        queue_id: QueueId::new("4F3aBc"),
        score: 410,
        hits: vec![Hit { signal: SignalName::new("no_date"), points: 30, why: "There is no date.".into() }],
        client: ClientAddr::parse("203.0.113.7"),
        recipients: 3,
        destination_domain: DomainName::new("recipient.example"),
        destination_ip: None,
        headers: "From: bob\nSubject: \u{fffd} prizes".into(),
    }
}
