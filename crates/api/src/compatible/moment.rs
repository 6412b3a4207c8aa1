//! Times as clients write and read them.

use model::Timestamp;

/// RFC 3339 with an offset in numbers, as the provider API writes it.
pub(super) fn written(time: Timestamp) -> String {
    time.to_string().replace('Z', "+00:00")
}

/// RFC 3339; a space stands for a `+` that was not encoded.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let day = text.len() == 10;
    if day { Timestamp::parse(&format!("{text}T00:00:00Z")) } else { Timestamp::parse(&text.replace(' ', "+")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_space_is_a_plus() {
        assert_eq!(read("1970-01-01T01:00:01 01:00"), Some(Timestamp(1000)));
        assert_eq!(read("1970-01-02"), Some(Timestamp::from_secs(86_400)));
        assert_eq!(read("yesterday"), None);
        assert_eq!(written(Timestamp::from_secs(1)), "1970-01-01T00:00:01+00:00");
    }
}
