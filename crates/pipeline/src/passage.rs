//! Intercepted connections beside their messages: counted, and refused or cut while their client is blocked.

use limits::{Ledger, Passage as Counted};
use model::{Event, Evidence, Identity, OriginalDst, Session, Timestamp};

use crate::identity;
use crate::judge::Reeve;
use crate::policy::Mode;
use crate::reply;
use crate::seam::{Admission, Passage};

/// Counts it and says whether the connection may go on. A block that it trips is durable when this returns.
pub(crate) async fn pass(reeve: &Reeve, session: &Session, passage: Passage) -> Admission {
    if identity::is_inbound(session, &reeve.policy.identity) {
        return Admission::Proceed;
    }
    let identity = identity::of_session(session, None, &reeve.policy.identity);
    let now = reeve.clock.now();
    if passage.is_new || passage.bytes > 0 {
        let counted = counted(reeve, session, passage, now);
        let count = |ledger: &Ledger| ledger.observe_passage(&identity, &counted, now);
        let tripped = reeve.ledger.counting(|ledger| reeve.blocking.hand_over(count(ledger), &reeve.policy));
        reeve.blocking.settle(tripped, &reeve.policy).await;
    }
    standing(reeve, session, &identity, passage, now)
}

fn counted(reeve: &Reeve, session: &Session, passage: Passage, now: Timestamp) -> Counted {
    let destination = session.original_dst.filter(|_| passage.is_new).map(|OriginalDst(address)| address.ip());
    Counted {
        connections: passage.is_new.into(),
        destination,
        bytes: passage.bytes,
        evidence: destination.filter(|_| reeve.ledger.any_is_evidence()).map(|ip| evidence(session, ip, now)),
    }
}

/// All that is known of a connection nobody can read: when, and where to.
fn evidence(session: &Session, destination: std::net::IpAddr, at: Timestamp) -> Evidence {
    Evidence {
        at,
        message_id: None,
        queue_id: None,
        score: 0,
        hits: Vec::new(),
        client: session.client,
        recipients: 0,
        destination_domain: None,
        destination_ip: Some(destination),
        headers: String::new(),
    }
}

fn standing(reeve: &Reeve, session: &Session, identity: &Identity, passage: Passage, now: Timestamp) -> Admission {
    let Some(block) = reeve.ledger.blocked(identity, now).filter(|_| reeve.policy.mode == Mode::Enforce) else {
        return Admission::Proceed;
    };
    let refusal = reply::blocked(&block, &reeve.policy);
    // Who has only connected hears it at MAIL, where it is an attempt.
    if passage.is_new {
        return Admission::Refuse(refusal);
    }
    reeve.ledger.attempt(&block.subject);
    let reply = refusal.line();
    let (stage, reason) = ("connect", "blocked");
    reeve.events.emit(&Event::Refused { via: session.via, identity, stage, reason, reply: &reply, monitored: false });
    Admission::Refuse(refusal)
}
