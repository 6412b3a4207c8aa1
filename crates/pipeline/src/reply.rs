//! The sentences a refused client reads: what, why, until when, and where to go. Never "invalid password", never silence.

use std::time::Duration;

use model::names::bounded;
use model::{Block, Refusal, Score, SubjectKey, Timestamp, WayOut};

use crate::policy::Policy;

/// A deferred client is told to come back after this long when nothing better is known.
const COME_BACK: Duration = Duration::from_secs(300);

/// A longer name of a message would leave too little room for the sentence.
const MAX_REFERENCE: usize = 120;

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
    text.push_str(way_out(block));
    if !policy.blocks.contact.is_empty() {
        text.push_str(&format!(" {}", policy.blocks.contact));
    }
    // The link is what helps most: what stands before it is cut rather.
    let link = format!(" See why and how to get unblocked: {}", policy.link_to(&block.reference));
    let kept = bounded(&text, Refusal::MAX_TEXT.saturating_sub(link.len()));
    Refusal::permanent(format!("{kept}{link}"))
}

/// The message itself is refused; the sender isn't blocked for it alone. Whoever is asked about it finds it in the log by its
/// reference, with its score and all that it was made of.
pub fn spam(score: &Score, reference: Option<&str>, policy: &Policy) -> Refusal {
    let strongest = score.hits.first().map(|hit| format!(" Strongest reason: {}.", in_general(&hit.why)));
    let strongest = strongest.unwrap_or_default();
    let contact = match policy.blocks.contact.as_str() {
        "" => "If it is not spam, send it to your provider's support as an attachment.",
        contact => contact,
    };
    let text = format!(
        "This message was not sent: it looks like spam (score {}, limit {}).{strongest} {contact}",
        score.total, policy.score.reject
    );
    let reference = reference.map(|reference| format!(" Reference: {reference}")).unwrap_or_default();
    let kept = bounded(&text, Refusal::MAX_TEXT.saturating_sub(reference.len()));
    Refusal::permanent(format!("{kept}{reference}"))
}

/// What a message is called in the log: its Message-ID, or the mail server's name for it where that is none that people can copy.
pub(crate) fn reference<'m>(message_id: Option<&'m str>, queue_id: Option<&'m str>) -> Option<&'m str> {
    let can_be_copied = |name: &&str| name.len() <= MAX_REFERENCE && name.bytes().all(|byte| byte.is_ascii_graphic());
    message_id.filter(can_be_copied).or(queue_id.filter(can_be_copied))
}

/// What is behind the colon are the words and links that gave it away: they are for the operator's log and console, and
/// would tell a spammer what to change.
fn in_general(why: &str) -> &str {
    why.split(": ").next().unwrap_or(why).trim_end_matches('.')
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
        own if own.is_this_host() => "programs of this host".into(),
        SubjectKey::Ip(network) => format!("the IP address {network}"),
        SubjectKey::Domain(name) => format!("the domain {name}"),
    }
}

/// What is displayed here is what releases: the same record says both.
fn until(block: &Block) -> String {
    let since = minute(block.since);
    if block.awaits_owner() {
        return format!("since {since}");
    }
    match (block.way_out, block.automatic_release) {
        (_, true) => format!("until {}", minute(block.until())),
        (WayOut::Time, false) => format!("until it is released, which can be from {} on,", minute(block.until())),
        (WayOut::Ticket, false) => format!("since {since} until its ticket is decided"),
        (WayOut::Password, false) => format!("since {since} until its password is changed"),
    }
}

fn way_out(block: &Block) -> &'static str {
    match block.way_out {
        _ if block.awaits_owner() => " How it is released will be told to its owner.",
        WayOut::Ticket => " Answer the questions of the ticket to be released.",
        WayOut::Password => " Change the password to be released.",
        WayOut::Time => "",
    }
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

#[cfg(test)]
mod tests {
    use testkit::samples::block;

