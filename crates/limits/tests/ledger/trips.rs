//! Trip rules: when a block begins, for whom, and with what.

use crate::common::*;
use limits::{Observation, OverrideRule, Rules, Sessions, TripAction};
use model::envelope::ForwardPath;
use model::standing::{CounterKind, Transition};
use model::{BlockState, ClientAddr, Identity, SubjectKind};

#[test]
fn the_fifth_spam_within_ten_minutes_blocks_the_account_and_says_why() {
    let ledger = ledger(Rules::default());
    for n in 0..4 {
        assert_eq!(ledger.observe(&bob(), &spam(at(n * 60), &format!("<{n}@example.com>")), at(n * 60)), []);
    }
    assert_eq!(ledger.observe(&bob(), &message(0), at(300)), []);
    let transitions = ledger.observe(&bob(), &spam(at(400), "<4@example.com>"), at(400));
    let [Transition::Blocked { block, evidence }] = transitions.as_slice() else { panic!("{transitions:?}") };
    assert_eq!(block.reason.sentence, "5 messages that look like spam within 10 minutes");
    assert_eq!((block.messages, block.spam, block.strike, block.length), (6, 5, 1, HOUR));
    assert_eq!(block.reference.as_str().len(), 16);
    let ids: Vec<_> = evidence.iter().filter_map(|kept| kept.message_id.as_ref()).map(|id| id.as_str()).collect();
    assert_eq!(ids, ["<0@example.com>", "<1@example.com>", "<2@example.com>", "<3@example.com>", "<4@example.com>"]);
    assert_eq!(ledger.blocked(&bob(), at(400)).as_deref(), Some(&**block));
    assert_eq!(ledger.blocked(&login("eve@example.com", "192.0.2.1"), at(400)), None);
}

#[test]
fn spam_that_comes_slowly_trips_the_daily_rule_only() {
    let ledger = ledger(Rules::default());
    // Every third message is spam: too few for a share of half, too slow for a burst.
    let score = |n: u64| if n.is_multiple_of(3) { 300 } else { 0 };
    let tripped = (0..400).find(|n| !ledger.observe(&bob(), &message(score(*n)), at(n * 60)).is_empty());
    assert_eq!(tripped, Some(297), "the hundredth spam");
    assert_eq!(ledger.block(&account("bob@example.com")).unwrap().reason.rule, "account-spam-day");
}

#[test]
fn twenty_messages_just_below_spam_block_and_are_named() {
    let ledger = ledger(Rules::default());
    let near = |n: u64| Observation { is_unusual: true, ..spam_of(90, at(n * 60), &format!("<{n}@example.com>")) };
    assert!(ledger.is_evidence(70, 100) && !ledger.is_evidence(69, 100), "causes are kept, others are not");
    assert!((0..19).all(|n| ledger.observe(&bob(), &near(n), at(n * 60)).is_empty()));
    let transitions = ledger.observe(&bob(), &near(19), at(1140));
    let [Transition::Blocked { block, evidence }] = transitions.as_slice() else { panic!("{transitions:?}") };
    assert_eq!(
        block.reason.sentence,
        "a mean spam score of 90 over 20 messages unlike the sender's past within 1 hour"
    );
    assert_eq!((block.spam, evidence.len()), (0, 10), "as many as are kept");
    let eve = login("eve@example.com", "192.0.2.1");
    assert!((0..50).all(|n| ledger.observe(&eve, &message(90), at(n * 60)).is_empty()), "her template is always so");
}

#[test]
fn a_login_is_charged_itself_and_not_the_gateway_it_comes_from() {
    let ledger = ledger(Rules::default());
    spam_until_blocked(&ledger, &bob(), START);
    assert_eq!(ledger.blocked(&from("192.0.2.1"), START), None);
    assert_eq!(spam_until_blocked(&ledger, &from("192.0.2.1"), START), 5);
    assert!(ledger.blocked(&from("192.0.2.1"), START).is_some());
    assert_eq!(ledger.blocked(&from("192.0.2.2"), START), None);
}

