//! Times as clients write and read them.

use model::Timestamp;

use super::refusal::Refusal;

/// RFC 3339 with an offset in numbers, as the provider API writes it.
pub(super) fn written(time: Timestamp) -> String {
    time.to_string().replace('Z', "+00:00")
}

/// A time of a query, if there is one.
pub(super) fn moment(name: &str, text: Option<&str>) -> Result<Option<Timestamp>, Refusal> {
    let wrong = || Refusal::bad(format!("{name}: expected a date and time like 2026-11-21T10:15:00+01:00"));
    text.map(|text| read(text).ok_or_else(wrong)).transpose()
}

/// RFC 3339; a space stands for a `+` that was not encoded, and between day and time for the T. A day alone begins at midnight
/// in UTC.
fn read(text: &str) -> Option<Timestamp> {
    let (day, rest) = text.split_at_checked(10)?;
    let Some(time) = rest.strip_prefix(['T', 't', ' ']) else {
        return rest.is_empty().then(|| Timestamp::parse(&format!("{day}T00:00:00Z"))).flatten();
    };
    Timestamp::parse(&format!("{day}T{}", time.replace(' ', "+")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_space_is_a_plus() {
        for text in [
            "1970-01-01T01:00:01 01:00",
            "1970-01-01 01:00:01 01:00",
            "1970-01-01T01:00:01+01:00",
            "1969-12-31T16:00:01-08:00",
            "1970-01-01T05:45:01.000+05:45",
            "1970-01-01T00:00:01Z",
            "1970-01-01T00:00:01-00:00",
        ] {
            assert_eq!(read(text), Some(Timestamp(1000)), "{text}");
        }
        assert_eq!(read("1970-01-02"), Some(Timestamp::from_secs(86_400)));
        let wrong = ["yesterday", "", "1970-01-01T", "1970-01-01T01:00:01", "1970-13-01T01:00:01Z", "1970-01-0é", "1"];
        wrong.iter().for_each(|text| assert_eq!(read(text), None, "{text}"));
        assert_eq!(written(Timestamp::from_secs(1)), "1970-01-01T00:00:01+00:00");
    }
}
