//! Times and lengths of time in the languages of the letters.

use std::time::Duration;

use customers::Language;
use model::Timestamp;

/// `2026-11-21 10:15 UTC`
pub(crate) fn minute(time: Timestamp) -> String {
    let shown = time.to_string();
    match (shown.get(..10), shown.get(11..16)) {
        (Some(date), Some(clock)) => format!("{date} {clock} UTC"),
        _ => shown,
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
    fn lengths_are_told_in_every_language() {
        let told = |seconds| Language::ALL.iter().map(|l| length(*l, Duration::from_secs(seconds))).collect::<Vec<_>>();
        assert_eq!(told(600), ["10 minutes", "10 minutes", "10 Minuten"]);
        assert_eq!(told(90_061), ["1 day 1 hour", "1 jour 1 heure", "1 Tag 1 Stunde"]);
        assert_eq!(told(0), ["0 seconds", "0 secondes", "0 Sekunden"]);
    }
}
