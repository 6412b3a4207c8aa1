//! Mail built to make a scanner go over the same bytes again and again: the work of each grows with the size as that of
//! ordinary mail does, and what is held at once stays bounded.
//!
//! Work is the processor time of the thread, compared with itself at a quarter of the size, so that neither the machine nor its
//! other users decide. `tests/hostile_mail.rs` sees that nothing panics over messages of any shape.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing, reason = "a test may fail loudly")]

#[path = "../common/mod.rs"]
mod common;
mod traps;
mod work;

use std::time::Duration;

use traps::Trap;
use work::{Reader, held, times};

/// A quarter of the larger size; more than that is analysed of no message.
const SMALL: usize = 48 << 10;
const LARGE: usize = 4 * SMALL;
/// Twice the size may cost 2.75 times as much, four times the size that twice: 4 is linear, 16 is what this is about.
const MOST_GROWTH: f64 = 2.75 * 2.75;
/// No message may cost so many times what ordinary mail of its size does.
const MOST_COST: f64 = 25.0;
/// Below it is noise.
const TOO_SHORT: Duration = Duration::from_micros(300);
/// What reading holds at once, beyond a copy of the message: decoded text, folded text, links, decoded windows.
const MOST_HELD: u64 = 6 << 20;

/// Everything that reads raw mail: all signals and fingerprints; replies of customers; reports; evidence.
const READERS: [(&str, Reader); 4] = [("judge", judge), ("letter", letter), ("report", report), ("evidence", evidence)];

fn judge(raw: &[u8]) {
    let features = common::features_of(raw);
    common::score(&features);
    recall::Prints::of(&features);
}

fn letter(raw: &[u8]) {
    features::letter(raw);
}

fn report(raw: &[u8]) {
    features::attached_messages(raw, 20, 1 << 20);
}

fn evidence(raw: &[u8]) {
    features::evidence_headers(raw);
    features::header_value(raw, "subject");
    features::header_count(raw, "received");
    features::message_id(raw);
}

/// How many times what a quarter costs.
fn growth(small: Duration, large: Duration) -> f64 {
    large.as_secs_f64() / small.max(TOO_SHORT).as_secs_f64()
}

fn worst_of(reader: Reader, trap: &Trap, ordinary: Duration) -> (f64, f64) {
    let (small, large) = (trap.of(SMALL), trap.of(LARGE));
    let cost = |time: Duration| time.as_secs_f64() / ordinary.as_secs_f64();
    let fine = |small: Duration, large: Duration| growth(small, large) <= MOST_GROWTH && cost(large) <= MOST_COST;
    let (small, large) = times(reader, &small, &large, fine);
    (growth(small, large), cost(large))
}

#[test]
fn the_work_grows_with_the_size() {
    let ordinary = traps::ordinary();
    let (_, ordinary) = times(judge, &ordinary.of(SMALL), &ordinary.of(LARGE), |_, _| false);
    let mut wrong = Vec::new();
    let mut most = (0.0_f64, 0.0_f64);
    for trap in traps::all() {
        for (name, reader) in READERS {
            let (growth, cost) = worst_of(reader, &trap, ordinary);
            most = (most.0.max(growth), most.1.max(cost));
            if growth > MOST_GROWTH || cost > MOST_COST {
                wrong
                    .push(format!("{name}, {}: {growth:.1} times a quarter, {cost:.1} times ordinary mail", trap.name));
            }
            if std::env::var_os("TABLE").is_some() {
                println!("{cost:6.2} {growth:5.2} {name} {}", trap.name);
            }
        }
    }
    println!(
        "measured: hostile mail costs at most {:.1} times ordinary mail of its size, {:.1} times a quarter of itself",
        most.1, most.0
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_held_at_once_is_bounded() {
    let mut wrong = Vec::new();
    let mut most = 0;
    for trap in traps::all().iter().chain([&traps::ordinary()]) {
        let raw = trap.of(LARGE);
        for (name, reader) in READERS {
            let held = held(reader, &raw).saturating_sub(raw.len() as u64);
            most = most.max(held);
            if held > MOST_HELD {
                wrong.push(format!("{name}, {}: {held} bytes", trap.name));
            }
            if std::env::var_os("TABLE").is_some() {
                println!("{held:9} {name} {}", trap.name);
            }
        }
    }
    println!("measured: reading hostile mail of {LARGE} bytes holds at most {most} bytes beside it");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Beyond what is analysed, size costs nothing but passing over it.
#[test]
fn a_message_of_25_megabytes_holds_no_more_than_one_of_a_quarter() {
    const BYTES: usize = 25 << 20;
    for trap in traps::all().iter().filter(|trap| !trap.name.starts_with("charset")).step_by(7) {
        let raw = trap.of(BYTES);
        for (name, reader) in READERS {
            let held = held(reader, &raw).saturating_sub(raw.len() as u64);
            assert!(held <= MOST_HELD, "{name}, {}: {held} bytes", trap.name);
        }
    }
}
