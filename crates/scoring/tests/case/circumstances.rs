//! Circumstances in a case file: `same-text: senders=7 repeating=6 recipients=20 age=7200`, and so on.

use std::time::Duration;

use model::circumstances::{
    BrokenSignature, Change, Confirmation, Copies, DmarcFailure, DmarcPolicy, Past, SpfDenial, Traffic,
};
use model::{Circumstances, DomainName};

/// Applies one line; `None` when it is not written as it should be.
pub(super) fn apply(to: &mut Circumstances, key: &str, value: &str) -> Option<()> {
    match key {
        "same-text" => to.sameness.text = Some(copies(value)?),
        "same-files" => to.sameness.files = Some(copies(value)?),
        "same-links" => to.sameness.links = Some(copies(value)?),
        "confirmed" => to.sameness.confirmed = Some(Confirmation::from_word(value)?),
        "past" => to.habits.past = Some(past(value)?),
        "hour" => {
            to.habits.hour = traffic(value)?;
            // One of those that are counted, where the case doesn't say otherwise.
            to.habits.message = Traffic { messages: 1, recipients: 1, strangers: 1, refused: 0, led: 1 };
        }
        "day" => to.habits.day = traffic(value)?,
        "message" => to.habits.message = traffic(value)?,
        "networks" => to.habits.networks = value.parse().ok()?,
        "changed" => to.habits.changes = value.split(", ").map(Change::from_word).collect::<Option<_>>()?,
        "unusual-hour" => to.habits.unusual_hour = value == "yes",
        "spf-denies" => to.dns.authentication.spf = Some(spf(value)?),
        "dkim-broken" => {
            let domain = DomainName::new(value)?;
            to.dns.authentication.dkim = Some(BrokenSignature { domain, why: "the body is another" });
        }
        "dmarc-fails" => to.dns.authentication.dmarc = Some(dmarc(value)?),
        _ => return None,
    }
    Some(())
}

/// `outright shop.example` or `probably shop.example`
fn spf(value: &str) -> Option<SpfDenial> {
    let (how, domain) = value.split_once(' ')?;
    Some(SpfDenial { domain: DomainName::new(domain)?, outright: how == "outright" })
}

/// `reject shop.example`
fn dmarc(value: &str) -> Option<DmarcFailure> {
    let (policy, domain) = value.split_once(' ')?;
    Some(DmarcFailure { domain: DomainName::new(domain)?, policy: DmarcPolicy::from_word(policy)? })
}

/// `name=number name=number`
fn numbers(value: &str) -> impl Iterator<Item = Option<(&str, u32)>> {
    value.split(' ').map(|pair| {
        let (name, number) = pair.split_once('=')?;
        Some((name, number.parse().ok()?))
    })
}

fn copies(value: &str) -> Option<Copies> {
    let mut copies = Copies::default();
    for pair in numbers(value) {
        match pair? {
            ("messages", number) => copies.messages = number,
            ("spam", number) => copies.spam = number,
            ("own", number) => copies.own = number,
            ("senders", number) => copies.senders = number,
            ("one_domain", number) => copies.one_domain = number == 1,
            ("repeating", number) => copies.repeating = number,
            ("recipients", number) => copies.recipients = number,
            ("spam_senders", number) => copies.spam_senders = number,
            ("spread_spam", number) => copies.spread_spam = number == 1,
            ("blocked_senders", number) => copies.blocked_senders = number,
            ("age", number) => copies.age = Duration::from_secs(number.into()),
            _ => return None,
        }
    }
    Some(copies)
}

fn past(value: &str) -> Option<Past> {
    let mut past = Past { knows_recipients: true, ..Past::default() };
    for pair in numbers(value) {
        match pair? {
            ("days", number) => past.days = number,
            ("busiest_hour", number) => past.busiest_hour = number,
            ("busiest_day", number) => past.busiest_day = number,
            ("usual_strangers", number) => past.usual_strangers = number,
            ("usual_led", number) => past.usual_led = number,
            ("knows_recipients", number) => past.knows_recipients = number == 1,
            _ => return None,
        }
    }
    Some(past)
}

fn traffic(value: &str) -> Option<Traffic> {
    let mut traffic = Traffic::default();
    for pair in numbers(value) {
        match pair? {
            ("messages", number) => traffic.messages = number,
            ("recipients", number) => traffic.recipients = number,
            ("strangers", number) => traffic.strangers = number,
            ("refused", number) => traffic.refused = number,
            ("led", number) => traffic.led = number,
            _ => return None,
        }
    }
    Some(traffic)
}
