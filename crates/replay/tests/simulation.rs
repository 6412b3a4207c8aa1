//! A small town: what must hold whatever the figures are. The seed is fixed, so this is the same everywhere.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, reason = "the bench uses the rest")]

#[path = "../../../benches/simulation/play/mod.rs"]
mod play;

use std::rc::Rc;

use play::figures::Figures;
use play::material::Material;
use play::way::Attack;
use play::world::Scale;

/// Those who may send more in an hour than an account may without an operator's word.
const ABOVE_THE_RATE: [&str; 3] = ["unannounced", "storm of alerts", "invoices of a month"];

/// A few of the texts look like ordinary mail, and no rule on content finds those.
const TEXTS: usize = 4;

fn town(days: u32, attacks: &[Attack], thieves: usize, seed: u64) -> Figures {
    let scale = Scale { days, accounts: 4, thieves, attacks: attacks.to_vec(), seed };
    let material = Material { subscribers: 100, ..Material::own() };
    play::world::play(&scale, &Rc::new(material), &play::default_setup(seed)).unwrap()
}

#[test]
fn stolen_accounts_whose_mail_looks_like_spam_are_blocked_and_ordinary_ones_are_not() {
    let figures = town(5, &[Attack::Burst, Attack::Hidden], TEXTS, 3);
    for (attack, most) in [(Attack::Burst, 5), (Attack::Hidden, 10)] {
        let thefts = figures.thefts.get(attack.as_str()).unwrap();
        // Scored at 100 and more each: those must be stopped by what they send.
        let plain = thefts.iter().filter(|theft| theft.score.1 > 0 && theft.score.0 / theft.score.1 >= 100);
        let leaks: Vec<_> = plain.map(|theft| (theft.leaked, theft.blocked.is_some())).collect();
        assert!(leaks.len() >= 2, "{leaks:?}");
        assert!(leaks.iter().all(|(leaked, blocked)| *blocked && *leaked <= most), "{}: {leaks:?}", attack.as_str());
    }
    let all = figures.all_ordinary();
    assert!(all.accounts >= 10 && all.messages > 500, "{all:?}");
    assert_eq!((all.blocked, all.refused), (0, 0), "{:?}", figures.ordinary);
    let slowed = figures.ordinary.iter().filter(|(_, found)| found.delayed > 0).map(|(kind, _)| *kind);
    let others: Vec<_> = slowed.filter(|kind| !ABOVE_THE_RATE.contains(kind)).collect();
    assert!(others.is_empty(), "{others:?} are delayed");
}

#[test]
fn a_seed_gives_the_same_figures() {
    let twice = [5, 5].map(|seed| format!("{:?}", town(2, &[Attack::Hidden], 2, seed)));
    assert_eq!(twice[0], twice[1]);
}
