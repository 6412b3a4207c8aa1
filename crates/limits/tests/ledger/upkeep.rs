//! Blocks over time, restarts, reloads, and the bound on memory.

use crate::common::*;
use limits::{Releaser, Rules, Snapshot};
use model::standing::{CounterKind, Transition};
use model::{Block, BlockState, SubjectKind};

fn states(transitions: &[Transition]) -> Vec<BlockState> {
    transitions
        .iter()
        .map(|transition| match transition {
            Transition::Blocked { block, .. } | Transition::Changed { block } => block.state,
        })
        .collect()
}

#[test]
fn a_block_ends_by_itself_and_the_next_one_is_longer_at_once() {
    let ledger = ledger(without_probation());
    spam_until_blocked(&ledger, &bob(), START);
    assert_eq!(ledger.sweep(at(3599)), []);
    assert!(ledger.blocked(&bob(), at(3600)).is_some());
    assert_eq!(states(&ledger.sweep(at(3600))), [BlockState::Unblocking]);
    assert_eq!(ledger.blocked(&bob(), at(3600)), None);
    assert_eq!(states(&ledger.sweep(at(3601))), [BlockState::Unblocked]);
    assert_eq!(ledger.sweep(at(3602)), []);
    assert_eq!(spam_until_blocked(&ledger, &bob(), at(3603)), 5);
    let block = ledger.blocked(&bob(), at(3603)).unwrap();
    assert_eq!((block.strike, block.length), (2, HOUR * 24));
}

#[test]
fn old_spam_does_not_count_again_after_a_release() {
    let ledger = ledger(without_probation());
    spam_until_blocked(&ledger, &bob(), START);
    ledger.release(&account("bob@example.com"), Releaser::Operator, START).unwrap();
    assert_eq!(spam_until_blocked(&ledger, &bob(), START), 5);
}

#[test]
fn a_trip_while_unblocking_finishes_the_old_block_first() {
    let ledger = ledger(without_probation());
    spam_until_blocked(&ledger, &bob(), START);
    ledger.release(&account("bob@example.com"), Releaser::Operator, START).unwrap();
    (0..4).for_each(|_| assert_eq!(ledger.observe(&bob(), &message(300), START), []));
    let transitions = ledger.observe(&bob(), &message(300), START);
    assert_eq!(states(&transitions), [BlockState::Unblocked, BlockState::BlockedForSpam]);
    assert_eq!(ledger.finish_release(&account("bob@example.com"), START), None);
    assert!(ledger.blocked(&bob(), START).is_some());
}

#[test]
fn a_restart_goes_on_where_the_process_ended() {
    let before = ledger(Rules::default());
    spam_until_blocked(&before, &bob(), START);
    (0..3).for_each(|_| before.attempt(&account("bob@example.com")));
    let ann = login("ann@example.com", "192.0.2.2");
    for n in 0..4 {
        before.observe(&ann, &spam(START, &format!("<{n}@example.com>")), START);
        before.take(&ann, ONE, START);
    }
    let written = before.block(&account("bob@example.com")).unwrap();
    let after = ledger(Rules::default());
    // The block was written when it began, before anybody tried again.
    let as_written = Block { attempts: 0, ..(*written).clone() };
    after.restore(vec![as_written], before.dirty_snapshots(START), at(60));
    assert_eq!(after.block(&account("bob@example.com")), Some(written));
    assert_eq!(after.counts(&account("ann@example.com"), at(60)), before.counts(&account("ann@example.com"), at(60)));
    let transitions = after.observe(&ann, &spam(at(60), "<last@example.com>"), at(60));
    let [Transition::Blocked { evidence, .. }] = transitions.as_slice() else { panic!("{transitions:?}") };
    assert_eq!(evidence.len(), 5);
}

#[test]
fn a_snapshot_from_before_a_release_does_not_trip_again() {
    let before = ledger(without_probation());
    spam_until_blocked(&before, &bob(), START);
    let old = before.dirty_snapshots(START);
    before.release(&account("bob@example.com"), Releaser::Operator, at(10)).unwrap();
    let released = before.block(&account("bob@example.com")).unwrap();
    let after = ledger(without_probation());
    after.restore(vec![(*released).clone()], old, at(20));
    assert_eq!(after.observe(&bob(), &message(300), at(20)).len(), 0);
    assert_eq!(after.counts(&account("bob@example.com"), at(20))[0].count, 1);
}

