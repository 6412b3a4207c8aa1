//! Probation: who goes on after the release is blocked again at once, for longer.

use crate::common::*;
use limits::{BlockSettings, Releaser, Rules};
use std::time::Duration;

#[test]
fn one_spam_on_probation_blocks_again_at_once_and_for_longer() {
    let ledger = ledger(Rules::default());
    let who = from("192.0.2.1");
    spam_until_blocked(&ledger, &who, START);
    let end = at(3600);
    ledger.release(&address("192.0.2.1"), Releaser::Customer, end).unwrap();
    // Still unblocking: the release is not applied everywhere yet.
    assert_eq!(ledger.observe(&who, &message(0), end), []);
    let transitions = ledger.observe(&who, &spam(at(3700), "<again@example.com>"), at(3700));
    let [first, last] = transitions.as_slice() else { panic!("{transitions:?}") };
    assert!(matches!(first, model::standing::Transition::Changed { .. }), "the release ends first: {first:?}");
    let block = blocked(std::slice::from_ref(last));
    assert_eq!((block.strike, block.length), (2, Duration::from_secs(86_400)));
    assert_eq!(block.reason.sentence, "spam again within 2 minutes after the last block had ended");
    assert_eq!((block.messages, block.spam), (1, 1));
}

#[test]
fn after_probation_and_without_it_the_rules_count_as_ever() {
    for (probation, later) in [(Duration::from_secs(3600), 3600), (Duration::ZERO, 1)] {
        let blocks = BlockSettings { probation, ..BlockSettings::default() };
        let ledger = ledger(Rules { blocks, ..Rules::default() });
        spam_until_blocked(&ledger, &bob(), START);
        let subject = account("bob@example.com");
        ledger.release(&subject, Releaser::Operator, at(10)).unwrap();
        ledger.finish_release(&subject, at(10)).unwrap();
        assert_eq!(spam_until_blocked(&ledger, &bob(), at(10 + later)), 5);
    }
}

#[test]
fn a_login_does_not_bring_the_address_it_comes_from_back() {
    let ledger = ledger(Rules::default());
    spam_until_blocked(&ledger, &from("192.0.2.1"), START);
    ledger.release(&address("192.0.2.1"), Releaser::Operator, START).unwrap();
    ledger.finish_release(&address("192.0.2.1"), START).unwrap();
    assert_eq!(ledger.observe(&bob(), &message(300), at(1)), []);
    assert_eq!(blocked(&ledger.observe(&from("192.0.2.1"), &message(300), at(2))).strike, 2);
}
