//! BDAT (RFC 3030 2): so many octets follow the line, whatever they are.

/// The argument of a BDAT command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// Octets that follow the command's CRLF; may be 0.
    pub size: u64,
    /// Whether the message ends with it.
    pub last: bool,
}

impl Chunk {
    /// Reads `size [LAST]`; `None` when it is something else or more than 2^63.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split([' ', '\t']).filter(|word| !word.is_empty());
        let size = words.next().filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()))?;
        let last = match words.next() {
            None => false,
            Some(word) => word.eq_ignore_ascii_case("LAST").then_some(true)?,
        };
        let size = size.parse().ok().filter(|size| *size < 1 << 63)?;
        words.next().is_none().then_some(Self { size, last })
    }

    /// Takes what belongs to the chunk off the front of `input` and counts it; the rest are commands again.
    pub fn take<'i>(&mut self, input: &'i [u8]) -> &'i [u8] {
        let wanted = usize::try_from(self.size).unwrap_or(usize::MAX).min(input.len());
        self.size = self.size.saturating_sub(wanted as u64);
        input.get(..wanted).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_argument_is_a_number_and_perhaps_last() {
        assert_eq!(Chunk::parse("0 LAST"), Some(Chunk { size: 0, last: true }));
        assert_eq!(Chunk::parse("86"), Some(Chunk { size: 86, last: false }));
        for text in ["", "-1", "+1", "1 FIRST", "1 LAST 2", "99999999999999999999", "1x", "9223372036854775808"] {
            assert_eq!(Chunk::parse(text), None, "{text}");
        }
    }

    proptest::proptest! {
        /// However the bytes arrive, exactly the announced number belongs to the chunk.
        #[test]
        fn counting_is_exact(size in 0usize..500, total in 0usize..600, step in 1usize..50) {
            let stream = vec![b'.'; total];
            let mut chunk = Chunk { size: size as u64, last: true };
            let taken: usize = stream.chunks(step).map(|piece| chunk.take(piece).len()).sum();
            proptest::prop_assert_eq!(taken, size.min(total));
            proptest::prop_assert_eq!(chunk.size as usize, size - taken);
        }
    }
}
