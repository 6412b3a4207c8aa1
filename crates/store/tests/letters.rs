//! What every store promises of letters that came back.
#![cfg(test)]

mod samples;

use limits::{Bounce, LetterStore, MAX_BOUNCES};
use model::Timestamp;
use samples::alert;
use store::{MemoryStore, SqliteStore};
use testkit::samples::{block, reference, released};

fn each(test: impl Fn(&dyn LetterStore)) {
    test(&MemoryStore::default());
    let directory = tempfile::tempdir().unwrap();
    test(&SqliteStore::open(directory.path()).unwrap());
}

fn bounce(block: &str, recipient: &str, at: i64) -> Bounce {
    let (status, said) = ("5.1.1".into(), "550 no such user".into());
    Bounce { block: reference(block), letter: 0, recipient: recipient.into(), at: Timestamp(at), status, said }
}

#[test]
fn a_bounce_is_noted_once_beside_its_letter() {
    each(|store| {
        store.open_block(&block("one", 1), &[], Some(&alert("one"))).unwrap();
        store.open_block(&block("two", 2), &[], Some(&alert("two"))).unwrap();
        assert!(store.note_bounce(&bounce("one", "bob@shop.example", 5)).unwrap());
        assert!(store.note_bounce(&bounce("two", "eve@shop.example", 6)).unwrap());
        assert!(store.note_bounce(&bounce("one", "bob@shop.example", 7)).unwrap(), "known");
        let all = store.bounces(None, 10).unwrap();
        assert_eq!(all, [bounce("two", "eve@shop.example", 6), bounce("one", "bob@shop.example", 5)]);
        assert_eq!(store.bounces(Some(&reference("one")), 10).unwrap(), all[1..]);
        assert_eq!(store.bounces(None, 1).unwrap(), all[..1]);
        let letters: Vec<_> = store.letters(10).unwrap().into_iter().map(|letter| letter.block).collect();
        assert_eq!(letters.len(), 2);
        assert_eq!(store.letters(1).unwrap().len(), 1);
    });
}

#[test]
fn no_letter_no_bounce_and_not_without_end() {
    each(|store| {
        assert!(!store.note_bounce(&bounce("none", "bob@shop.example", 5)).unwrap());
        store.open_block(&block("one", 1), &[], Some(&alert("one"))).unwrap();
        let other = Bounce { letter: 7, ..bounce("one", "bob@shop.example", 5) };
        assert!(!store.note_bounce(&other).unwrap());
        for count in 0..MAX_BOUNCES + 5 {
            let noted = store.note_bounce(&bounce("one", &format!("{count}@shop.example"), 5)).unwrap();
            assert_eq!(noted, count < MAX_BOUNCES);
        }
        assert_eq!(store.bounces(None, 100).unwrap().len(), MAX_BOUNCES);
    });
}

#[test]
fn bounces_go_with_their_block() {
    each(|store| {
        store.open_block(&block("one", 1), &[], Some(&alert("one"))).unwrap();
        store.note_bounce(&bounce("one", "bob@shop.example", 5)).unwrap();
        store.update_block(&released(block("one", 1), 10)).unwrap();
        store.prune(Timestamp(100), Timestamp(0), 1000).unwrap();
        assert_eq!(store.bounces(None, 10).unwrap(), []);
    });
}
