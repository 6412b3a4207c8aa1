//! Charts as SVG, drawn here: shapes only, their words stand beside them in HTML.
//!
//! Colours are classes of the style sheet, since the content security policy forbids styles in pages.

use std::fmt::Write;

use minijinja::Value;
use model::Timestamp;
use serde::Serialize;
use telemetry::Minute;

use crate::moment::{clock, grouped};
use crate::words::Words;

/// How long a chart reaches back, by hours of known history: hours, minutes of one slot.
const RANGES: [(u32, i64); 3] = [(1, 1), (6, 5), (24, 5)];
const MINUTE_MS: i64 = 60_000;
/// The height of every plot, in its own units.
const HEIGHT: f64 = 100.0;

/// The chart of the page "now".
#[derive(Debug, Serialize)]
pub(crate) struct Chart {
    hours: u32,
    svg: Value,
    ups: [String; 3],
    along: [String; 3],
}

/// What happened within one slot, a minute.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    messages: f64,
    spam: f64,
    refused: f64,
    blocks: u64,
}

impl Chart {
    /// The chart of these minutes.
    pub(crate) fn of(minutes: &[Minute], now: Timestamp, words: &Words) -> Self {
        let (hours, width) = range(minutes, now);
        let slots = slots(minutes, now, hours, width);
        let most = slots.iter().map(|slot| slot.messages.max(slot.refused)).fold(1.0, f64::max);
        let top = nice(most);
        let ups = [top, top / 2.0, 0.0].map(shown);
        let start = Timestamp(now.0 - i64::from(hours) * 60 * MINUTE_MS);
        let middle = Timestamp(now.0 - i64::from(hours) * 30 * MINUTE_MS);
        let along = [clock(start), clock(middle), words.say("chart.now").to_owned()];
        let told = told(minutes, hours, now, most, words);
        Self { hours, svg: Value::from_safe_string(svg(&slots, top, &told)), ups, along }
    }
}

fn range(minutes: &[Minute], now: Timestamp) -> (u32, i64) {
    let known = minutes.iter().find(|minute| minute.messages + minute.refused + minute.blocks > 0);
    let reach = known.map_or(0, |first| now.0.saturating_sub(first.at.0) / MINUTE_MS);
    let [short, middle, long] = RANGES;
    match reach {
        ..60 => short,
        60..360 => middle,
        _ => long,
    }
}

fn slots(minutes: &[Minute], now: Timestamp, hours: u32, width: i64) -> Vec<Slot> {
    let count = i64::from(hours) * 60 / width;
    let mut slots = vec![Slot::default(); usize::try_from(count).unwrap_or_default()];
    let last = now.0.div_euclid(MINUTE_MS);
    for minute in minutes {
        let back = (last - minute.at.0.div_euclid(MINUTE_MS)) / width;
        let place = usize::try_from(count - 1 - back).ok();
        if let Some(slot) = place.and_then(|place| slots.get_mut(place)) {
            let share = |count: u64| count as f64 / width as f64;
            slot.messages += share(minute.messages);
            slot.spam += share(minute.spam);
            slot.refused += share(minute.refused);
            slot.blocks += minute.blocks;
        }
    }
    slots
}

/// The next of 1, 2, 5, 10, 20, … that is no smaller; at least 2, so that its half is a whole number.
fn nice(value: f64) -> f64 {
    let mut step = 1.0;
    loop {
        for factor in [2.0, 4.0, 10.0] {
            if value <= step * factor {
                return step * factor;
            }
        }
        step *= 10.0;
    }
}

fn shown(value: f64) -> String {
    grouped(value as u64)
}

fn told(minutes: &[Minute], hours: u32, now: Timestamp, most: f64, words: &Words) -> String {
    let since = now.0 - i64::from(hours) * 60 * MINUTE_MS;
    let sum = |of: fn(&Minute) -> u64| {
        grouped(minutes.iter().filter(|minute| minute.at.0 >= since).map(of).fold(0, u64::saturating_add))
    };
    let gaps = [
        ("title", words.say(&format!("chart.title.{hours}")).to_owned()),
        ("messages", sum(|minute| minute.messages)),
        ("spam", sum(|minute| minute.spam)),
        ("refused", sum(|minute| minute.refused)),
        ("blocks", sum(|minute| minute.blocks)),
        ("most", shown(most)),
    ];
    let gaps: Vec<_> = gaps.iter().map(|(gap, value)| (*gap, value.as_str())).collect();
    words.fill("chart.words", &gaps)
}

/// `label` is made of our words and figures: nothing in it needs escaping.
fn svg(slots: &[Slot], top: f64, label: &str) -> String {
    let width = slots.len().saturating_sub(1).max(1);
    let mut svg = open("plot", width, label);
    for height in [0.0, 0.5, 1.0] {
        let y = HEIGHT * height;
        let _ = write!(svg, "<path class=\"rule\" d=\"M0 {y}H{width}\"/>");
    }
    for (x, _) in slots.iter().enumerate().filter(|(_, slot)| slot.blocks > 0) {
        let _ = write!(svg, "<path class=\"blocks\" d=\"M{x} 0V-5\"/>");
    }
    let area = line(slots, top, |slot| slot.messages);
    let _ = write!(svg, "<path class=\"messages\" d=\"{area}V{HEIGHT}H0Z\"/>");
    for (class, of) in [("refused", (|slot| slot.refused) as fn(&Slot) -> f64), ("spam", |slot| slot.spam)] {
        let _ = write!(svg, "<path class=\"{class}\" d=\"{}\"/>", line(slots, top, of));
    }
    svg + "</svg>"
}

