//! What every store promises, in one body of tests over each of them.
#![cfg(test)]

mod samples;

use std::time::Duration;

use limits::{Snapshot, Store};
use model::{Block, BlockState, Kept, Quota, Shelf, SubjectKey, SubjectKind, Timestamp};
use proptest::prelude::*;
use samples::alert;
use store::{MemoryStore, SqliteStore};
use testkit::samples::{block, evidence, reference, released};

/// Runs the test over both stores.
fn each(test: impl Fn(&dyn Store)) {
    test(&MemoryStore::default());
    let directory = tempfile::tempdir().unwrap();
    test(&SqliteStore::open(directory.path()).unwrap());
}

#[test]
fn a_block_comes_back_as_it_was_written() {
    each(|store| {
        let written = block("one", 1);
        store.open_block(&written, &[evidence(1), evidence(2)], Some(&alert("one"))).unwrap();
        assert_eq!(store.block(&reference("one")).unwrap(), Some(written));
        assert_eq!(store.evidence(&reference("one"), 10).unwrap(), [evidence(1), evidence(2)]);
        assert_eq!(store.alert(&reference("one")).unwrap(), Some(alert("one")));
        assert_eq!(store.block(&reference("other")).unwrap(), None);
        assert_eq!(store.alert(&reference("other")).unwrap(), None);
        assert!(store.evidence(&reference("other"), 10).unwrap().is_empty());
    });
}

#[test]
fn every_kind_of_subject_comes_back() {
    each(|store| {
        let names = [
            (SubjectKind::Account, "bob@shop.example"),
            (SubjectKind::Ip, "192.0.2.7"),
            (SubjectKind::Ip, "2001:db8:1:2::/64"),
            (SubjectKind::Domain, "shop.example"),
        ];
        for (number, (kind, name)) in names.into_iter().enumerate() {
            let mut written = block(&format!("b{number}"), 1);
            written.subject = SubjectKey::parse(kind, name).unwrap();
            store.open_block(&written, &[], None).unwrap();
            assert_eq!(store.block(&written.reference).unwrap(), Some(written));
        }
    });
}

#[test]
fn opening_a_block_again_changes_nothing_but_its_state() {
    each(|store| {
        store.open_block(&block("one", 1), &[evidence(1)], Some(&alert("one"))).unwrap();
        let mut sent = alert("one");
        sent.sent = Some(Timestamp(9));
        store.update_alert(&sent).unwrap();
        store.open_block(&block("one", 1), &[evidence(1)], Some(&alert("one"))).unwrap();
        assert_eq!(store.evidence(&reference("one"), 10).unwrap().len(), 1);
        assert_eq!(store.alert(&reference("one")).unwrap(), Some(sent));
    });
}

#[test]
fn an_update_keeps_the_evidence() {
    each(|store| {
        store.open_block(&block("one", 1), &[evidence(1)], Some(&alert("one"))).unwrap();
        store.update_block(&released(block("one", 1), 50)).unwrap();
        store.add_evidence(&reference("one"), &[evidence(2)]).unwrap();
        let read = store.block(&reference("one")).unwrap().unwrap();
        assert_eq!(read.state, BlockState::Unblocked);
        assert_eq!(read.released, Some((Timestamp(50), "operator".into())));
        assert_eq!(store.evidence(&reference("one"), 10).unwrap(), [evidence(1), evidence(2)]);
        assert!(store.alert(&reference("one")).unwrap().is_some());
    });
}

#[test]
fn an_update_of_an_unknown_block_writes_it() {
    each(|store| {
        store.update_block(&block("one", 1)).unwrap();
        assert_eq!(store.block(&reference("one")).unwrap(), Some(block("one", 1)));
    });
}

#[test]
fn evidence_of_an_unknown_block_is_refused() {
    each(|store| assert!(store.add_evidence(&reference("none"), &[evidence(1)]).is_err()));
}

#[test]
fn evidence_is_told_oldest_first_and_bounded() {
    each(|store| {
        store.open_block(&block("one", 1), &[evidence(3), evidence(1)], None).unwrap();
        store.add_evidence(&reference("one"), &[evidence(2)]).unwrap();
        assert_eq!(store.evidence(&reference("one"), 2).unwrap(), [evidence(1), evidence(2)]);
    });
}

