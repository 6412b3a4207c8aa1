//! The path of a message from admission to verdict, with the real scorers, the real ledger and a store in memory.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't set its stage must stop"
)]

mod spread;
mod world;

use std::sync::Arc;
use std::time::Duration;

use limits::{RateRule, Releaser, Rules, Store, TripRule};
use model::envelope::Path;
use model::standing::CounterKind;
use model::{Action, Clock, Envelope, Via};
use pipeline::{Admission, Desk, DomainFrom, Judge, Mode, OnFailure, Stage, TrustedNetwork};
use world::{World, rules, session};

#[tokio::test]
async fn a_stolen_account_is_blocked_and_told_why_and_others_are_not_touched() {
    let world = World::new(|_| {});
    let mut delivered = 0;
    let mut last = None;
    for number in 0..20 {
        let verdict = world.send("bob@shop.example", &spam(number)).await;
        delivered += u32::from(verdict.action.delivers());
        last = Some(verdict);
    }
    assert!(delivered <= 5, "{delivered} messages left");
    assert_eq!(last.map(|verdict| verdict.reason), Some("blocked"));

    let refusal = world.refusal("bob@shop.example").expect("the account is refused at MAIL");
    assert!(refusal.starts_with("550 5.7.1 Sending from bob@shop.example is blocked until 20"), "{refusal}");
    for part in ["messages that look like spam within 10 minutes", "Receiving still works", "https://help.example/b/"] {
        assert!(refusal.contains(part), "{refusal}");
    }
    assert_eq!(world.refusal("carol@shop.example"), None);
    assert!(world.send("carol@shop.example", &ham(1)).await.action.delivers());

    let blocks = world.store.blocks(true, 10).expect("the store answers");
    assert_eq!(blocks.len(), 1, "one block, not one for each message");
    let evidence = world.store.evidence(&blocks[0].reference, 100).expect("the store answers");
    assert_eq!(evidence[0].message_id.as_ref().map(|id| id.as_str()), Some("<spam-0@shop.example>"));
    assert!(world.store.alert(&blocks[0].reference).expect("the store answers").is_some());
}

#[tokio::test]
async fn what_blocked_one_account_costs_the_next_from_its_first_message() {
    let world = World::new(|_| {});
    let alone = world.send("first@shop.example", &spam(0)).await.score.total;
    for number in 1..8 {
        world.send("first@shop.example", &spam(number)).await;
    }
    assert!(world.refusal("first@shop.example").is_some());
    let next = world.send("second@shop.example", &spam(10)).await.score;
    let known = next.hits.iter().find(|hit| hit.signal.as_str() == "same_as_blocked").expect("it is known");
    assert_eq!((known.points, known.why.as_str()), (60, "Others were blocked for spam with the same text."));
    assert!(next.total >= alone + 60);
    let hits = world.send("third@shop.example", &ham(1)).await.score.hits;
    assert!(hits.iter().all(|hit| !hit.signal.as_str().starts_with("same_")), "{hits:?}");
}

#[tokio::test]
async fn five_hundred_who_forward_one_notice_are_not_touched() {
    let world = World::new(|_| {});
    for number in 0..500 {
        let verdict = world.send(&format!("member{number}@uni.example"), &notice(number)).await;
        assert_eq!((verdict.score.total < 100, verdict.action.delivers()), (true, true), "{:?}", verdict.score);
        world.clock.advance(Duration::from_secs(20));
    }
    assert!(world.ledger.active_blocks().is_empty());
}

fn notice(number: u32) -> String {
    format!(
        "From: Member {number} <member{number}@uni.example>\r\nTo: friend@recipient.example\r\nSubject: Fwd: Library closed\r\n\
         Date: Tue, 22 Sep 2026 08:00:00 +0000\r\nMessage-ID: <notice-{number}@uni.example>\r\n\r\nFor your information.\r\n\r\n\
         The library stays closed next week because the heating is renewed. Books that are due in these days may be returned \
         the week after without a fee. The reading room in the east wing is open as usual from eight to six. We thank \
         everybody for their patience and wish a good start into the term.\r\n"
    )
}

#[tokio::test]
async fn recipients_refused_without_a_message_block_the_account_durably() {
    let world = World::new(|_| {});
    let envelope = Envelope { refused_count: 50, ..Envelope::default() };
    let who = session(Some("bob@shop.example"), Via::Proxy);
    world.reeve.gave_up(&who, &envelope);
    assert_eq!(world.refusal("bob@shop.example"), None);
    world.reeve.gave_up(&who, &envelope);
    let refusal = world.refusal("bob@shop.example").expect("a hundred are enough");
    assert!(refusal.contains("100 % of 100 recipients refused by the next mail server within 1 hour"), "{refusal}");
    while world.store.blocks(true, 10).is_ok_and(|blocks| blocks.is_empty()) {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.refusal("carol@shop.example"), None);
}

