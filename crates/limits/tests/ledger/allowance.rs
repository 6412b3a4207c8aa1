//! A customer's automatic releases: never more than he has within the window, whatever he owns and however time goes.

use std::time::Duration;

use crate::common::*;
use limits::{AtBlock, BlockSettings, Ledger, OwnTerms, Releaser, Rules, Terms};
use model::standing::Transition;
use model::{Block, Identity, SubjectKey, Timestamp};

const DAY: Duration = Duration::from_secs(86_400);

/// 192.0.2.* is the shop's, 198.51.100.* the school's, all others are nobody's.
struct Owners;

impl OwnTerms for Owners {
    fn at_block(&self, subject: &SubjectKey) -> AtBlock {
        let name = subject.name();
        let owners = [("192.0.2.", "shop"), ("198.51.100.", "school")];
        let owner = owners.iter().find(|(network, _)| name.starts_with(network)).map(|(_, owner)| (*owner).to_owned());
        AtBlock { owner, ..AtBlock::default() }
    }
}

fn rules(most: u32) -> Rules {
    let blocks = BlockSettings {
        ladder: vec![HOUR],
        probation: Duration::ZERO,
        automatic_releases: 1000,
        customer_automatic_releases: most,
        customer_release_window: DAY * 7,
        ..BlockSettings::default()
    };
    Rules { blocks, terms: Terms::new(Owners), ..Rules::default() }
}

fn tripped(ledger: &Ledger, who: &Identity, now: Timestamp) -> Block {
    let seen = (0..100).find_map(|_| {
        let transitions = ledger.observe(who, &message(300), now);
        transitions.into_iter().find_map(|transition| match transition {
            Transition::Blocked { block, .. } => Some(*block),
            Transition::Changed { .. } => None,
        })
    });
    seen.expect("a block trips")
}

/// Ends what ends by itself.
fn ended(ledger: &Ledger, now: Timestamp) -> Vec<Block> {
    let mut blocks = Vec::new();
    for _ in 0..2 {
        for transition in ledger.sweep(now) {
            let Transition::Changed { block } = transition else { panic!("{transition:?}") };
            blocks.push(*block);
        }
    }
    blocks.retain(|block| block.state == model::BlockState::Unblocking);
    blocks
}

#[test]
fn blocks_beyond_the_customers_automatic_releases_wait_for_somebody() {
    let ledger = ledger(rules(2));
    let first = tripped(&ledger, &from("192.0.2.1"), START);
    let second = tripped(&ledger, &from("192.0.2.2"), START);
    let third = tripped(&ledger, &from("192.0.2.3"), START);
    assert_eq!([&first, &second, &third].map(|block| block.automatic_release), [true, true, false]);
    assert!(first.used_up().is_none() && second.used_up().is_none());
    let left = ledger.releases_left("shop", START);
    assert_eq!((left.most, left.used, left.window), (2, 2, DAY * 7));
    assert_eq!(ledger.releases_left("school", START).used, 0, "the others' are theirs");
    let told = third.used_up().unwrap().sentence();
    assert_eq!(
        told,
        "It does not end by itself: the automatic releases of this customer (2 within 7 days) are used up."
    );
    assert_eq!(ended(&ledger, START.after(DAY)).len(), 2);
    ledger.release(&address("192.0.2.3"), Releaser::Customer, START.after(DAY)).unwrap();
}

#[test]
fn other_customers_and_owners_nobody_knows_are_not_charged() {
    let ledger = ledger(rules(1));
    assert!(!["192.0.2.1", "192.0.2.2"].map(|who| tripped(&ledger, &from(who), START).automatic_release)[1]);
    assert!(tripped(&ledger, &from("198.51.100.1"), START).automatic_release);
    for unknown in ["203.0.113.1", "203.0.113.2", "203.0.113.3"] {
        let block = tripped(&ledger, &from(unknown), START);
        assert_eq!((block.automatic_release, block.quota), (true, None));
    }
}

#[test]
fn a_release_counts_until_the_window_is_over_and_not_when_somebody_else_made_it() {
    let ledger = ledger(rules(1));
    assert!(tripped(&ledger, &from("192.0.2.1"), START).automatic_release);
    ledger.release(&address("192.0.2.1"), Releaser::Operator, START.after(MINUTE)).unwrap();
    assert!(tripped(&ledger, &from("192.0.2.2"), START.after(MINUTE)).automatic_release, "given back");
    let end = START.after(MINUTE + HOUR);
    assert_eq!(ended(&ledger, end).len(), 1);
    ledger.tidy(end.after(DAY * 6));
    assert!(!tripped(&ledger, &from("192.0.2.3"), end.after(DAY * 7 - SECOND)).automatic_release);
    assert!(tripped(&ledger, &from("192.0.2.4"), end.after(DAY * 7)).automatic_release);
}

#[test]
fn none_is_counted_in_monitor_mode_nor_without_a_limit() {
    for rules in [Rules { monitor: true, ..rules(1) }, rules(0)] {
        let ledger = ledger(rules);
        for who in ["192.0.2.1", "192.0.2.2", "192.0.2.3"] {
            let block = tripped(&ledger, &from(who), START);
            assert_eq!((block.automatic_release, block.quota), (true, None));
        }
    }
}

#[test]
fn a_restart_counts_on() {
    let before = ledger(rules(3));
    // The same address twice, so that one of its blocks is no longer its latest.
    let mut written = vec![tripped(&before, &from("192.0.2.1"), START)];
    written.extend(ended(&before, START.after(HOUR)));
    written.push(tripped(&before, &from("192.0.2.1"), START.after(HOUR * 2)));
    written.extend(ended(&before, START.after(HOUR * 3)));
    written.push(tripped(&before, &from("192.0.2.2"), START.after(HOUR * 4)));
    let after = ledger(rules(3));
    after.restore(written, Vec::new(), START.after(HOUR * 5));
    let next = tripped(&after, &from("192.0.2.3"), START.after(HOUR * 5));
    assert!(!next.automatic_release, "two have ended by themselves and one will");
    let later = START.after(DAY * 7 + HOUR);
    assert!(tripped(&after, &from("192.0.2.4"), later).automatic_release, "the first counts no longer");
}

mod property {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_window_ever_holds_more_automatic_releases_than_the_customer_has(
            steps in prop::collection::vec((0u8..12, 0u8..4, 1u64..200_000), 1..120),
            most in 1u32..4,
        ) {
            let ledger = ledger(rules(most));
            let (mut now, mut releases) = (START, Vec::new());
            for (host, step, seconds) in steps {
                now = now.after(Duration::from_secs(seconds));
                let name = format!("192.0.2.{host}");
                match step {
                    0 => _ = ledger.release(&address(&name), Releaser::Operator, now),
                    1 => ledger.tidy(now),
                    _ => (0..10).for_each(|_| drop(ledger.observe(&from(&name), &message(300), now))),
                }
                releases.extend(ended(&ledger, now).iter().filter_map(|block| block.released.clone()));
            }
            for (start, _) in &releases {
                let within = releases.iter().filter(|(at, _)| *at >= *start && at.since(*start) < DAY * 7).count();
                prop_assert!(within <= most as usize, "{within} from {start}");
            }
        }
    }
}
