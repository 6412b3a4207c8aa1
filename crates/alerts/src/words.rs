//! Times and lengths of time in the languages of the letters.

use std::time::Duration;

use customers::Language;
use model::Timestamp;

use crate::text::NO_BREAK;

/// Without a break inside of an hour or behind a day: `21 November 2026, 10:15 UTC`, `21 novembre 2026 à 10 h 15 UTC`, `21. November 2026, 10:15 UTC`
pub(crate) fn minute(language: Language, time: Timestamp) -> String {
    let shown = time.to_string();
    parts(&shown).and_then(|parts| in_words(language, parts)).unwrap_or(shown)
}

/// Year, month, day, hour and minute of `2026-11-21T10:15:00.000Z`.
fn parts(shown: &str) -> Option<[&str; 5]> {
    Some([shown.get(..4)?, shown.get(5..7)?, shown.get(8..10)?, shown.get(11..13)?, shown.get(14..16)?])
}

fn in_words(language: Language, [year, month, day, hour, minute]: [&str; 5]) -> Option<String> {
    let months = months(language);
    let month = months.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
    let day: u8 = day.parse().ok()?;
    Some(match language {
        Language::En => format!("{day} {month} {year}, {hour}:{minute} UTC"),
        Language::Fr if day == 1 => format!("1er {month} {year} à {hour}{NO_BREAK}h{NO_BREAK}{minute} UTC"),
        Language::Fr => format!("{day} {month} {year} à {hour}{NO_BREAK}h{NO_BREAK}{minute} UTC"),
        Language::De => format!("{day}.{NO_BREAK}{month} {year}, {hour}:{minute} UTC"),
    })
}

fn months(language: Language) -> [&'static str; 12] {
    match language {
        Language::En => [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        Language::Fr => [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
        Language::De => [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
    }
}

/// "1 hour 30 minutes": the two largest units, in a language and in the case that follows "within".
pub(crate) fn length(language: Language, length: Duration) -> String {
    let units: [(u64, [&str; 2]); 4] = match language {
        Language::En => return model::time::spoken(length),
        Language::Fr => [
            (86_400, ["jour", "jours"]),
            (3600, ["heure", "heures"]),
            (60, ["minute", "minutes"]),
            (1, ["seconde", "secondes"]),
        ],
        Language::De => [
            (86_400, ["Tag", "Tagen"]),
            (3600, ["Stunde", "Stunden"]),
            (60, ["Minute", "Minuten"]),
            (1, ["Sekunde", "Sekunden"]),
        ],
    };
    let mut left = length.as_secs();
    let mut words = Vec::new();
    for (size, [one, many]) in units {
        let count = left / size;
        left %= size;
        if count > 0 && words.len() < 2 {
            words.push(format!("{count} {}", if count == 1 { one } else { many }));
        }
    }
    let [.., (_, [_, seconds])] = units;
    if words.is_empty() { format!("0 {seconds}") } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_people_write_them() {
        let told = |time: i64| Language::ALL.iter().map(|l| minute(*l, Timestamp::from_secs(time))).collect::<Vec<_>>();
        assert_eq!(
            told(1_795_256_100),
            [
                "21 November 2026, 10:15 UTC",
                "21 novembre 2026 à 10\u{a0}h\u{a0}15 UTC",
                "21.\u{a0}November 2026, 10:15 UTC"
            ]
        );
        assert_eq!(told(1_772_323_200)[1], "1er mars 2026 à 00\u{a0}h\u{a0}00 UTC");
    }

    #[test]
    fn lengths_are_told_in_every_language() {
        let told = |seconds| Language::ALL.iter().map(|l| length(*l, Duration::from_secs(seconds))).collect::<Vec<_>>();
        assert_eq!(told(600), ["10 minutes", "10 minutes", "10 Minuten"]);
        assert_eq!(told(90_061), ["1 day 1 hour", "1 jour 1 heure", "1 Tag 1 Stunde"]);
        assert_eq!(told(0), ["0 seconds", "0 secondes", "0 Sekunden"]);
    }
}