    use super::*;
    use crate::policy::{Mode, OnFailure};

    fn policy() -> Policy {
        Policy {
            mode: Mode::Enforce,
            node: String::new(),
            score: Default::default(),
            identity: Default::default(),
            blocks: Default::default(),
            link: "https://mail.isp.example/b/{ref}".into(),
            on_store_failure: OnFailure::Continue,
            on_scorer_failure: OnFailure::Continue,
            alerts: true,
        }
    }

    #[test]
    fn what_gave_a_message_away_is_not_told_to_whom_it_was_refused() {
        let why = "As a whole it reads like spam: lottery, unlimited".to_owned();
        let hit = model::Hit { signal: model::SignalName::new("classifier"), points: 238, why };
        let text = spam(&Score::of(vec![hit]), None, &policy()).text;
        assert!(text.contains(" Strongest reason: As a whole it reads like spam. If it is not spam, "), "{text}");
        assert!(!text.contains("lottery"), "{text}");
    }

    #[test]
    fn a_refused_message_has_a_name_to_ask_about() {
        let mut policy = policy();
        policy.blocks.contact = "Call us. ".repeat(100);
        let text = spam(&Score::default(), Some("<1@shop.example>"), &policy).text;
        assert!(text.ends_with(" Reference: <1@shop.example>") && text.len() <= Refusal::MAX_TEXT, "{text}");
        let long = format!("<{}@shop.example>", "x".repeat(200));
        for (message_id, queue_id, told) in [
            (Some("<1@shop.example>"), Some("4bC1X"), Some("<1@shop.example>")),
            (Some(long.as_str()), Some("4bC1X"), Some("4bC1X")),
            (Some("<\u{e9} 1@shop.example>"), None, None),
            (None, Some("4bC1X"), Some("4bC1X")),
            (None, None, None),
        ] {
            assert_eq!(reference(message_id, queue_id), told);
        }
    }

    #[test]
    fn a_refusal_says_what_releases() {
        for (way_out, automatic_release, part) in [
            (WayOut::Time, true, " is blocked until 2026-11-21 11:15 UTC because of "),
            (
                WayOut::Time,
                false,
                " is blocked until it is released, which can be from 2026-11-21 11:15 UTC on, because of ",
            ),
            (WayOut::Ticket, false, " since 2026-11-21 10:15 UTC until its ticket is decided because of "),
            (WayOut::Ticket, false, " Answer the questions of the ticket to be released. See why"),
            (WayOut::Password, false, " since 2026-11-21 10:15 UTC until its password is changed because of "),
            (WayOut::Password, false, " Change the password to be released. See why"),
        ] {
            let block = Block { way_out, automatic_release, ..block("ref", 1_795_256_100_000) };
            let text = blocked(&block, &policy()).text;
            assert!(text.contains(part), "{text}");
            assert!(text.contains("See why and how to get unblocked: https://mail.isp.example/b/"), "{text}");
        }
    }

    #[test]
    fn while_nobody_knows_the_owner_no_end_is_promised() {
        let adoption = Some(model::Adoption::Awaited);
        let block = Block { automatic_release: false, adoption, ..block("ref", 1_795_256_100_000) };
        let text = blocked(&block, &policy()).text;
        assert!(
            text.starts_with("Sending from bob@shop.example is blocked since 2026-11-21 10:15 UTC because of "),
            "{text}"
        );
        assert!(text.contains(" How it is released will be told to its owner. See why"), "{text}");
    }

    #[test]
    fn a_long_contact_leaves_room_for_the_link() {
        let mut policy = policy();
        policy.blocks.contact = "Call us. ".repeat(100);
        let block = block("ref", 1_795_256_100_000);
        let text = blocked(&block, &policy).text;
        assert!(text.ends_with(&policy.link_to(&block.reference)) && text.len() <= Refusal::MAX_TEXT, "{text}");
    }
}
