//! What an operator does with single letters.

use alerts::{LetterError, Notice};
use customers::Language;
use limits::{LetterPlace, LetterState, Matter, Posted};
use testkit::{Stage, samples};

use crate::{Bench, MINUTE};

/// The letter that was written last.
pub(crate) fn latest(bench: &Bench) -> Posted {
    bench.outbox.letters(&LetterPlace::top(), None, 1).unwrap().remove(0)
}

#[tokio::test]
async fn a_letter_is_sent_before_its_time_or_given_up_and_sent_once_more() {
    let bench = Bench::new().await;
    bench.relay.close_at(Stage::Greeting);
    bench.block("one");
    bench.outbox.flush().await;
    assert_eq!(latest(&bench).letter, bench.job("one"));
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
async fn letters_are_found_by_what_became_of_them() {
    let bench = Bench::new().await;
    for name in ["one", "two", "three"] {
        bench.block(name);
    }
    bench.outbox.flush().await;
    bench.relay.close_at(Stage::Greeting);
    bench.block("four");
    bench.outbox.flush().await;
    let names = |state| -> Vec<String> {
        let letters = bench.outbox.letters(&LetterPlace::top(), state, 3).unwrap();
        letters.into_iter().map(|posted| posted.letter.about.to_string()).collect()
    };
    assert_eq!(names(Some(LetterState::Waiting)), ["four"]);
    assert_eq!(names(Some(LetterState::Sent)).len(), 3);
    assert_eq!(names(Some(LetterState::GivenUp)), [""; 0]);
    assert_eq!(names(None).len(), 3);
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