fn open(class: &str, width: usize, label: &str) -> String {
    let name =
        if label.is_empty() { "aria-hidden=\"true\"".into() } else { format!("role=\"img\" aria-label=\"{label}\"") };
    format!("<svg class=\"{class}\" viewBox=\"0 0 {width} {HEIGHT}\" preserveAspectRatio=\"none\" {name}>")
}

fn line<T>(slots: &[T], top: f64, of: impl Fn(&T) -> f64) -> String {
    let mut path = String::new();
    for (x, slot) in slots.iter().enumerate() {
        let y = HEIGHT - HEIGHT * of(slot) / top.max(1.0);
        // Writing to a String can't fail.
        let _ = write!(path, "{}{x} {}", if x == 0 { 'M' } else { 'L' }, (y * 10.0).round() / 10.0);
    }
    path
}

/// A small line of the last hour.
pub(crate) fn spark(minutes: &[Minute], now: Timestamp, class: &str, of: impl Fn(&Minute) -> u64) -> Value {
    let last = now.0.div_euclid(MINUTE_MS);
    let mut values = vec![0_u64; 60];
    for minute in minutes {
        let back = usize::try_from(last - minute.at.0.div_euclid(MINUTE_MS)).ok();
        if let Some(value) = back.and_then(|back| values.get_mut(59_usize.checked_sub(back)?)) {
            *value = of(minute);
        }
    }
    let top = values.iter().copied().max().unwrap_or_default().max(1) as f64;
    let path = line(&values, top, |value| *value as f64);
    let close = if class == "messages" { "V100H0Z" } else { "" };
    Value::from_safe_string(format!(
        "{}<path class=\"{class}\" d=\"{path}{close}\"/></svg>",
        open("plot spark", 59, "")
    ))
}

/// A week from Monday on, a bar for each of its parts; the part of `now` is marked. `label` is made of our words and figures.
pub(crate) fn week(parts: &[u8], now: Timestamp, label: &str) -> Value {
    // 1970 began on a Thursday.
    let hours = (now.as_secs().div_euclid(3600) + 3 * 24).rem_euclid(7 * 24);
    let running = usize::try_from(hours).unwrap_or_default() * parts.len() / (7 * 24);
    let top = f64::from(parts.iter().copied().max().unwrap_or_default().max(1));
    let mut svg = open("plot week", parts.len(), label);
    for (x, count) in parts.iter().enumerate() {
        let height = (HEIGHT * f64::from(*count) / top).round();
        let class = if x == running { "bar now" } else { "bar" };
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"{x}.1\" y=\"{}\" width=\".8\" height=\"{height}\"/>",
            HEIGHT - height
        );
    }
    let _ = write!(svg, "<path class=\"rule\" d=\"M0 {HEIGHT}H{}\"/></svg>", parts.len());
    Value::from_safe_string(svg)
}

#[cfg(test)]
mod tests {
    use customers::Language;

    use super::*;

    fn minute(back: i64, messages: u64) -> Minute {
        Minute { at: Timestamp((10_000 - back) * MINUTE_MS), messages, spam: messages / 2, refused: 0, blocks: 0 }
    }

    fn chart(minutes: &[Minute]) -> Chart {
        Chart::of(minutes, Timestamp(10_000 * MINUTE_MS), Words::of(Language::En))
    }

    #[test]
    fn the_range_follows_what_is_known() {
        assert_eq!(chart(&[minute(10, 3)]).hours, 1);
        assert_eq!(chart(&[minute(100, 3)]).hours, 6);
        let day = chart(&[minute(1439, 10), minute(0, 100)]);
        assert_eq!((day.hours, day.ups[0].as_str()), (24, "20"), "100 messages in a slot of five minutes");
        let svg = day.svg.to_string();
        assert!(svg.contains("M0 90L1 100"), "10 messages in the first five minutes are 2 of 20: {svg}");
    }

    #[test]
    fn a_week_begins_on_monday_and_marks_the_running_part() {
        let mut parts = [0; 56];
        parts[55] = 200;
        // 2025-11-25 is a Tuesday; 16:00 is the sixth part of a day of eight.
        let svg = week(&parts, Timestamp(1_764_086_400_000), "hours").to_string();
        assert!(svg.contains("<rect class=\"bar now\" x=\"13.1\"") && svg.contains("x=\"55.1\" y=\"0\""), "{svg}");
        assert!(!week(&[0; 56], Timestamp(-1), "").to_string().contains("NaN"));
    }

    #[test]
    fn nothing_and_too_much_draw_too() {
        assert_eq!(chart(&[]).ups, ["2", "1", "0"]);
        let huge = chart(&[minute(-5, 1), minute(0, u64::MAX), minute(99_999, 1)]);
        assert!(!huge.svg.to_string().contains("NaN"));
    }
}
