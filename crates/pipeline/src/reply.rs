//! The sentences a refused client reads: what, why, until when, and where to go. Never "invalid password", never silence.

use std::time::Duration;

use model::{Block, Refusal, Score, SubjectKey, Timestamp};

use crate::policy::Policy;

/// A deferred client is told to come back after this long when nothing better is known.
const COME_BACK: Duration = Duration::from_secs(300);

/// "Sending from bob@shop.example is blocked until 2026-11-21 10:15 UTC because of 5 messages that look like spam
/// within 10 minutes. It can still receive. Why, and how to be released: LINK"
pub fn blocked(block: &Block, policy: &Policy) -> Refusal {
    let mut text = format!("Sending from {} is blocked {}", whom(&block.subject), until(block));
    text.push_str(&format!(" because of {}.", block.reason.sentence));
    if let Some(quota) = block.used_up() {
        text.push_str(&format!(" {}", quota.sentence()));
    }
    if !matches!(block.subject, SubjectKey::Ip(_)) {
        text.push_str(" Receiving still works.");
    }
    if !policy.blocks.contact.is_empty() {
        text.push_str(&format!(" {}", policy.blocks.contact));
    }
    text.push_str(&format!(" See why and how to get unblocked: {}", policy.link_to(&block.reference)));
    Refusal::permanent(text)
}

/// The message itself is refused; the sender isn't blocked for it alone.
pub fn spam(score: &Score, policy: &Policy) -> Refusal {
    let strongest = score.hits.first().map(|hit| format!(" Strongest reason: {}", hit.why)).unwrap_or_default();
    let contact = match policy.blocks.contact.as_str() {
        "" => "If it is not spam, send it to your provider's support as an attachment.",
        contact => contact,
    };
    Refusal::permanent(format!(
        "This message was not sent: it looks like spam (score {}, limit {}).{strongest} {contact}",
        score.total, policy.score.reject
    ))
}

/// Too much at once; says when to come back.
pub fn too_fast(rule: &limits::RateHit) -> Refusal {
    let seconds = rule.retry_after.as_secs().max(1);
    let limit =
        format!("{} {} in {}", rule.limit, rule.counter.as_str().replace('_', " "), model::time::spoken(rule.per));
    if rule.counter == limits::RateCounter::Bytes && rule.refuse {
        return Refusal::permanent(format!("This message is larger than the limit of {limit} leaves room for."));
    }
    if rule.refuse {
        return Refusal::permanent(format!(
            "Too many attempts beyond the limit of {limit}: stop sending and try again in {}.",
            model::time::spoken(rule.retry_after)
        ));
    }
    Refusal::temporary(
        format!(
            "The limit of {limit} is reached: try again in {seconds} seconds. Nothing was lost, nothing is blocked."
        ),
        rule.retry_after,
    )
}

/// A part of the filter is down and the operator has declared that mail waits.
pub fn unavailable() -> Refusal {
    Refusal::temporary("Outgoing mail can't be checked at the moment: try again in 5 minutes.", COME_BACK)
}

fn whom(subject: &SubjectKey) -> String {
    match subject {
        SubjectKey::Account(name) => name.to_string(),
        SubjectKey::Ip(network) if network.net().addr().is_unspecified() => "programs of this host".into(),
        SubjectKey::Ip(network) => format!("the IP address {network}"),
        SubjectKey::Domain(name) => format!("the domain {name}"),
    }
}

fn until(block: &Block) -> String {
    if block.automatic_release {
        return format!("until {}", minute(block.until()));
    }
    format!("since {} and until it is released", minute(block.since))
}

/// `2026-11-21 10:15 UTC`
fn minute(time: Timestamp) -> String {
    let shown = time.to_string();
    let (date, clock) = (shown.get(..10), shown.get(11..16));
    match (date, clock) {
        (Some(date), Some(clock)) => format!("{date} {clock} UTC"),
        _ => shown,
    }
}