#[tokio::test]
async fn monitor_mode_does_everything_but_refuse() {
    let world = World::new(|policy| policy.mode = Mode::Monitor);
    for number in 0..8 {
        assert_eq!(world.send("bob@shop.example", &spam(number)).await.action, Action::Accept);
    }
    assert_eq!(world.refusal("bob@shop.example"), None);
    assert_eq!(world.store.blocks(true, 10).map(|blocks| blocks.len()).ok(), Some(1));
    assert!(world.events.all().iter().any(|event| event == "judged accept would reject"));
}

#[tokio::test]
async fn a_rate_limit_says_when_to_come_back_and_a_retry_uses_nothing_up() {
    let rate = RateRule { limit: 2, burst: 2, ..RateRule::defaults().remove(0) };
    let world = World::with_rules(Rules { rates: vec![rate], ..rules() }, |_| {});
    for _ in 0..2 {
        assert!(world.send("carol@shop.example", &ham(1)).await.action.delivers());
    }
    for _ in 0..5 {
        let Action::Defer(refusal) = world.send("carol@shop.example", &ham(1)).await.action else {
            panic!("not deferred")
        };
        assert!(refusal.line().contains("try again in 1800 seconds"), "{}", refusal.line());
    }
    assert!(world.refusal("carol@shop.example").is_some_and(|line| line.starts_with("451 4.7.1")));
    world.clock.advance(Duration::from_secs(1801));
    assert!(world.send("carol@shop.example", &ham(1)).await.action.delivers());
}

#[tokio::test]
async fn spam_that_leaves_is_not_called_clean() {
    let world = World::new(|policy| policy.score.reject = 0);
    let left = world.send("bob@shop.example", &spam(1)).await;
    assert_eq!((left.action.as_str(), left.reason), ("accept", "spam"));
    let left = world.send("carol@shop.example", &ham(1)).await;
    assert_eq!((left.action.as_str(), left.reason), ("accept", "clean"));
}

#[tokio::test]
async fn mail_waits_while_the_store_fails_when_the_operator_wants_that() {
    let world = World::new(|policy| policy.on_store_failure = OnFailure::Tempfail);
    world.journal.fail(true);
    assert!(world.refusal("carol@shop.example").is_some_and(|line| line.starts_with("451 4.7.1")));
    let local = world.judge(session(None, Via::MilterLocal), &ham(1)).await;
    assert_eq!((local.action.as_str(), local.reason), ("defer", "store"), "local programs' mail waits too");
    world.journal.fail(false);
    assert_eq!(world.refusal("carol@shop.example"), None);
}

#[tokio::test]
async fn a_trusted_header_names_the_account_only_from_trusted_networks() {
    for (network, blocked) in [("198.51.100.0/24", true), ("192.0.2.0/24", false)] {
        let world = World::new(|policy| {
            policy.identity.trusted_header = Some("X-Authenticated-Sender".into());
            policy.identity.trusted_header_from = vec![TrustedNetwork(network.parse().expect("a network"))];
            policy.identity.domain = DomainFrom::Login;
        });
        for number in 0..8 {
            let who = ["web7@shop.example", "\"Web <7>\" <web7@shop.example>"][number as usize % 2];
            let text = format!("X-Authenticated-Sender: {who}\r\n{}", spam(number));
            world.judge(session(None, Via::Milter), &text).await;
        }
        let blocks = world.store.blocks(true, 10).expect("the store answers");
        let account = blocks.iter().any(|block| block.subject.to_string() == "account web7@shop.example");
        assert_eq!(account, blocked, "{network}: {blocks:?}");
    }
}

#[tokio::test]
async fn local_submission_is_only_ever_refused_at_the_end_of_data() {
    let world = World::new(|_| {});
    for number in 0..8 {
        world.judge(session(None, Via::MilterLocal), &spam(number)).await;
    }
    let local = session(None, Via::MilterLocal);
    assert_eq!(world.reeve.admit(&local, Stage::Connect), Admission::Proceed);
    assert_eq!(world.reeve.admit(&local, Stage::Mail(&Path::new("a@shop.example"))), Admission::Proceed);
    assert!(!world.judge(local, &ham(1)).await.action.delivers(), "the block holds at the end of data");
    let connected = world.reeve.admit(&session(None, Via::Milter), Stage::Connect);
    assert_eq!(connected, Admission::Proceed, "a client that connects is another subject");
}

