//! A sender against its own past, in sentences and a small chart of its week.

use minijinja::Value;
use model::Timestamp;
use recall::{Portrait, Seen};
use serde::Serialize;

use crate::chart::week;
use crate::moment;
use crate::words::Words;

/// So much of the mail lies within the hours that are told.
const MOST: f64 = 0.9;
/// Less than this at weekends is none.
const HARDLY: f64 = 0.05;
/// Parts of a day that are told apart.
const PARTS: usize = 8;
const HOURS: usize = 24 / PARTS;

/// What is known of a sender's past, beside what it does now.
#[derive(Debug, Clone, Serialize)]
pub struct Habits {
    /// How long the past is.
    past: String,
    sentences: Vec<Sentence>,
    /// When it sends; `None` before anything is known.
    week: Option<Value>,
    /// What is seen in the chart.
    along: [String; 7],
}

#[derive(Debug, Clone, Serialize)]
struct Sentence {
    text: String,
    /// Whether that is more, or other, than ever before.
    unusual: bool,
}

impl Habits {
    /// The past and the present of a sender.
    pub fn of(portrait: &Portrait, now: Timestamp, words: &Words) -> Self {
        let hours = hours(portrait, words);
        let sentences = [
            Some(rate(portrait, words)),
            Some(recipients(portrait, words)),
            hours.clone().map(|text| Sentence { text, unusual: false }),
            seen("networks", portrait.networks, words),
            seen("mailers", portrait.mailers, words),
            seen("froms", portrait.froms, words),
            languages(portrait, words),
        ];
        Self {
            past: past(portrait, words),
            sentences: sentences.into_iter().flatten().collect(),
            week: portrait.first.map(|_| week(&portrait.week, now, &hours.unwrap_or_default())),
            along: DAYS.map(|day| words.say(&format!("day.{day}")).to_owned()),
        }
    }
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn past(portrait: &Portrait, words: &Words) -> String {
    let Some(first) = portrait.first else { return words.say("habits.none").to_owned() };
    let began = words.count("habits.days", portrait.days.into(), &[("date", &moment::day(first))]);
    let hint = if portrait.settled { "" } else { words.say("habits.young") };
    format!("{began} {hint}").trim_end().to_owned()
}

fn rate(portrait: &Portrait, words: &Words) -> Sentence {
    let now = [portrait.hour.recipients, portrait.day.recipients];
    let most = [portrait.busiest_hour, portrait.busiest_day];
    let [now_hour, now_day, hour, day] =
        [now[0], now[1], most[0], most[1]].map(|count| moment::grouped(u64::from(count)));
    let gaps = [("hour", &*hour), ("day", &*day), ("now_hour", &*now_hour), ("now_day", &*now_day)];
    let key = if portrait.first.is_some() { "habit.rate" } else { "habit.rate.new" };
    let more = now.iter().zip(most).any(|(now, most)| *now > most);
    Sentence { text: words.fill(key, &gaps), unusual: portrait.settled && more }
}

fn recipients(portrait: &Portrait, words: &Words) -> Sentence {
    if !portrait.knows_recipients {
        return Sentence { text: words.say("habit.recipients.many").to_owned(), unusual: false };
    }
    let [usual, today] = [portrait.usual_strangers, portrait.day.strangers].map(|n| moment::grouped(u64::from(n)));
    let more = portrait.day.strangers > portrait.usual_strangers.saturating_mul(2).saturating_add(2);
    let key = if portrait.first.is_some() { "habit.recipients" } else { "habit.recipients.new" };
    let text = words.fill(key, &[("usual", &usual), ("today", &today)]);
    Sentence { text, unusual: portrait.settled && more }
}

/// How many values of something there were, and how many of them are new.
fn seen(what: &str, seen: Seen, words: &Words) -> Option<Sentence> {
    let count = |key: String, count: usize| words.count(&key, count as u64, &[]);
    let all = (seen.settled + seen.new > 0).then(|| count(format!("habit.{what}"), seen.settled + seen.new))?;
    let unusual = seen.settled > 0 && seen.new > 0;
    let text = if unusual { format!("{all} {}", count("habit.fresh".to_owned(), seen.new)) } else { all };
    Some(Sentence { text, unusual })
}

fn languages(portrait: &Portrait, words: &Words) -> Option<Sentence> {
    let names: Vec<_> =
        portrait.languages.iter().map(|code| words.say(&format!("language.{code}")).to_owned()).collect();
    let text = (!names.is_empty()).then(|| words.fill("habit.languages", &[("names", &names.join(", "))]))?;
    Some(Sentence { text, unusual: false })
}

/// When nearly all of the mail is sent: on which days, within which hours.
fn hours(portrait: &Portrait, words: &Words) -> Option<String> {
    let mut day = [0.0; PARTS];
    let (mut all, mut weekend) = (0.0, 0.0);
    for (part, count) in portrait.week.iter().enumerate() {
        let count = f64::from(*count);
        if let Some(sum) = day.get_mut(part % PARTS) {
            *sum += count;
        }
        all += count;
        weekend += if part / PARTS >= 5 { count } else { 0.0 };
    }
    let (from, length) = busy(&day, all * MOST)?;
    let at = |part: usize| format!("{:02}:00", part % PARTS * HOURS);
    let key = match (weekend < all * HARDLY, length < PARTS) {
        (true, true) => "habit.hours.working",
        (true, false) => "habit.hours.working.all",
        (false, true) => "habit.hours",
        (false, false) => "habit.hours.all",
    };
    Some(words.fill(key, &[("from", &at(from)), ("to", &at(from + length))]))
}

/// The shortest run of parts, around midnight too, that holds so much: where it begins and how many parts it has.
fn busy(day: &[f64; PARTS], wanted: f64) -> Option<(usize, usize)> {
    if wanted <= 0.0 {
        return None;
    }
    let runs = (1..=PARTS).flat_map(|length| (0..PARTS).map(move |from| (from, length)));
    let held = |from: usize, length: usize| day.iter().cycle().skip(from).take(length).sum::<f64>();
    // Rounding must not make the whole day too little.
    runs.into_iter().find(|(from, length)| *length == PARTS || held(*from, *length) >= wanted)
}

#[cfg(test)]
mod tests {
    use customers::Language;
    use recall::WEEK;

