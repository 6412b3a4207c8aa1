//! What an operator does with single letters.

use alerts::{LetterError, Notice};
use customers::Language;
use limits::Matter;
use testkit::{Stage, samples};

use crate::{Bench, MINUTE};

#[tokio::test]
async fn a_letter_is_sent_before_its_time_or_given_up_and_sent_once_more() {
    let bench = Bench::new().await;
    bench.relay.close_at(Stage::Greeting);
    bench.block("one");
    bench.outbox.flush().await;
    assert_eq!(bench.outbox.letters(10).unwrap()[0].letter, bench.job("one"));
    let one = Matter::Block(samples::reference("one"));
    let gone = bench.outbox.give_up(&one, 0).unwrap();
    assert!(gone.given_up.is_some() && gone.last_error.is_some());
    bench.relay.work();
    bench.after(MINUTE * 10).await;
    assert_eq!(bench.relay.mails().len(), 0, "what was given up is not tried by itself");
    bench.outbox.send_now(&one, 0).unwrap();
    bench.outbox.flush().await;
    assert_eq!(bench.relay.mails().len(), 1);
    assert!(bench.job("one").sent.is_some());
    for refused in [bench.outbox.send_now(&one, 0), bench.outbox.give_up(&one, 0)] {
        assert!(matches!(refused, Err(LetterError::Sent(..))), "{refused:?}");
    }
    assert!(matches!(bench.outbox.send_now(&one, 7), Err(LetterError::Unknown(..))));
    assert!(matches!(
        bench.outbox.give_up(&Matter::Block(samples::reference("two")), 0),
        Err(LetterError::Unknown(..))
    ));
}

#[tokio::test]
async fn letters_that_wait_stand_before_those_that_are_over() {
    let bench = Bench::new().await;
    for name in ["one", "two", "three"] {
        bench.block(name);
    }
    bench.outbox.flush().await;
    bench.relay.close_at(Stage::Greeting);
    bench.block("four");
    bench.outbox.flush().await;
    let letters: Vec<_> = bench.outbox.letters(3).unwrap().into_iter().map(|posted| posted.letter).collect();
    assert_eq!((letters.len(), letters[0].about.to_string()), (3, "four".into()));
    assert!(letters[0].sent.is_none() && letters[1..].iter().all(|letter| letter.sent.is_some()));
}

#[tokio::test]
async fn every_letter_can_be_read_before_anybody_gets_it() {
    let bench = Bench::new().await;
    for (notice, language) in Notice::ALL.iter().flat_map(|notice| Language::ALL.iter().map(move |l| (*notice, *l))) {
        let words = bench.outbox.preview(notice, language).unwrap();
        assert!(!words.subject.is_empty() && !words.text.is_empty(), "{notice} {language}");
    }
    assert!(bench.relay.mails().is_empty());
}