#[tokio::test]
async fn what_monitor_mode_blocked_is_void_when_refusals_become_real() {
    let world = World::with_rules(Rules { monitor: true, ..rules() }, |policy| policy.mode = Mode::Monitor);
    for number in 0..8 {
        world.send("bob@shop.example", &spam(number)).await;
    }
    let pardoned = world.ledger.pardon_monitored(world.clock.now());
    assert_eq!(pardoned.len(), 1);
    assert!(world.ledger.active_blocks().is_empty());
    world.ledger.reload(rules());
    world.send("bob@shop.example", &spam(9)).await;
    assert!(world.ledger.active_blocks().is_empty(), "what was counted is forgotten too");
    for number in 10..15 {
        world.send("bob@shop.example", &spam(number)).await;
    }
    assert_eq!(world.ledger.active_blocks().first().map(|block| block.strike), Some(1), "and so is the strike");
}

#[tokio::test]
async fn inbound_mail_passes_unread_and_uncounted() {
    let ours = TrustedNetwork("192.0.2.0/24".parse().expect("a network"));
    let world = World::new(|policy| policy.identity.outbound_from = vec![ours]);
    for number in 0..8 {
        let verdict = world.judge(session(None, Via::Milter), &spam(number)).await;
        assert_eq!((verdict.action, verdict.reason), (Action::Accept, "inbound"));
    }
    assert_eq!(world.ledger.len(), 0);
    assert!(!world.send("bob@shop.example", &spam(9)).await.reason.eq("inbound"), "a login is never inbound");
}

#[tokio::test]
async fn two_trusted_headers_are_none() {
    let network = TrustedNetwork("198.51.100.0/24".parse().expect("a network"));
    let world = World::new(|policy| {
        policy.identity.trusted_header = Some("X-Authenticated-Sender".into());
        policy.identity.trusted_header_from = vec![network];
    });
    for number in 0..8 {
        let header = "X-Authenticated-Sender: victim@shop.example\r\nX-Authenticated-Sender: thief@shop.example\r\n";
        world.judge(session(None, Via::Milter), &format!("{header}{}", spam(number))).await;
    }
    let blocked: Vec<_> = world.ledger.active_blocks().iter().map(|block| block.subject.to_string()).collect();
    assert_eq!(blocked, ["ip 198.51.100.7"]);
}

#[tokio::test]
async fn a_block_for_numbers_names_its_messages_too() {
    let rule = TripRule { name: "many".into(), counter: CounterKind::Messages, ..TripRule::defaults().remove(0) };
    let world = World::with_rules(Rules { trips: vec![rule], ..rules() }, |_| {});
    for number in 0..6 {
        world.send("carol@shop.example", &ham(number)).await;
    }
    let blocks = world.store.blocks(true, 10).expect("the store answers");
    let evidence = world.store.evidence(&blocks[0].reference, 100).expect("the store answers");
    let ids: Vec<_> = evidence.iter().filter_map(|message| message.message_id.as_ref()).map(|id| id.as_str()).collect();
    assert_eq!(ids.len(), 5);
    assert_eq!(ids[0], "<ham-0@shop.example>");
}

#[tokio::test]
async fn an_old_reference_does_not_release_a_later_block() {
    let world = World::new(|_| {});
    let desk = Desk::new(
        Arc::clone(&world.ledger),
        Arc::clone(&world.store) as _,
        Arc::clone(&world.journal) as _,
        Arc::clone(&world.events) as _,
        Arc::new(world.clock.clone()),
    );
    let mut references = Vec::new();
    for round in 0..2 {
        for number in 0..6 {
            world.send("bob@shop.example", &spam(round * 10 + number)).await;
        }
        references.push(world.ledger.active_blocks()[0].reference.clone());
        if round == 0 {
            desk.release(&references[0], Releaser::Operator).await.expect("a block in force");
        }
    }
    let refused = desk.release(&references[0], Releaser::Operator).await.map_err(|error| error.to_string());
    assert_eq!(refused, Err("This account is not blocked".into()));
    assert_eq!(desk.blocks(true, 10).expect("the store answers").len(), 1);
    desk.release(&references[1], Releaser::Operator).await.expect("the later block");
    assert!(world.send("bob@shop.example", &ham(1)).await.action.delivers());
}

fn spam(number: u32) -> String {
    let text = include_str!("../../../../tests/mail/spam/phishing.eml").replace("\r\n", "\n");
    with_id(&text, &format!("spam-{number}"))
}

fn ham(number: u32) -> String {
    let text = include_str!("../../../../tests/mail/ham/person.eml").replace("\r\n", "\n");
    with_id(&text, &format!("ham-{number}"))
}

fn with_id(text: &str, id: &str) -> String {
    let (head, body) = text.split_once("\n\n").expect("a header section");
    let kept: Vec<_> = head.lines().filter(|line| !line.to_lowercase().starts_with("message-id:")).collect();
    format!("{}\nMessage-ID: <{id}@shop.example>\n\n{body}", kept.join("\n")).replace('\n', "\r\n")
}
