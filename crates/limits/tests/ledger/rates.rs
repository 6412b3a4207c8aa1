//! Rate limits: who is asked to come back, and when.

use std::time::Duration;

use crate::common::*;
use limits::{Cost, Ledger, OverrideRule, RateCounter, RateDecision, RateHit, Rules};
use model::{Identity, SubjectKind, Timestamp};

fn hit(decision: RateDecision) -> RateHit {
    match decision {
        RateDecision::Reached(hit) => hit,
        RateDecision::Within => panic!("expected a limit to be reached"),
    }
}

fn delivered(ledger: &Ledger, identity: &Identity, times: usize, now: Timestamp) -> usize {
    (0..times).filter(|_| ledger.take(identity, ONE, now) == RateDecision::Within).count()
}

#[test]
fn an_account_sends_two_hundred_and_then_one_every_eighteen_seconds() {
    let ledger = ledger(Rules::default());
    assert_eq!(delivered(&ledger, &bob(), 300, START), 200);
    let hit = hit(ledger.rate(&bob(), ONE, START));
    assert_eq!((hit.limit, hit.per, hit.retry_after, hit.refuse), (200, HOUR, SECOND * 18, false));
    assert_eq!(delivered(&ledger, &bob(), 9, at(36)), 2);
    assert_eq!(delivered(&ledger, &bob(), 300, at(36 + 3600)), 200);
}

#[test]
fn asking_and_retrying_use_nothing_up() {
    let ledger = ledger(Rules::default());
    for _ in 0..1000 {
        assert_eq!(ledger.rate(&bob(), ONE, START), RateDecision::Within);
    }
    assert_eq!(delivered(&ledger, &bob(), 200, START), 200);
    for second in 0..17 {
        assert_ne!(ledger.rate(&bob(), ONE, at(second)), RateDecision::Within);
        assert_ne!(ledger.take(&bob(), ONE, at(second)), RateDecision::Within);
    }
    assert_eq!(delivered(&ledger, &bob(), 1, at(18)), 1);
}

#[test]
fn all_limits_are_checked_and_all_or_none_used_up() {
    let rates = vec![
        rate("minute", SubjectKind::Account, RateCounter::Messages, 10, MINUTE),
        rate("hour", SubjectKind::Account, RateCounter::Messages, 15, HOUR),
        rate("recipients", SubjectKind::Account, RateCounter::Recipients, 100, HOUR),
        limits::RateRule {
            sessions: limits::Sessions::All,
            ..rate("ip", SubjectKind::Ip, RateCounter::Messages, 12, HOUR)
        },
    ];
    let ledger = ledger(only(vec![], rates));
    let used = |now| {
        let subjects = [account("bob@example.com"), address("192.0.2.1")];
        subjects.iter().flat_map(|subject| ledger.counts(subject, now)).map(|rule| rule.count).collect::<Vec<_>>()
    };
    assert_eq!(delivered(&ledger, &bob(), 20, START), 10);
    assert_eq!(hit(ledger.take(&bob(), ONE, START)).rule, "minute");
    assert_eq!(used(START), [10, 10, 10, 10]);
    let many = Cost { recipients: 93, ..ONE };
    assert_eq!(hit(ledger.take(&bob(), many, at(60))).rule, "recipients");
    assert_eq!(used(at(60)), [0, 10, 9, 10]);
    assert_eq!(delivered(&ledger, &bob(), 20, at(60)), 2);
    assert_eq!(hit(ledger.take(&bob(), ONE, at(60))).rule, "ip");
    assert_eq!(used(at(60)), [2, 12, 11, 12]);
}

#[test]
fn the_limit_that_waits_longest_is_told() {
    let rates = vec![
        rate("long", SubjectKind::Account, RateCounter::Messages, 1, HOUR),
        rate("short", SubjectKind::Account, RateCounter::Messages, 1, MINUTE),
    ];
    let ledger = ledger(only(vec![], rates));
    assert_eq!(delivered(&ledger, &bob(), 2, START), 1);
    let hit = hit(ledger.rate(&bob(), ONE, at(10)));
    assert_eq!((hit.rule.as_str(), hit.retry_after), ("long", HOUR - SECOND * 10));
}

