//! Times and figures as every language here writes them: ISO dates in UTC, thousands apart.

use model::Timestamp;

/// `2026-11-25 14:02 UTC`
pub fn minute(time: Timestamp) -> String {
    written(time, "%Y-%m-%d %H:%M UTC")
}

/// `2026-11-25 14:02:07 UTC`
pub(crate) fn second(time: Timestamp) -> String {
    written(time, "%Y-%m-%d %H:%M:%S UTC")
}

/// `2026-11-25`
pub(crate) fn day(time: Timestamp) -> String {
    written(time, "%Y-%m-%d")
}

/// `14:02`
pub(crate) fn clock(time: Timestamp) -> String {
    written(time, "%H:%M")
}

fn written(time: Timestamp, pattern: &str) -> String {
    match jiff::Timestamp::from_second(time.as_secs()) {
        Ok(known) => known.strftime(pattern).to_string(),
        Err(_) => time.to_string(),
    }
}

/// `12 345`, with a narrow space that doesn't break.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_and_times() {
        assert_eq!(
            ["0", "999", "1\u{202f}000", "1\u{202f}234\u{202f}567"],
            [0, 999, 1000, 1_234_567].map(grouped).each_ref().map(String::as_str)
        );
        assert_eq!(minute(Timestamp(1_700_000_000_000)), "2023-11-14 22:13 UTC");
        assert_eq!(second(Timestamp(1_700_000_000_000)), "2023-11-14 22:13:20 UTC");
        assert_eq!(clock(Timestamp(i64::MAX)), format!("@{}", i64::MAX / 1000));
    }
}