#[test]
fn sessions_decide_what_an_ip_rule_counts() {
    let expected = [(Sessions::All, 6), (Sessions::Authenticated, 3), (Sessions::Unauthenticated, 3)];
    for (sessions, count) in expected {
        let mut rule = trip("ip", SubjectKind::Ip, CounterKind::Messages, 100, HOUR);
        rule.sessions = sessions;
        let ledger = ledger(only(vec![rule], vec![]));
        for _ in 0..3 {
            ledger.observe(&bob(), &message(0), START);
            ledger.observe(&from("192.0.2.1"), &message(0), START);
        }
        assert_eq!(ledger.counts(&address("192.0.2.1"), START)[0].count, count, "{sessions}");
    }
}

#[test]
fn an_ipv6_network_of_64_bits_is_one_subject() {
    let ledger = ledger(Rules::default());
    let trips = (0..5).map(|host| ledger.observe(&from(&format!("2001:db8:0:1::{host}")), &message(300), START));
    assert_eq!(trips.filter(|transitions| !transitions.is_empty()).count(), 1);
    assert!(ledger.blocked(&from("2001:db8:0:1:ffff::"), START).is_some());
    assert_eq!(ledger.blocked(&from("2001:db8:0:2::"), START), None);
}

#[test]
fn nobody_is_never_a_key() {
    let ledger = ledger(Rules::default());
    let nobody = login("  ", "no address");
    assert_eq!(nobody, Identity::default());
    for _ in 0..10 {
        assert_eq!(ledger.observe(&nobody, &message(300), START), []);
    }
    assert!(ledger.is_empty());
    assert_eq!(ledger.blocked(&nobody, START), None);
}

#[test]
fn windows_of_the_same_counter_are_independent() {
    let counter = CounterKind::Messages;
    let rules = vec![
        trip("minute", SubjectKind::Account, counter, 10, MINUTE),
        trip("hour", SubjectKind::Account, counter, 30, HOUR),
    ];
    let ledger = ledger(only(rules, vec![]));
    for n in 0..20 {
        assert_eq!(ledger.observe(&bob(), &message(0), at(n * 120)), []);
    }
    let counts: Vec<_> = ledger.counts(&account("bob@example.com"), at(2280)).iter().map(|rule| rule.count).collect();
    assert_eq!(counts, [1, 20]);
    let tripped = (0..).find(|_| !ledger.observe(&bob(), &message(0), at(2400)).is_empty());
    assert_eq!(tripped, Some(9));
    assert_eq!(ledger.block(&account("bob@example.com")).unwrap().reason.rule, "minute");
}

#[test]
fn a_share_needs_its_minimum() {
    let mut rule = trip("half", SubjectKind::Account, CounterKind::Spam, 50, HOUR);
    (rule.percent_of, rule.minimum) = (Some(CounterKind::Messages), 10);
    let ledger = ledger(only(vec![rule], vec![]));
    for _ in 0..9 {
        assert_eq!(ledger.observe(&bob(), &message(300), START), []);
    }
    let transitions = ledger.observe(&bob(), &message(0), START);
    assert_eq!(blocked(&transitions).reason.sentence, "90 % of 10 messages looking like spam within 1 hour");
}

#[test]
fn different_recipients_and_networks_count_once() {
    let rules = vec![
        trip("recipients", SubjectKind::Account, CounterKind::DistinctRecipients, 1000, HOUR),
        trip("networks", SubjectKind::Account, CounterKind::DistinctNetworks, 1000, HOUR),
    ];
    let ledger = ledger(only(rules, vec![]));
    for n in 0..60 {
        let names =
            ["ann@example.org".into(), format!("Bob{}@example.org", n % 30), format!("bob{}@example.org", n % 30)];
        let recipients = names.map(|name: String| ForwardPath::new(&name));
        let network = ClientAddr::parse(&format!("198.51.{}.{n}", n % 4)).map(ClientAddr::network);
        ledger.observe(&bob(), &limits::Observation { network, ..to(&recipients) }, at(n));
    }
    let counts: Vec<_> = ledger.counts(&account("bob@example.com"), at(60)).iter().map(|rule| rule.count).collect();
    assert_eq!(counts, [31, 4]);
}