#[test]
fn blocks_are_told_latest_first() {
    each(|store| {
        store.open_block(&block("old", 1), &[], None).unwrap();
        store.open_block(&released(block("mid", 2), 3), &[], None).unwrap();
        store.open_block(&block("new", 4), &[], None).unwrap();
        let names = |only_active, limit| -> Vec<String> {
            store.blocks(only_active, limit).unwrap().iter().map(|block| block.reference.to_string()).collect()
        };
        assert_eq!(names(false, 10), ["new", "mid", "old"]);
        assert_eq!(names(true, 10), ["new", "old"]);
        assert_eq!(names(false, 1), ["new"]);
    });
}

#[test]
fn a_start_loads_what_is_blocked_and_the_last_strike_of_each_subject() {
    each(|store| {
        let of = |name: &str, reference: &str, since| {
            let mut block = block(reference, since);
            block.subject = SubjectKey::parse(SubjectKind::Account, name).unwrap();
            block
        };
        let by_time = |mut block: Block, quota: Option<Quota>| {
            block.quota = quota;
            block.released = block.released.map(|(at, _)| (at, "time".into()));
            block
        };
        let quota = || Some(Quota { owner: "shop".into(), most: 2, window: Duration::from_secs(60), used_up: false });
        let mut granted = of("dora", "granted", 9);
        granted.state = BlockState::Unblocking;
        for block in [
            of("anna", "active", 1),
            released(of("bob", "first", 10), 20),
            released(of("carl", "forgotten", 1), 5),
            by_time(released(of("bob", "counts", 21), 22), quota()),
            by_time(released(of("bob", "long ago", 2), 3), quota()),
            by_time(released(of("bob", "nobody's", 23), 24), None),
            by_time(released(of("bob", "second", 30), 40), None),
            granted,
        ] {
            store.open_block(&block, &[], None).unwrap();
        }
        let loaded = store.load_blocks(Timestamp(15)).unwrap();
        let names: Vec<_> = loaded.iter().map(|block| block.reference.as_str()).collect();
        assert_eq!(names, ["active", "granted", "counts", "second"]);
        assert_eq!(loaded[2].quota, quota());
    });
}

#[test]
fn a_start_loads_the_highest_strike_too_since_a_clock_may_have_been_set_back() {
    each(|store| {
        for (name, since, ended, strike) in [("before", 100, 110, 1), ("behind", 50, 60, 2), ("forgotten", 5, 6, 3)] {
            let block = Block { strike, ..released(block(name, since), ended) };
            store.open_block(&block, &[], None).unwrap();
        }
        let loaded = store.load_blocks(Timestamp(15)).unwrap();
        let names: Vec<_> = loaded.iter().map(|block| block.reference.as_str()).collect();
        assert_eq!(names, ["behind", "before"]);
    });
}

#[test]
fn a_block_only_goes_forward_whatever_is_written_late() {
    each(|store| {
        let granted = Block { state: BlockState::Unblocking, ..released(block("one", 1), 50) };
        let states = [block("one", 1), granted, released(block("one", 1), 50)];
        let mut farthest = 0;
        for written in [0, 1, 0, 2, 1, 0, 2] {
            store.update_block(&states[written]).unwrap();
            farthest = farthest.max(written);
            assert_eq!(store.block(&reference("one")).unwrap().as_ref(), Some(&states[farthest]));
        }
    });
}

#[test]
fn destinations_are_filled_in_by_time_and_message_id() {
    each(|store| {
        let mut nameless = evidence(2);
        nameless.message_id = None;
        store.open_block(&block("one", 1), &[evidence(1), nameless.clone()], None).unwrap();
        let mut found = nameless.clone();
        found.destination_ip = Some("2001:db8::25".parse().unwrap());
        found.score = -1;
        store.set_destinations(&reference("one"), &[found]).unwrap();
        nameless.destination_ip = Some("2001:db8::25".parse().unwrap());
        assert_eq!(store.evidence(&reference("one"), 10).unwrap(), [evidence(1), nameless]);
        store.set_destinations(&reference("none"), &[evidence(1)]).unwrap();
    });
}

#[test]
fn counters_are_replaced_by_later_ones() {
    each(|store| {
        let subject = |name| SubjectKey::parse(SubjectKind::Domain, name).unwrap();
        let counted =
            |name, at, record: &[u8]| Snapshot { subject: subject(name), at: Timestamp(at), record: record.to_vec() };
        store.save_counters(&[counted("a.example", 1, b"old"), counted("b.example", 2, b"\0\xff")]).unwrap();
        store.save_counters(&[counted("a.example", 3, b"new")]).unwrap();
        let mut loaded = store.load_counters(Timestamp(2)).unwrap();
        loaded.sort_by_key(|snapshot| snapshot.at);
        assert_eq!(loaded, [counted("b.example", 2, b"\0\xff"), counted("a.example", 3, b"new")]);
        assert_eq!(store.load_counters(Timestamp(3)).unwrap(), [counted("a.example", 3, b"new")]);
    });
}

