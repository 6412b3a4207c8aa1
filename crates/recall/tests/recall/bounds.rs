//! Memory stays bounded, whoever sends what, and what is worth keeping outlives a flood.

use proptest::prelude::*;
use recall::{Prints, RecallSettings};

use crate::world::*;

fn small() -> RecallSettings {
    RecallSettings { fingerprints: 500, senders: 1000, ..RecallSettings::default() }
}

/// A text that shares nothing with another number's.
fn text(number: usize) -> String {
    let word = |place: usize| {
        let mut value = (number * 1000 + place).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (0..6)
            .map(|_| {
                value = value.rotate_left(11).wrapping_mul(0xd6e8_feb8_6659_fd93);
                (b'a' + (value >> 59) as u8 % 26) as char
            })
            .collect::<String>()
    };
    (0..60).map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_flood_of_senders_and_texts_is_bounded_and_does_not_wash_away_what_counts() {
    let mut world = World::with(&small());
    let template = Mail::new("stolen@shop.example", &text(0), recipients(0, 1));
    (0..3).for_each(|_| _ = world.send(&template, SPAM));
    world.recall.condemn(&template.subject(), world.now);
    for number in 1..5000 {
        world.send(&Mail::new(&format!("a{number}@flood.example"), &text(number), recipients(number, 1)), HAM);
        world.wait(std::time::Duration::from_millis(10));
    }
    let figures = world.recall.figures();
    assert_eq!(figures.fingerprints, 500);
    assert!(figures.senders <= 1000, "{figures:?}");
    assert!(figures.evicted_senders >= 4000, "{figures:?}");
    let next = Mail::new("other@shop.example", &text(0), recipients(1, 1));
    assert_eq!(world.see(&next).0.text.map(|copies| copies.blocked_senders), Some(1));
}

#[test]
fn a_flood_within_one_millisecond_leaves_the_others() {
    let world = World::with(&small());
    for number in 0..3000 {
        world.send(&Mail::new(&format!("a{number}@flood.example"), "", recipients(number, 1)), HAM);
    }
    assert!((800..=1000).contains(&world.recall.figures().senders));
}

#[test]
fn switched_off_it_remembers_nothing() {
    let world = World::with(&RecallSettings { fingerprints: 0, senders: 0, ..RecallSettings::default() });
    let mail = Mail::new("a@shop.example", &text(1), recipients(0, 1));
    (0..3).for_each(|_| _ = world.send(&mail, HAM));
    let (sameness, habits) = world.see(&mail);
    assert_eq!((sameness.text, habits.hour.messages), (None, 1));
}

proptest! {
    /// Any text and any bytes as fingerprints: no panic, and what was written is read.
    #[test]
    fn anything_can_be_read(text in "(?s).{0,400}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let prints = Prints::of(&Mail::new("a@shop.example", &text, recipients(0, 1)).features());
        let read = Prints::from_bytes(&prints.to_bytes()).unwrap();
        prop_assert_eq!(read.to_bytes(), prints.to_bytes());
        prop_assert_eq!(Prints::from_hex(&prints.to_hex()).unwrap().to_bytes(), prints.to_bytes());
        let _ = Prints::from_bytes(&bytes);
        let _ = Prints::from_hex(&text);
    }

    /// Case, numbers, links and the recipient's name change nothing.
    #[test]
    fn masks_hold(number in 0usize..100_000, path in "[a-z0-9]{1,12}") {
        let one = format!("Dear Bob, {} https://a.example/{path} {number}", text(1));
        let two = format!("DEAR CARL, {} https://b.example/ {path}9", text(1).to_uppercase());
        let prints = |text: &str, to: &str| Prints::of(&Mail::new("a@shop.example", text, [to.to_owned()]).features());
        prop_assert_eq!(prints(&one, "bob@far.example").to_bytes(), prints(&two, "carl@far.example").to_bytes());
    }
}
