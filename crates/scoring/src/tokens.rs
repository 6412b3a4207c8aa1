//! The words of a folded text, found eight bytes at a time: for words of five letters a search call each costs more than
//! what is done with them.

const SPACES: u64 = 0x2020_2020_2020_2020;
const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// One word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word<'t> {
    /// The text from the space before the word on; without one from the word on.
    pub(crate) from: &'t [u8],
    /// The first eight bytes from where the word begins, whatever follows it; zeros behind the end of the text.
    pub(crate) head: u64,
    /// The word.
    pub(crate) text: &'t [u8],
}

impl Word<'_> {
    /// Whether it is one character.
    pub(crate) fn is_lone(&self) -> bool {
        self.text.len() == 1 || (self.text.len() <= 4 && letters(self.text) == 1)
    }
}

/// The words of a folded text, in order.
pub(crate) fn words(folded: &[u8]) -> impl Iterator<Item = Word<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let mut start = at;
        while folded.get(start) == Some(&b' ') {
            start += 1;
        }
        let rest = folded.get(start..).filter(|rest| !rest.is_empty())?;
        let head = chunk(rest);
        let length = length(rest, head);
        at = start + length;
        let text = rest.get(..length)?;
        Some(Word { from: folded.get(start.saturating_sub(1)..)?, head, text })
    })
}

/// How many characters there are.
pub(crate) fn letters(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

/// Up to the next space, or to the end.
#[inline]
fn length(rest: &[u8], head: u64) -> usize {
    let (mut begin, mut eight) = (0, head);
    loop {
        let differ = eight ^ SPACES;
        // The lowest bit that is set belongs to the first space; those above may be wrong.
        let spaces = differ.wrapping_sub(LOW_BITS) & !differ & HIGH_BITS;
        if spaces != 0 {
            return begin + (spaces.trailing_zeros() / 8) as usize;
        }
        begin += 8;
        match rest.get(begin..) {
            Some(more) if !more.is_empty() => eight = chunk(more),
            _ => return rest.len(),
        }
    }
}

/// The first eight bytes as a number, zeros where there are fewer. Folded text has no zeros.
#[inline]
pub(crate) fn chunk(bytes: &[u8]) -> u64 {
    if let Some(whole) = bytes.first_chunk() {
        return u64::from_le_bytes(*whole);
    }
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The first `length` bytes of a chunk: all eight where `length` is more.
#[inline]
pub(crate) fn first(chunk: u64, length: usize) -> u64 {
    if length >= 8 { chunk } else { chunk & ((1 << (8 * length)) - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn they_are_what_stands_between_spaces(text in " ?([abé1]{1,20} ){0,12}") {
            let found: Vec<&[u8]> = words(text.as_bytes()).map(|word| word.text).collect();
            let plainly: Vec<&[u8]> = text.split(' ').filter(|word| !word.is_empty()).map(str::as_bytes).collect();
            prop_assert_eq!(found, plainly);
            for word in words(text.as_bytes()) {
                prop_assert_eq!(word.head, chunk(word.from.strip_prefix(b" ").unwrap_or(word.from)));
                prop_assert_eq!(word.is_lone(), std::str::from_utf8(word.text).unwrap().chars().count() == 1);
            }
        }
    }
}