#[test]
fn what_was_seen_before_is_kept_by_shelf_and_name() {
    each(|store| {
        let kept = |shelf, name: &str, at, record: &[u8]| Kept {
            shelf,
            name: name.into(),
            at: Timestamp(at),
            record: record.to_vec(),
        };
        let (habits, confirmed) = (Shelf::Habits, Shelf::Confirmed);
        store
            .save_kept(&[kept(habits, "a", 1, b"old"), kept(habits, "b", 2, b"\0\xff"), kept(confirmed, "a", 1, b"x")])
            .unwrap();
        store.save_kept(&[kept(habits, "a", 3, b"new")]).unwrap();
        assert_eq!(store.load_kept(habits).unwrap(), [kept(habits, "b", 2, b"\0\xff"), kept(habits, "a", 3, b"new")]);
        store.prune_kept(Timestamp(3), 1000).unwrap();
        assert_eq!(store.load_kept(habits).unwrap(), [kept(habits, "a", 3, b"new")]);
        assert_eq!(
            store.load_kept(confirmed).unwrap(),
            [kept(confirmed, "a", 1, b"x")],
            "a person's word is not pruned"
        );
        store.forget_kept(confirmed, "a").unwrap();
        store.forget_kept(confirmed, "none").unwrap();
        assert!(store.load_kept(confirmed).unwrap().is_empty());
        assert!(store.load_kept(Shelf::Fingerprints).unwrap().is_empty());
    });
}

#[test]
fn alerts_wait_until_they_are_sent_or_given_up() {
    each(|store| {
        for (name, due) in [("late", 9), ("early", 3), ("sent", 1), ("given-up", 1)] {
            let mut job = alert(name);
            job.due = Timestamp(due);
            store.open_block(&block(name, 1), &[], Some(&job)).unwrap();
        }
        store.update_alert(&limits::AlertJob { sent: Some(Timestamp(2)), ..alert("sent") }).unwrap();
        let failed = limits::AlertJob {
            given_up: Some(Timestamp(2)),
            last_error: Some("no".into()),
            tries: 7,
            ..alert("given-up")
        };
        store.update_alert(&failed).unwrap();
        let pending = store.pending_alerts().unwrap();
        assert_eq!(pending.iter().map(|job| job.about.to_string()).collect::<Vec<_>>(), ["early", "late"]);
        assert_eq!(store.alert(&reference("given-up")).unwrap(), Some(failed));
        assert!(store.update_alert(&alert("unknown")).is_err());
    });
}

#[test]
fn pruning_forgets_what_was_released_long_ago_and_nothing_else() {
    each(|store| {
        store.open_block(&block("active", 1), &[evidence(1)], None).unwrap();
        store.open_block(&released(block("old", 1), 9), &[evidence(1)], Some(&alert("old"))).unwrap();
        store.open_block(&released(block("recent", 1), 10), &[evidence(1)], None).unwrap();
        store.prune(Timestamp(10), Timestamp(10), 1000).unwrap();
        let names: Vec<_> = store.blocks(false, 9).unwrap().iter().map(|block| block.reference.to_string()).collect();
        assert_eq!(names, ["recent", "active"]);
        assert!(store.evidence(&reference("old"), 9).unwrap().is_empty());
        assert!(store.pending_alerts().unwrap().is_empty());
    });
}

#[test]
fn a_working_store_says_so() {
    each(|store| {
        store.probe().unwrap();
        store.probe().unwrap();
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Hostile text stands in reasons, headers and ids; counts and times may be anything.
    #[test]
    fn any_text_and_any_number_survive(
        sentence in "\\PC*|[\\x00-\\x7f]{0,40}", headers in "(?s).{0,80}", since in any::<i64>(), millis in 0..i64::MAX as u64,
        messages in 0..i64::MAX as u64, strike in any::<u32>(), score in any::<i32>(), recipients in any::<u32>(),
    ) {
        each(|store| {
            let mut written = block("any", since);
            written.reason.sentence.clone_from(&sentence);
            (written.length, written.messages, written.strike) = (Duration::from_millis(millis), messages, strike);
            let mut flagged = evidence(since);
            flagged.headers.clone_from(&headers);
            (flagged.score, flagged.recipients) = (score, recipients);
            store.open_block(&written, &[flagged.clone()], None).unwrap();
            assert_eq!(store.block(&written.reference).unwrap(), Some(written.clone()));
            assert_eq!(store.evidence(&written.reference, 1).unwrap(), [flagged]);
        });
    }
}
