//! Blocking quality: how much spam leaves before a stolen account is stopped, and what it costs ordinary senders.
//!
//! `cargo bench -p portreeve-replay --bench simulation -- [--mail DIR] [--accounts N] [--days N] [--thieves N] [--seed N] [--each]`
//! A seed gives the same figures on every machine. benches/README.md explains them.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a bench prints"
)]

mod play;

use std::path::PathBuf;
use std::rc::Rc;

use play::figures::{Figures, in_words, quantile};
use play::material::Material;
use play::way::Attack;
use play::world::Scale;

fn main() -> std::io::Result<()> {
    let mut scale = Scale {
        days: 6,
        accounts: 340,
        thieves: 100,
        attacks: [&Attack::TUNED[..], &Attack::REPORTED].concat(),
        seed: 1,
    };
    let (mut mail, mut each) = (None, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let mut number = || arguments.next().and_then(|value| value.parse::<u32>().ok()).expect("a number");
        match name.as_str() {
            "--mail" => mail = arguments.next().map(PathBuf::from),
            "--accounts" => scale.accounts = number() as usize,
            "--thieves" => scale.thieves = number() as usize,
            "--days" => scale.days = number(),
            "--each" => each = true,
            "--seed" => scale.seed = number().into(),
            // What cargo itself passes.
            "--bench" | "--test" => {}
            other => panic!("there is no option {other}"),
        }
    }
    let material = Rc::new(match &mail {
        Some(folder) => Material::real(folder)?,
        None => Material::own(),
    });
    let figures = play::world::play(&scale, &material, &play::default_setup(scale.seed))?;
    if each {
        print_each(&figures);
    }
    print(&figures);
    Ok(())
}

fn print(figures: &Figures) {
    println!(
        "{:<28} {:>5} {:>6} {:>6} {:>7} {:>7} {:>7} {:>6} {:>6}",
        "stolen accounts", "n", "median", "95 %", "to block", "never", "day 50%", "95 %", "score"
    );
    for attacks in [&Attack::TUNED[..], &Attack::REPORTED] {
        for attack in attacks.iter().copied() {
            print_thefts(attack, figures);
        }
        println!();
    }
    println!(
        "{:<28} {:>5} {:>8} {:>8} {:>8} {:>8} {:>8}",
        "ordinary senders", "n", "messages", "worst", "blocked", "delayed", "refused"
    );
    for (kind, found) in &figures.ordinary {
        let why = found.why.as_deref().unwrap_or("");
        println!(
            "{kind:<28} {:>5} {:>8} {:>8} {:>8} {:>8} {:>8}  {why}",
            found.accounts, found.messages, found.worst.0, found.blocked, found.delayed, found.refused
        );
    }
    let all = figures.all_ordinary();
    let days = (all.accounts * figures.days).max(1);
    let of = |count: u64, base: u64, per: u64| count as f64 * per as f64 / base.max(1) as f64;
    println!(
        "in all: {} account-days, {} messages; blocked {:.2} in 1,000 account-days; delayed {:.2} and refused {:.2} in 10,000 messages",
        days,
        all.messages,
        of(all.blocked, days, 1000),
        of(all.delayed, all.messages, 10_000),
        of(all.refused, all.messages, 10_000)
    );
}

/// Each stolen account, and each ordinary one that was blocked.
fn print_each(figures: &Figures) {
    for (attack, thefts) in &figures.thefts {
        for theft in thefts {
            let minutes = theft.took().map_or("never".to_owned(), |took| format!("{} min", took.as_secs() / 60));
            println!(
                "{attack:<28} text {:>3} score {:>4} leaked {:>5} of {:>5} {minutes:>9} {}",
                theft.text,
                theft.score.0 / theft.score.1.max(1),
                theft.leaked,
                theft.in_all + theft.stopped,
                theft.rule.as_deref().unwrap_or("")
            );
            println!("    {}", in_words(&theft.hits));
        }
    }
    for (kind, found) in &figures.ordinary {
        println!("{kind}, at the worst: {}\n    {}", found.worst.0, in_words(&found.worst.1));
    }
    for harm in &figures.harms {
        println!("{} {} {}: {}", harm.kind, harm.since, harm.why, harm.worst.0);
        println!("    {}", in_words(&harm.worst.1));
    }
    println!();
}

fn print_thefts(attack: Attack, figures: &Figures) {
    let Some(thefts) = figures.thefts.get(attack.as_str()) else { return };
    let leaked = |percent| quantile(thefts.iter().map(|theft| theft.leaked), percent);
    let in_all = |percent| quantile(thefts.iter().map(|theft| theft.in_all), percent);
    let never = thefts.iter().filter(|theft| theft.blocked.is_none()).count();
    let minutes = quantile(thefts.iter().filter_map(|theft| Some(theft.took()?.as_secs() / 60)), 50);
    let (sum, count) = thefts.iter().fold((0, 0), |sum, theft| (sum.0 + theft.score.0, sum.1 + theft.score.1));
    println!(
        "{:<28} {:>5} {:>6} {:>6} {:>4} min {:>7} {:>7} {:>6} {:>6}",
        attack.as_str(),
        thefts.len(),
        leaked(50),
        leaked(95),
        minutes,
        never,
        in_all(50),
        in_all(95),
        sum / count.max(1)
    );
}
