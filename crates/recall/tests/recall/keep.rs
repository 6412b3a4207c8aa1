//! What is written down comes back.

use model::circumstances::Confirmation;
use model::{Kept, Shelf, Timestamp};
use recall::{Prints, Recall, RecallSettings};

use crate::world::*;

const TEXT: &str = "we are glad to tell everybody who reads this that the shop in the old street opens again on the first Monday \
    of the month with more room than ever before";

fn all_changed(recall: &Recall, now: Timestamp) -> Vec<Kept> {
    let mut all = Vec::new();
    loop {
        let some = recall.take_changed(10, now);
        assert!(some.len() <= 10);
        if some.is_empty() {
            return all;
        }
        all.extend(some);
    }
}

#[test]
fn a_restart_changes_nothing() {
    let mut world = World::new();
    for number in 0..40 {
        world.send(&Mail::new(&format!("a{}@shop.example", number % 5), TEXT, recipients(number, 3)), SPAM);
        world.wait(DAY / 4);
    }
    for _ in 0..5 {
        world.send(&Mail::new("a1@shop.example", "", recipients(0, 3)), HAM);
        world.wait(DAY);
    }
    let thief = Mail::new("a1@shop.example", TEXT, recipients(0, 1));
    world.recall.condemn(&thief.subject(), world.now);
    let prints = Prints::of(&thief.features());
    let confirmed = world.recall.confirm(prints, Confirmation::Spam, "anna", world.now).unwrap();
    let mut written = all_changed(&world.recall, world.now);
    assert!(all_changed(&world.recall, world.now).is_empty(), "what did not change is not written again");
    written.push(confirmed.kept());

    let next = World { recall: Recall::new(&RecallSettings::default()), now: world.now };
    next.recall.restore(written);
    for mail in [Mail::new("b@shop.example", TEXT, recipients(500, 2)), thief] {
        assert_eq!(next.see(&mail), world.see(&mail));
    }
    assert_eq!(next.recall.confirmed(), world.recall.confirmed());
    assert!(next.see(&Mail::new("a1@shop.example", "", [])).1.past.is_some());
}

#[test]
fn what_is_damaged_is_left_out() {
    let recall = Recall::new(&RecallSettings::default());
    for shelf in Shelf::ALL {
        for record in [vec![], vec![1], vec![9; 400], vec![1; 400]] {
            recall.restore([Kept { shelf: *shelf, name: "00ff".into(), at: START, record }]);
        }
    }
    assert_eq!(recall.figures().senders, 0);
}
