//! Blocks that an operator begins.

use limits::{BlockRefused, BlockSettings, Ledger, Releaser, Rules};
use model::standing::Transition;
use model::{Block, BlockState, Timestamp};

use crate::common::*;

const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

fn by_hand(ledger: &Ledger, length: Option<std::time::Duration>, now: Timestamp) -> Block {
    let changes = ledger.block_by_hand(&account("bob@example.com"), "stolen password.", length, now).unwrap();
    let Some(Transition::Blocked { block, .. }) = changes.last() else { panic!("{changes:?}") };
    Block::clone(block)
}

#[test]
fn it_is_enforced_says_who_decided_and_keeps_what_was_flagged() {
    let ledger = ledger(Rules::default());
    ledger.observe(&bob(), &spam(START, "<one@example.com>"), START);
    let changes = ledger.block_by_hand(&account("bob@example.com"), "stolen password.", None, START).unwrap();
    let [Transition::Blocked { block, evidence }] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!(block.reason.sentence, "an operator's decision: stolen password");
    assert_eq!((block.strike, block.length, block.automatic_release), (1, HOUR, true));
    assert_eq!((block.messages, block.spam, evidence.len()), (1, 1, 1));
    assert_eq!(ledger.blocked(&bob(), START).map(|active| active.reference.clone()), Some(block.reference.clone()));
}

#[test]
fn a_strike_is_a_strike_and_an_own_length_does_not_shorten_the_ladder() {
    let ledger = ledger(without_probation());
    spam_until_blocked(&ledger, &bob(), START);
    ledger.release(&account("bob@example.com"), Releaser::Operator, START).unwrap();
    let short = by_hand(&ledger, Some(MINUTE), at(10));
    assert_eq!((short.strike, short.length, short.automatic_release), (2, MINUTE, true));
    assert_eq!(ledger.sweep(at(69)), []);
    let over = ledger.sweep(at(70));
    assert!(matches!(&over[..], [Transition::Changed { block }] if block.state == BlockState::Unblocking), "{over:?}");
    spam_until_blocked(&ledger, &bob(), at(80));
    let third = ledger.block(&account("bob@example.com")).unwrap();
    assert_eq!((third.strike, third.length), (3, DAY * 30));
}

#[test]
fn who_is_blocked_or_allow_listed_is_not_blocked_by_hand() {
    let blocks = BlockSettings { allow_accounts: vec!["ann@example.com".into()], ..BlockSettings::default() };
    let ledger = ledger(Rules { blocks, ..Rules::default() });
    let first = by_hand(&ledger, None, START);
    let again = ledger.block_by_hand(&account("bob@example.com"), "again", None, START);
    assert!(matches!(again, Err(BlockRefused::Blocked { reference, .. }) if reference == first.reference));
    let allowed = ledger.block_by_hand(&account("ann@example.com"), "never", None, START).unwrap_err();
    assert_eq!(
        allowed.to_string(),
        "this account is allow-listed in [blocks], so nothing would be refused: take it out of there first"
    );
    assert_eq!(ledger.active_blocks().len(), 1);
}

#[test]
fn strikes_and_probation_are_told_until_they_are_over() {
    let ledger = ledger(Rules::default());
    let bob = account("bob@example.com");
    assert_eq!(ledger.past(&bob, START).strikes, 0);
    by_hand(&ledger, None, START);
    assert_eq!((ledger.past(&bob, START).strikes, ledger.past(&bob, START).forgotten_at), (1, None));
    ledger.release(&bob, Releaser::Operator, START).unwrap();
    let past = ledger.past(&bob, at(60));
    assert_eq!((past.strikes, past.forgotten_at), (1, Some(START.after(DAY * 90))));
    assert_eq!(past.probation_until, Some(START.after(HOUR)));
    assert_eq!(ledger.past(&bob, at(3600)).probation_until, None);
    assert_eq!(ledger.past(&bob, START.after(DAY * 91)), limits::Past::default());
}
