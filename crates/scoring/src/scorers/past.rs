//! When a sender's amounts are unlike his past. Without a past nothing is.

use model::circumstances::HabitFacts;

/// Fewer recipients in an hour, or on a day, are nobody's burst.
const MANY: [u32; 2] = [20, 60];
/// The same of people who are led somewhere new.
const MANY_LED: [u32; 2] = [10, 30];
/// So many times the past is unlike it.
const TIMES: u32 = 4;

/// New recipients, and within how long, when they are far more than usual and this message goes to one of them: `(how many, of how many for all points)`.
pub(super) fn strangers(habits: &HabitFacts) -> Option<(u32, u32, &'static str)> {
    let past = habits.past.filter(|past| past.knows_recipients && habits.message.strangers > 0)?;
    let usual = past.usual_strangers.saturating_add(1).saturating_mul(5);
    let periods = [(habits.hour.strangers, MANY[0], 40, "hour"), (habits.day.strangers, MANY[1], 120, "day")];
    let unusual = periods.into_iter().find(|(strangers, many, ..)| *strangers >= usual.max(*many));
    unusual.map(|(strangers, _, full, period)| (strangers, full, period))
}

/// New recipients that were led somewhere new, and within how long, when they are far more than usual and this message leads one of
/// them there: `(how many, of how many for all points)`.
pub(super) fn led(habits: &HabitFacts) -> Option<(u32, u32, &'static str)> {
    let usual = habits.past.filter(|_| habits.message.led > 0)?.usual_led.saturating_add(1).saturating_mul(5);
    let periods = [(habits.hour.led, MANY_LED[0], 30, "hour"), (habits.day.led, MANY_LED[1], 60, "day")];
    let unusual = periods.into_iter().find(|(led, many, ..)| *led >= usual.max(*many));
    unusual.map(|(led, _, full, period)| (led, full, period))
}

/// How many times the busiest hour or day the present one is, when that is unusual, and which.
pub(super) fn burst(habits: &HabitFacts) -> Option<(u32, u32, &'static str)> {
    let past = habits.past?;
    let periods = [
        (habits.hour.recipients, past.busiest_hour, MANY[0], "hour"),
        (habits.day.recipients, past.busiest_day, MANY[1], "day"),
    ];
    let unusual = periods
        .into_iter()
        .find(|(now, before, many, _)| *now >= *many && *now >= before.max(&1).saturating_mul(TIMES));
    unusual.map(|(now, before, _, period)| (now, now / before.max(1), period))
}

/// Whether the sender's amounts are unlike his past.
pub(super) fn is_unusual(habits: &HabitFacts) -> bool {
    strangers(habits).is_some() || led(habits).is_some() || burst(habits).is_some()
}