#[test]
fn only_what_changed_is_written_again() {
    let ledger = ledger(Rules::default());
    ledger.observe(&bob(), &message(0), START);
    ledger.observe(&from("192.0.2.2"), &message(0), START);
    assert_eq!(ledger.dirty_snapshots(START).len(), 2);
    assert_eq!(ledger.dirty_snapshots(START), []);
    ledger.observe(&bob(), &message(0), START);
    let subjects: Vec<_> = ledger.dirty_snapshots(START).into_iter().map(|snapshot| snapshot.subject).collect();
    assert_eq!(subjects, [account("bob@example.com")]);
}

#[test]
fn snapshots_that_cannot_be_read_are_left_out() {
    let good = ledger(Rules::default());
    good.observe(&bob(), &message(0), START);
    let record = good.dirty_snapshots(START).remove(0).record;
    let newer = [&[2], &record[1..]].concat();
    for bytes in [vec![], vec![1], b"\x01{}".to_vec(), newer, record[..record.len() - 1].to_vec()] {
        let ledger = ledger(Rules::default());
        let snapshot = Snapshot { subject: account("bob@example.com"), at: START, record: bytes };
        ledger.restore(Vec::new(), vec![snapshot], START);
        assert!(ledger.is_empty());
    }
}

#[test]
fn a_reload_keeps_what_both_count() {
    let messages = |limit| trip("messages", SubjectKind::Account, CounterKind::Messages, limit, HOUR);
    let ledger = ledger(only(vec![messages(100)], vec![]));
    (0..30).for_each(|_| assert_eq!(ledger.observe(&bob(), &message(0), START), []));
    let bytes = trip("bytes", SubjectKind::Account, CounterKind::Bytes, 1_000_000, HOUR);
    ledger.reload(only(vec![bytes, messages(31)], vec![]));
    let counts: Vec<_> = ledger.counts(&account("bob@example.com"), START).iter().map(|rule| rule.count).collect();
    assert_eq!(counts, [0, 30]);
    assert_eq!(blocked(&ledger.observe(&bob(), &message(0), START)).reason.rule, "messages");
}

#[test]
fn idle_subjects_are_forgotten_and_strikes_are_not() {
    let ledger = ledger(Rules::default());
    spam_until_blocked(&ledger, &bob(), START);
    ledger.release(&account("bob@example.com"), Releaser::Operator, START).unwrap();
    ledger.finish_release(&account("bob@example.com"), START);
    ledger.tidy(at(15 * 3600));
    assert_eq!(ledger.len(), 1);
    let later = at(17 * 3600);
    ledger.tidy(later);
    assert_eq!(ledger.len(), 0);
    spam_until_blocked(&ledger, &bob(), later);
    assert_eq!(ledger.blocked(&bob(), later).unwrap().strike, 2);
}

#[test]
fn a_botnet_pushes_out_the_idlest_and_no_block() {
    let mut rules = Rules::default();
    rules.blocks.max_subjects = 1000;
    let ledger = ledger(rules);
    spam_until_blocked(&ledger, &bob(), START);
    let busy = login("ann@example.com", "192.0.2.2");
    let network = |n: u32| format!("2001:db8:{:x}:{:x}::1", n >> 16, n & 0xffff);
    for n in 0..5000 {
        ledger.observe(&from(&network(n)), &message(300), at(1 + u64::from(n)));
        if n % 100 == 0 {
            ledger.observe(&busy, &message(0), at(1 + u64::from(n)));
        }
        assert!(ledger.len() <= 1000);
    }
    assert_eq!(ledger.len() as u64 + ledger.evicted(), 5002);
    assert!(ledger.counts(&account("bob@example.com"), at(5000)).is_empty());
    assert!(ledger.blocked(&bob(), at(5000)).is_some());
    assert_eq!(ledger.counts(&address(&network(4999)), at(5000))[0].count, 1);
    let busy = ledger.counts(&account("ann@example.com"), at(5000));
    assert!(!busy.is_empty(), "who sends all the time is not among the idlest");
}

#[test]
fn the_busiest_come_first_and_no_more_than_asked_for() {
    let ledger = ledger(Rules::default());
    for (name, count) in [("a@example.com", 3), ("b@example.com", 5), ("c@example.com", 1)] {
        for _ in 0..count {
            ledger.observe(&login(name, "192.0.2.1"), &message(if name.starts_with('b') { 50 } else { 0 }), at(0));
        }
    }
    ledger.observe(&login("b@example.com", "192.0.2.1"), &message(120), at(1));
    let shown: Vec<_> =
        ledger.busiest(2, at(2)).iter().map(|busy| (busy.subject.name(), busy.messages, busy.spam)).collect();
    assert_eq!(shown, [("b@example.com".to_owned(), 6, 1), ("a@example.com".to_owned(), 3, 0)]);
    assert_eq!(ledger.busiest(2, at(90_000)), [], "what is out of every window counts for nothing");
}