/// Connections and destinations are intercepted ones; messages don't count there, nor connections as messages.
#[test]
fn intercepted_connections_count_for_their_rules_only() {
    let rules = vec![
        trip("connections", SubjectKind::Ip, CounterKind::Connections, 1000, HOUR),
        trip("destinations", SubjectKind::Ip, CounterKind::DistinctDestinations, 1000, HOUR),
        trip("bytes", SubjectKind::Ip, CounterKind::Bytes, 1_000_000, HOUR),
        trip("messages", SubjectKind::Ip, CounterKind::Messages, 1000, HOUR),
    ];
    let ledger = ledger(only(rules, vec![]));
    for n in 0..60_u8 {
        let destination = Some([198, 51, 100, n % 20].into());
        let connection = limits::Passage { connections: 1, destination, ..Default::default() };
        ledger.observe_passage(&from("192.0.2.1"), &connection, at(n.into()));
        let piece = limits::Passage { bytes: 100, ..Default::default() };
        ledger.observe_passage(&from("192.0.2.1"), &piece, at(n.into()));
    }
    ledger.observe(&from("192.0.2.1"), &message(0), at(60));
    let counts: Vec<_> = ledger.counts(&address("192.0.2.1"), at(61)).iter().map(|rule| rule.count).collect();
    assert_eq!(counts, [60, 20, 7000, 1]);
}

#[test]
fn a_connection_too_many_blocks_and_is_the_evidence() {
    let ledger = ledger(only(vec![trip("many", SubjectKind::Ip, CounterKind::Connections, 3, HOUR)], vec![]));
    assert!(ledger.any_is_evidence());
    let evidence = spam(START, "<one@example.com>").evidence;
    let connection = limits::Passage { connections: 1, evidence, ..Default::default() };
    for _ in 0..2 {
        assert_eq!(ledger.observe_passage(&from("192.0.2.1"), &connection, START), []);
    }
    let transitions = ledger.observe_passage(&from("192.0.2.1"), &connection, START);
    assert_eq!(blocked(&transitions).reason.sentence, "3 connections to mail servers within 1 hour");
    assert!(matches!(&transitions[..], [Transition::Blocked { evidence, .. }] if evidence.len() == 3));
}

#[test]
fn an_override_changes_one_rule_for_its_names_and_zero_switches_it_off() {
    let exception = |names: &str, limit| OverrideRule {
        rule: "account-spam-burst".into(),
        subject: SubjectKind::Account,
        names: vec![names.into()],
        limit,
    };
    let overrides =
        vec![exception("*@example.com", 8), exception("bob@example.com", 2), exception("eve@example.com", 0)];
    let ledger = ledger(Rules { overrides, ..Rules::default() });
    // Who is free of the burst's rule is stopped by the share's: ten messages, all of them spam.
    for (name, expected) in
        [("bob@example.com", 2), ("ann@example.com", 8), ("ann@example.org", 5), ("eve@example.com", 10)]
    {
        assert_eq!(spam_until_blocked(&ledger, &login(name, "192.0.2.1"), START), expected, "{name}");
    }
}

#[test]
fn who_is_allowed_is_counted_and_never_blocked_and_an_older_block_ends() {
    let ledger = ledger(Rules::default());
    spam_until_blocked(&ledger, &bob(), START);
    let mut rules = Rules::default();
    rules.blocks.allow_accounts = vec!["bob@example.com".into(), "*@lists.example".into()];
    ledger.reload(rules);
    // What is shown says so too: the block is over, not merely overlooked.
    let shown = || ledger.block(&account("bob@example.com")).map(|block| (block.state, block.released.clone()));
    assert_eq!(ledger.sweep(START).len(), 1);
    assert_eq!(shown(), Some((BlockState::Unblocking, Some((START, "allow-list".into())))));
    assert_eq!(ledger.blocked(&bob(), START), None);
    assert_eq!((ledger.sweep(START).len(), ledger.sweep(START).len()), (1, 0));
    ledger.reload(Rules::default());
    assert_eq!(ledger.blocked(&bob(), START), None, "it doesn't come back with the list");
    let mut rules = Rules::default();
    rules.blocks.allow_accounts = vec!["*@lists.example".into()];
    ledger.reload(rules);
    let news = login("news@lists.example", "192.0.2.1");
    for _ in 0..20 {
        assert_eq!(ledger.observe(&news, &message(300), START), []);
    }
    assert_eq!(ledger.counts(&account("news@lists.example"), START)[0].count, 20);
}

