//! Early refusals: a blocked address at connection, a blocked account at MAIL, a reached rate at MAIL and RCPT.

use limits::{Cost, RateDecision};
use model::{AccountName, Event, Identity, Refusal, Session, Via};

use crate::identity;
use crate::judge::{Reeve, store_lets_pass};
use crate::logins;
use crate::policy::Mode;
use crate::reply;
use crate::seam::{Admission, Stage};

/// Whether the session may go on. Local submission always may: its MTA would retry a refused recipient for ever, so the
/// end-of-data verdict alone decides there.
pub(crate) fn admit(reeve: &Reeve, session: &Session, stage: Stage<'_>) -> Admission {
    if session.via == Via::MilterLocal || identity::is_inbound(session, &reeve.policy.identity) {
        return Admission::Proceed;
    }
    let sender = match stage {
        Stage::Mail(path) => path.domain(),
        Stage::Connect | Stage::Recipient(..) => None,
    };
    let identity = identity::of_session(session, sender, &reeve.policy.identity);
    match objection(reeve, &identity, stage) {
        None => {
            if let Stage::Mail(sender) = stage {
                reeve.inquirers.iter().for_each(|inquirer| inquirer.announce(session, sender));
            }
            Admission::Proceed
        }
        Some((refusal, reason)) => answer(reeve, session, &identity, stage, refusal, reason),
    }
}

fn objection(reeve: &Reeve, identity: &Identity, stage: Stage<'_>) -> Option<(Refusal, &'static str)> {
    let now = reeve.clock.now();
    let block = if matches!(stage, Stage::Recipient(..)) { None } else { reeve.ledger.blocked(identity, now) };
    if let Some(block) = block {
        reeve.ledger.attempt(&block.subject);
        return Some((reply::blocked(&block, &reeve.policy), "blocked"));
    }
    let cost = match stage {
        Stage::Connect => return None,
        Stage::Mail(_) if !store_lets_pass(reeve) => return Some((reply::unavailable(), "store")),
        Stage::Mail(_) => Cost { messages: 1, recipients: 0, bytes: 0 },
        Stage::Recipient(_, count) => Cost { messages: 0, recipients: count, bytes: 0 },
    };
    match reeve.ledger.rate(identity, cost, now) {
        RateDecision::Within => None,
        RateDecision::Reached(hit) => Some((reply::too_fast(&hit), "rate")),
    }
}

/// Whether a login may be tried: not while failed ones have locked its account or its client out.
pub(crate) fn may_log_in(reeve: &Reeve, session: &Session, account: Option<&AccountName>) -> Admission {
    let Some(logins) = &reeve.logins else { return Admission::Proceed };
    let identity = logins::identity(session, account);
    let Some(lock) = logins.locked(&identity) else { return Admission::Proceed };
    let refusal = logins::refusal(&lock, lock.until.since(reeve.clock.now()));
    refuse(reeve, session, &identity, ("auth", "lockout"), refusal)
}

fn answer(
    reeve: &Reeve,
    session: &Session,
    identity: &Identity,
    stage: Stage<'_>,
    refusal: Refusal,
    reason: &'static str,
) -> Admission {
    let stage = match stage {
        Stage::Connect => "connect",
        Stage::Mail(_) => "mail",
        Stage::Recipient(..) => "rcpt",
    };
    refuse(reeve, session, identity, (stage, reason), refusal)
}

fn refuse(
    reeve: &Reeve,
    session: &Session,
    identity: &Identity,
    (stage, reason): (&'static str, &'static str),
    refusal: Refusal,
) -> Admission {
    let monitored = reeve.policy.mode == Mode::Monitor;
    let reply = refusal.line();
    reeve.events.emit(&Event::Refused { via: session.via, identity, stage, reason, reply: &reply, monitored });
    if monitored { Admission::Proceed } else { Admission::Refuse(refusal) }
}
