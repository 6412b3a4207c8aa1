//! Words spelt with gaps between the letters, as in "f r e e", to slip past word lists.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use crate::{Reading, Seen, tokens};

/// So many single letters in a row make a word.
const LEAST_RUN: usize = 5;
const LEAST_WORDS: usize = 2;
/// Bytes of text that are looked at.
const MOST: usize = 4096;
/// They are no more once folded, with name and subject before them.
const MOST_FOLDED: usize = 2 * MOST;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let folded = message.folded();
    if !has_gaps(folded.get(..MOST_FOLDED).unwrap_or(folded)) {
        return None;
    }
    let text = model::names::bounded(message.features.text.shown(), MOST);
    let found: Vec<String> = text.lines().flat_map(spaced_words).take(LEAST_WORDS).collect();
    let subject: Vec<String> = spaced_words(message.subject());
    let first = subject.first().or_else(|| found.first())?;
    (found.len() + subject.len() >= LEAST_WORDS || !subject.is_empty()).then(|| Seen::of(first))
}

/// Runs of single letters that are not one letter over and over, nor the alphabet.
fn spaced_words(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut run = String::new();
    for word in line.split([' ', '.', '-', '_', '*']).filter(|word| !word.is_empty()).chain(["end"]) {
        let mut letters = word.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) if letter.is_alphabetic() => run.push(letter),
            _ => found.extend(take_word(&mut run)),
        }
    }
    found
}

/// Whether so many characters in a row stand alone in the folded text: else it needs no closer look.
fn has_gaps(folded: &[u8]) -> bool {
    if folded.is_ascii() && !has_neighbours(folded) {
        return false;
    }
    let mut run = 0;
    tokens::words(folded).any(|word| {
        run = if word.is_lone() { run + 1 } else { 0 };
        run >= LEAST_RUN
    })
}

/// Whether two lone characters of one byte stand beside each other; checked without a branch, many bytes at a time.
fn has_neighbours(folded: &[u8]) -> bool {
    let from = |start| folded.get(start..).unwrap_or_default().iter();
    let spaces = folded.iter().zip(from(2)).zip(from(4));
    spaces.fold(false, |found, ((a, b), c)| found | ((*a == b' ') & (*b == b' ') & (*c == b' ')))
}

fn take_word(run: &mut String) -> Option<String> {
    let word = std::mem::take(run);
    word.chars().nth(LEAST_RUN - 1)?;
    let lower = word.to_lowercase();
    let distinct: HashSet<char, RandomState> = lower.chars().collect();
    (distinct.len() >= 4 && !"abcdefghijklmnopqrstuvwxyz".contains(&lower)).then_some(word)
}
