//! Blocks, evidence and alerts for these tests.
#![allow(dead_code, reason = "each test file uses some of them")]

use std::time::Duration;

use limits::AlertJob;
use model::{
    Block, BlockRef, BlockState, ClientAddr, DomainName, Evidence, Hit, MessageId, QueueId, Reason, SignalName,
    SubjectKey, SubjectKind, Timestamp,
};

pub(crate) fn reference(name: &str) -> BlockRef {
    BlockRef::new(name).unwrap()
}

pub(crate) fn block(name: &str, since: i64) -> Block {
    Block {
        reference: reference(name),
        subject: SubjectKey::parse(SubjectKind::Account, "bob@shop.example").unwrap(),
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
        },
        automatic_release: true,
        messages: 7,
        spam: 5,
        attempts: 0,
        released: None,
    }
}

pub(crate) fn released(mut block: Block, at: i64) -> Block {
    block.state = BlockState::Unblocked;
    block.released = Some((Timestamp(at), "operator".into()));
    block
}

pub(crate) fn evidence(at: i64) -> Evidence {
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

pub(crate) fn alert(name: &str) -> AlertJob {
    AlertJob {
        block: reference(name),
        created: Timestamp(1),
        due: Timestamp(1),
        tries: 0,
        last_error: None,
        sent: None,
        given_up: None,
        message_id: format!("<block-{name}@node.example>"),
    }
}
