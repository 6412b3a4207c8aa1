//! What was told and noted: letters that wait, were given up or came back, events for a receiver, the audit log.

use std::time::Duration;

use access::{AccessStore, AuditEntry};
use limits::{Bounce, Delivery, HappeningKind, LetterStore, Matter, Store, WebhookStore};
use model::Block;
use store::SqliteStore;

use super::{HOOK, ago};

/// From now on the receiver is told.
pub(super) fn listen(store: &SqliteStore) {
    store.queue_deliveries(HOOK, HappeningKind::ALL).expect("our own store");
}

pub(super) fn fill(store: &SqliteStore, blocks: &[Block]) {
    letters(store, blocks);
    store.queue_deliveries(HOOK, HappeningKind::ALL).expect("our own store");
    let events = store.deliveries(Some(HOOK), None, 1_000).expect("our own store");
    for (nth, event) in events.into_iter().rev().enumerate() {
        store.update_delivery(&told(event, nth)).expect("our own store");
    }
    for (nth, (who, role, action, on, detail)) in NOTED.iter().enumerate() {
        let entry = AuditEntry {
            id: 0,
            at: ago(180 - 17 * nth as u64),
            who: (*who).into(),
            role: (*role).into(),
            client: ["192.0.2.201", "2001:db8:0:ffff::10"][nth % 2].parse().ok(),
            action: (*action).into(),
            on: (*on).into(),
            detail: (*detail).into(),
        };
        store.note(&entry).expect("our own store");
    }
}

fn letters(store: &SqliteStore, blocks: &[Block]) {
    for (nth, block) in blocks.iter().enumerate().take(4) {
        let mut letter = store.alert(&block.reference).expect("our own store").expect("a letter");
        match nth {
            0 => {
                (letter.sent, letter.tries, letter.due) = (None, 4, ago(0).after(Duration::from_secs(3_000)));
                letter.last_error = Some("451 4.3.0 mail.owner.example: queue file write error".into());
            }
            1 => {
                (letter.sent, letter.tries, letter.given_up) = (None, 12, Some(ago(30)));
                letter.last_error = Some("554 5.7.1 <owner@owner.example>: Relay access denied".into());
            }
            _ => {}
        }
        store.update_alert(&letter).expect("our own store");
        let bounce = Bounce {
            about: Matter::Block(block.reference.clone()),
            letter: 0,
            recipient: block.subject.name(),
            at: ago(15),
            status: "5.2.2".into(),
            said: "552 5.2.2 The mailbox of the recipient is full; ask him to delete some of his 48,211 messages"
                .into(),
        };
        store.note_bounce(&bounce).expect("our own store");
    }
}

/// The first have arrived, then the receiver went away.
fn told(event: Delivery, nth: usize) -> Delivery {
    let at = event.happening.at;
    match nth {
        0..8 => Delivery { delivered: Some(at), tries: 1, ..event },
        8..12 => {
            Delivery { dead: Some(at), tries: 9, last_error: Some("the receiver answered 410: Gone".into()), ..event }
        }
        _ => {
            let due = ago(0).after(Duration::from_secs(2_400));
            let error = "https://panel.provider.example/hooks/portreeve: nobody answers: connection refused";
            Delivery { due, tries: 5, last_error: Some(error.into()), ..event }
        }
    }
}

const NOTED: [(&str, &str, &str, &str, &str); 7] = [
    ("user otto", "auditor", "evidence.see", "block sceneaaaaaaaaaaa", ""),
    ("user anna", "operator", "ticket.decide", "ticket 3 refuse", ""),
    ("key 3f9a (panel)", "operator", "block.release", "block sceneaaaaaaaaaab", "ip 198.51.100.80"),
    ("link of block sceneaaaaaaaaaac", "customer", "evidence.see", "block sceneaaaaaaaaaac", ""),
    ("credential 4711", "customer", "block.unblock", "ip 203.0.113.9", ""),
    ("control root", "operator", "user.add", "user anna", "operator"),
    (
        "user anna",
        "operator",
        "customer.change",
        "customer university-of-applied-anthropology",
        "set: University of Applied Anthropology, Department of Long Names; 1 account, 1 domain, 0 networks",
    ),
];
