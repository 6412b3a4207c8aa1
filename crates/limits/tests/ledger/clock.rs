//! A clock that is set back: blocks and strikes outlive the next restart all the same.

use limits::{Ledger, Releaser, Rules};
use model::{Block, Timestamp};

use crate::common::*;

/// Spam until bob is blocked.
fn begin(ledger: &Ledger, now: Timestamp) -> Block {
    spam_until_blocked(ledger, &bob(), now);
    ledger.block(&account("bob@example.com")).unwrap().as_ref().clone()
}

fn end(ledger: &Ledger, now: Timestamp) -> Block {
    ledger.release(&account("bob@example.com"), Releaser::Operator, now).unwrap();
    ledger.finish_release(&account("bob@example.com"), now).unwrap();
    ledger.block(&account("bob@example.com")).unwrap().as_ref().clone()
}

/// A process that reads these blocks.
fn restarted(written: &[&Block]) -> Ledger {
    let next = ledger(Rules::default());
    next.restore(written.iter().copied().cloned().collect(), Vec::new(), START);
    next
}

#[test]
fn a_block_in_force_is_not_lost_to_one_that_is_over_and_began_later_by_the_clock() {
    let ledger = ledger(Rules::default());
    begin(&ledger, at(7200));
    let first = end(&ledger, at(7300));
    let second = begin(&ledger, at(60));
    assert_eq!((second.strike, second.since), (2, at(60)));
    for written in [[&first, &second], [&second, &first]] {
        let enforced = restarted(&written).blocked(&bob(), at(61)).map(|block| block.reference.clone());
        assert_eq!(enforced.as_ref(), Some(&second.reference));
    }
}

#[test]
fn nor_is_its_strike_when_both_are_over() {
    let ledger = ledger(Rules::default());
    begin(&ledger, at(7200));
    let first = end(&ledger, at(7300));
    begin(&ledger, at(60));
    let second = end(&ledger, at(70));
    for written in [[&first, &second], [&second, &first]] {
        assert_eq!(begin(&restarted(&written), at(80)).strike, 3);
    }
}