#[test]
fn deferrals_that_do_not_stop_become_a_refusal_and_pass() {
    let mut rule = rate("rate", SubjectKind::Account, RateCounter::Messages, 1, HOUR);
    rule.refuse_after = 3;
    let ledger = ledger(only(vec![], vec![rule]));
    ledger.take(&bob(), ONE, START);
    let refused: Vec<_> = (0..5).map(|_| hit(ledger.rate(&bob(), ONE, at(1))).refuse).collect();
    assert_eq!(refused, [false, false, false, true, true]);
    assert_eq!(ledger.rate(&bob(), ONE, at(3600)), RateDecision::Within);
    ledger.take(&bob(), ONE, at(9000));
    assert!(!hit(ledger.rate(&bob(), ONE, at(9001))).refuse);
}

#[test]
fn what_can_never_fit_is_refused_unless_it_can_be_split() {
    let rates = vec![
        rate("bytes", SubjectKind::Account, RateCounter::Bytes, 5000, HOUR),
        rate("recipients", SubjectKind::Account, RateCounter::Recipients, 50, HOUR),
    ];
    let ledger = ledger(only(vec![], rates));
    let large = hit(ledger.rate(&bob(), Cost { bytes: 5001, ..ONE }, START));
    assert_eq!((large.rule.as_str(), large.refuse), ("bytes", true));
    let wide = hit(ledger.rate(&bob(), Cost { recipients: 51, ..ONE }, START));
    assert_eq!((wide.rule.as_str(), wide.refuse), ("recipients", false));
    assert_eq!(ledger.take(&bob(), Cost { messages: 1, recipients: 50, bytes: 5000 }, START), RateDecision::Within);
}

#[test]
fn a_cost_of_nothing_fits_a_full_bucket() {
    let ledger = ledger(Rules::default());
    delivered(&ledger, &bob(), 200, START);
    assert_eq!(ledger.rate(&bob(), Cost { messages: 0, recipients: 5, bytes: 0 }, START), RateDecision::Within);
}

#[test]
fn overrides_and_allow_lists_apply() {
    let exception = |name: &str, limit| OverrideRule {
        rule: "account-rate".into(),
        subject: SubjectKind::Account,
        names: vec![name.into()],
        limit,
    };
    let mut rules = Rules {
        overrides: vec![exception("news@shop.example", 1000), exception("free@shop.example", 0)],
        ..Rules::default()
    };
    rules.blocks.allow_accounts = vec!["vip@shop.example".into()];
    let ledger = ledger(rules);
    for (name, expected) in [("news", 1000), ("free", 3000), ("vip", 3000), ("bob", 200)] {
        let identity = login(&format!("{name}@shop.example"), "192.0.2.1");
        assert_eq!(delivered(&ledger, &identity, 3000, START), expected, "{name}");
    }
}

#[test]
fn an_address_without_login_has_a_limit_of_its_own() {
    let ledger = ledger(Rules::default());
    assert_eq!(delivered(&ledger, &bob(), 300, START), 200);
    assert_eq!(delivered(&ledger, &from("192.0.2.1"), 400, START), 300);
    assert_eq!(delivered(&ledger, &from("192.0.2.2"), 1, START), 1);
}

#[test]
fn sessions_at_once_never_deliver_more_than_the_limit() {
    let ledger = ledger(Rules::default());
    let passed: usize = std::thread::scope(|scope| {
        let sessions: Vec<_> = (0..8).map(|_| scope.spawn(|| delivered(&ledger, &bob(), 100, START))).collect();
        sessions.into_iter().map(|session| session.join().unwrap()).sum()
    });
    assert_eq!(passed, 200);
}

#[test]
fn a_smaller_limit_after_a_reload_does_not_lock_out_for_longer_than_it_lasts() {
    let rule = |limit| rate("rate", SubjectKind::Account, RateCounter::Messages, limit, HOUR);
    let ledger = ledger(only(vec![], vec![rule(1000)]));
    assert_eq!(delivered(&ledger, &bob(), 1000, START), 1000);
    ledger.reload(only(vec![], vec![rule(10)]));
    assert_eq!(hit(ledger.rate(&bob(), ONE, START)).retry_after, Duration::from_secs(360));
}
