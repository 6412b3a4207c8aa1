//! A scanner that hangs, drops, talks nonsense or too much: within its time, told, and left alone after a while.

use std::time::Duration;

use model::circumstances::{Opinion, Word};
use scanners::{ClamavSettings, OnFailure, RspamdSettings, Scanner, SpamdSettings};

use crate::world::{False, Manner, SOON, World, submission};

/// All three, asking the same false scanner.
fn all(world: &World, scanner: &False, on_failure: OnFailure) -> [Scanner; 3] {
    let (address, timeout, give_up_after) = (scanner.listens_at(), SOON, 1000);
    [
        world.clamav(&ClamavSettings {
            address: address.clone(),
            timeout,
            on_failure,
            give_up_after,
            ..Default::default()
        }),
        world.spamd(&SpamdSettings {
            address: address.clone(),
            timeout,
            on_failure,
            give_up_after,
            ..Default::default()
        }),
        world.rspamd(&RspamdSettings { address, timeout, on_failure, give_up_after, ..Default::default() }),
    ]
}

#[tokio::test]
async fn whatever_it_does_is_no_opinion_and_a_sentence() {
    let cases: [(Manner, &[&str]); 6] = [
        (Manner::Hang, &["it took longer than 300 ms"]),
        (Manner::Drop, &["the connection broke", "its answer makes no sense"]),
        (Manner::Flood, &["its answer is longer than", "its answer makes no sense"]),
        (Manner::Say(b"\0\xff\r\n\r\n{}".to_vec()), &["its answer makes no sense", "the connection broke"]),
        (
            Manner::Say(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n".to_vec()),
            &["it refused", "its answer makes no sense"],
        ),
        (
            Manner::Say(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n".to_vec()),
            &["its answer", "the connection broke"],
        ),
    ];
    let scanner = False::start(Manner::Hang).await;
    for (manner, sentences) in cases {
        let world = World::new();
        scanner.behaves(manner);
        for asked in all(&world, &scanner, OnFailure::Continue) {
            assert_eq!(asked.ask(&submission("Hello")).await, None, "{}", asked.name());
            let told = world.told.lines();
            let last = told.last().unwrap();
            assert!(last.starts_with(&format!("degraded {} continue: ", asked.name())), "{last}");
            assert!(sentences.iter().any(|sentence| last.contains(sentence)), "{last}");
            assert_eq!(asked.figures().failed, 1);
        }
    }
}

#[tokio::test]
async fn nobody_there_is_told_and_mail_waits_where_it_should() {
    let world = World::new();
    let scanner = False::start(Manner::Hang).await;
    let all = all(&world, &scanner, OnFailure::Tempfail);
    drop(scanner);
    tokio::task::yield_now().await;
    for asked in all {
        let awaited = Opinion { scanner: asked.name(), word: Word::Awaited, symbols: Vec::new() };
        assert_eq!(asked.ask(&submission("Hello")).await, Some(awaited));
        assert!(world.told.lines().last().unwrap().starts_with(&format!("degraded {} tempfail: ", asked.name())));
    }
}

#[tokio::test]
async fn one_that_keeps_failing_is_left_alone_and_tried_again() {
    let world = World::new();
    let scanner = False::start(Manner::Drop).await;
    let settings = ClamavSettings { address: scanner.listens_at(), give_up_after: 3, ..Default::default() };
    let asked = world.clamav(&settings);
    for _ in 0..10 {
        assert_eq!(asked.ask(&submission("Hello")).await, None);
    }
    let figures = asked.figures();
    assert_eq!((figures.failed, figures.spared, figures.is_left_alone), (3, 7, true));
    assert_eq!(world.told.lines().len(), 3, "who is not asked has not failed");

    world.clock.advance(settings.try_again_after);
    asked.ask(&submission("Hello")).await;
    asked.ask(&submission("Hello")).await;
    assert_eq!((asked.figures().failed, asked.figures().spared), (4, 8), "one probe");

    scanner.behaves(Manner::Say(b"stream: OK\0".to_vec()));
    world.clock.advance(settings.try_again_after);
    for _ in 0..3 {
        assert_eq!(asked.ask(&submission("Hello")).await.map(|opinion| opinion.word), Some(Word::Clean));
    }
    assert_eq!((asked.figures().answered, asked.figures().is_left_alone), (3, false));
    assert_eq!(world.told.lines().last().unwrap(), "recovered clamav");
}

#[tokio::test]
async fn a_crowd_waits_for_its_turn_and_is_told_apart_from_a_defect() {
    let world = World::new();
    let scanner = False::start(Manner::Hang).await;
    let timeout = Duration::from_millis(400);
    let settings =
        ClamavSettings { address: scanner.listens_at(), timeout, parallel: 1, give_up_after: 2, ..Default::default() };
    let asked = world.clamav(&settings);
    let mail = submission("Hello");
    let (one, two) = tokio::join!(asked.ask(&mail), asked.ask(&mail));
    assert_eq!((one, two), (None, None));
    let told = world.told.lines();
    assert!(told.iter().any(|line| line.contains("all 1 places are taken")), "{told:?}");
    assert!(!asked.figures().is_left_alone, "one has failed, the other was not asked");
}
