//! A small town: what must hold whatever the figures are. The seed is fixed, so this is the same everywhere.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, reason = "the bench uses the rest")]

#[path = "../../../benches/simulation/play/mod.rs"]
mod play;

use std::rc::Rc;

use play::figures::Figures;
use play::material::Material;
use play::thief::Attack;
use play::world::Scale;

/// A few of the texts look like ordinary mail, and no rule on content finds those.
const TEXTS: usize = 6;

fn town(seed: u64) -> Figures {
    let attacks = vec![Attack::Burst, Attack::Drip];
    let scale = Scale { days: 5, accounts: 8, thieves: TEXTS, attacks, seed };
    let material = Material { subscribers: 300, ..Material::own() };
    play::world::play(&scale, &Rc::new(material), &play::default_setup(seed)).unwrap()
}

#[test]
fn stolen_accounts_whose_mail_looks_like_spam_are_blocked_and_ordinary_ones_are_not() {
    let figures = town(3);
    for (attack, most) in [(Attack::Burst, 5), (Attack::Drip, 10)] {
        let thefts = figures.thefts.get(attack.as_str()).unwrap();
        // Scored at 100 and more each: those must be stopped by what they send.
        let plain = thefts.iter().filter(|theft| theft.score.1 > 0 && theft.score.0 / theft.score.1 >= 100);
        let leaks: Vec<_> = plain.map(|theft| (theft.leaked, theft.blocked.is_some())).collect();
        assert!(leaks.len() >= 3, "{leaks:?}");
        assert!(leaks.iter().all(|(leaked, blocked)| *blocked && *leaked <= most), "{}: {leaks:?}", attack.as_str());
    }
    let all = figures.all_ordinary();
    assert!(all.accounts >= 11 && all.messages > 1000, "{all:?}");
    assert_eq!((all.blocked, all.refused, all.delayed), (0, 0, 0), "{:?}", figures.ordinary);
}

#[test]
fn a_seed_gives_the_same_figures() {
    assert_eq!(format!("{:?}", town(5)), format!("{:?}", town(5)));
}