    use super::*;

    fn portrait(week: [u8; WEEK]) -> Portrait {
        Portrait {
            days: 30,
            first: Some(Timestamp(1_700_000_000_000)),
            settled: true,
            last: Timestamp(0),
            busiest_hour: 4,
            busiest_day: 12,
            usual_strangers: 1,
            knows_recipients: true,
            hour: model::circumstances::Traffic::default(),
            day: model::circumstances::Traffic::default(),
            week,
            networks: Seen { settled: 2, new: 0 },
            mailers: Seen::default(),
            froms: Seen { settled: 1, new: 3 },
            names: Seen::default(),
            languages: vec!["fr", "Cyrl"],
        }
    }

    fn told(portrait: &Portrait) -> Vec<(String, bool)> {
        let habits = Habits::of(portrait, Timestamp(1_764_086_400_000), Words::of(Language::En));
        habits.sentences.into_iter().map(|sentence| (sentence.text, sentence.unusual)).collect()
    }

    #[test]
    fn a_quiet_day_is_told_and_nothing_is_unusual_but_what_is_new() {
        let mut week = [0; WEEK];
        (0..5).for_each(|day| week[day * PARTS + 3] = 20);
        let told = told(&portrait(week));
        let unusual: Vec<_> = told.iter().filter(|(_, unusual)| *unusual).map(|(text, _)| text.as_str()).collect();
        assert_eq!(unusual, ["4 addresses in From. 3 of them were first seen within the last 24 hours."]);
        assert!(
            told.iter().any(|(text, _)| text == "Mail on working days, mostly from 09:00 to 12:00 UTC."),
            "{told:?}"
        );
        assert!(told.iter().any(|(text, _)| text == "Written in French, Cyrillic script."), "{told:?}");
    }

    #[test]
    fn more_than_ever_is_unusual() {
        let mut thief = portrait([1; WEEK]);
        (thief.hour.recipients, thief.day.recipients, thief.day.strangers) = (300, 300, 290);
        let told = told(&thief);
        assert!(told[0].1 && told[1].1, "{told:?}");
        assert!(told[2].0.contains("at all hours"), "{told:?}");
        thief.settled = false;
        assert!(!self::told(&thief)[0].1, "a new sender is unknown, not unusual");
    }

    #[test]
    fn busy_hours_go_around_midnight() {
        let mut day = [0.0; PARTS];
        (day[7], day[0]) = (5.0, 5.0);
        assert_eq!(busy(&day, 9.0), Some((7, 2)));
        assert_eq!(busy(&[0.0; PARTS], 0.0), None);
        assert_eq!(busy(&[1.0; PARTS], 7.2), Some((0, 8)));
    }
}