#[test]
fn an_allowed_network_does_not_cover_its_accounts() {
    let mut rules = Rules::default();
    rules.blocks.allow_networks = vec!["192.0.2.0/24".into()];
    let ledger = ledger(rules);
    for _ in 0..20 {
        assert_eq!(ledger.observe(&from("192.0.2.1"), &message(300), START), []);
    }
    assert_eq!(spam_until_blocked(&ledger, &bob(), START), 5);
}

#[test]
fn a_report_rule_reports_once_and_blocks_nobody() {
    let mut rule = trip("many", SubjectKind::Account, CounterKind::Messages, 10, HOUR);
    rule.action = TripAction::Report;
    let ledger = ledger(only(vec![rule], vec![]));
    for _ in 0..30 {
        assert_eq!(ledger.observe(&bob(), &message(0), START), []);
    }
    let reports = ledger.reports();
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0].reason.sentence, "10 messages within 1 hour");
    assert_eq!(ledger.reports(), []);
}

/// What a block of twenty spam is told to be about, after one spam long before.
fn evidence_of_twenty(bound: u32) -> Vec<String> {
    let mut rules = only(vec![trip("spam", SubjectKind::Account, CounterKind::Spam, 20, HOUR)], vec![]);
    rules.blocks.evidence = bound;
    let ledger = ledger(rules);
    ledger.observe(&bob(), &spam(START, "old"), START);
    let late = at(3 * 3600);
    let trips = (1..=20).flat_map(|n| ledger.observe(&bob(), &spam(late, &n.to_string()), late));
    match trips.collect::<Vec<_>>().as_slice() {
        [Transition::Blocked { evidence, .. }] => {
            evidence.iter().filter_map(|kept| kept.message_id.as_ref()).map(ToString::to_string).collect()
        }
        other => panic!("expected one block, found {other:?}"),
    }
}

#[test]
fn evidence_is_the_latest_and_only_of_the_rules_window() {
    assert_eq!(evidence_of_twenty(3), ["18", "19", "20"]);
    assert_eq!(evidence_of_twenty(100), (1..=20).map(|n: u32| n.to_string()).collect::<Vec<_>>());
}

#[test]
fn eight_sessions_at_once_trip_one_block() {
    let ledger = ledger(Rules::default());
    let blocks: usize = std::thread::scope(|scope| {
        let send = || (0..2000).map(|_| ledger.observe(&bob(), &message(300), START).len()).sum::<usize>();
        let sessions: Vec<_> = (0..8).map(|_| scope.spawn(send)).collect();
        sessions.into_iter().map(|session| session.join().unwrap()).sum()
    });
    assert_eq!(blocks, 1);
    assert_eq!(ledger.counts(&account("bob@example.com"), START)[0].count, 16_000);
}

/// Recipients that were tried in one transaction, with a message behind it or not.
fn tried(accepted: u32, refused: u32, is_message: bool) -> limits::Observation<'static> {
    limits::Observation { recipient_count: accepted, refused_recipients: refused, is_message, ..message(0) }
}

#[test]
fn whoever_tries_addresses_out_is_blocked_without_a_single_message() {
    let ledger = ledger(Rules::default());
    let guess = tried(0, 9, false);
    let tripped = (0..30).find(|n| !ledger.observe(&bob(), &guess, at(*n)).is_empty());
    assert_eq!(tripped, Some(11), "the 108th of at least a hundred");
    let block = ledger.block(&account("bob@example.com")).unwrap();
    assert_eq!(block.reason.rule, "account-refused-recipients");
    assert_eq!(block.reason.sentence, "100 % of 108 recipients refused by the next mail server within 1 hour");
    assert_eq!(block.messages, 0);
}

#[test]
fn half_of_the_recipients_is_too_many_and_an_old_list_is_not() {
    for (refused, trips) in [(49, false), (50, true)] {
        let ledger = ledger(Rules::default());
        let observed = ledger.observe(&bob(), &tried(100 - refused, refused, true), START);
        assert_eq!(!observed.is_empty(), trips, "{refused} of 100");
    }
    let ledger = ledger(Rules::default());
    for n in 0..2000 {
        assert_eq!(ledger.observe(&bob(), &tried(7, 3, true), at(n)), [], "a newsletter to an old list");
    }
    let few = tried(4, 95, true);
    assert_eq!(ledger.observe(&login("ann@example.com", "192.0.2.9"), &few, START), [], "99 are too few to tell");
}
