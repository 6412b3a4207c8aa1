//! Words spelt with gaps between the letters, as in "f r e e", to slip past word lists.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use crate::{Reading, Seen};

/// So many single letters in a row make a word.
const LEAST_RUN: usize = 5;
const LEAST_WORDS: usize = 2;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let text = model::names::bounded(message.features.text.shown(), 4096);
    let text = if has_gaps(text) { text } else { "" };
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

/// Whether some character stands alone between two gaps: without that, the text needs no closer look. All of it is
/// checked without a branch, many bytes at a time.
fn has_gaps(text: &str) -> bool {
    let gap = |byte: &u8| (*byte == b' ') | (*byte == b'.') | (*byte == b'-') | (*byte == b'_') | (*byte == b'*');
    let bytes = text.as_bytes();
    let (second, third) = (bytes.get(1..).unwrap_or_default(), bytes.get(2..).unwrap_or_default());
    let threes = bytes.iter().zip(second).zip(third);
    let alone = threes.map(|((a, b), c)| u32::from(gap(a) & !gap(b) & (gap(c) | !b.is_ascii())));
    alone.sum::<u32>() > 0
}

fn take_word(run: &mut String) -> Option<String> {
    let word = std::mem::take(run);
    word.chars().nth(LEAST_RUN - 1)?;
    let lower = word.to_lowercase();
    let distinct: HashSet<char, RandomState> = lower.chars().collect();
    (distinct.len() >= 4 && !"abcdefghijklmnopqrstuvwxyz".contains(&lower)).then_some(word)
}
