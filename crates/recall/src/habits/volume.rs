//! How much a sender sends: this hour, this day, and on the days before.

use std::cmp::Ordering;

use model::Timestamp;
use model::circumstances::Traffic;

use crate::codec::{Reader, Writer};

/// What remains of the busiest hour and day after another day.
const FADING: f32 = 0.96;
/// The weight of the latest day in the average of new recipients.
const WEIGHT: f32 = 0.2;

/// Days that were over before anything had settled.
const DAYS_UNLED: u32 = 2;

/// Hours since 1970.
pub(super) fn hour_of(at: Timestamp) -> u32 {
    u32::try_from(at.as_secs().div_euclid(3600)).unwrap_or(0)
}

/// Days since 1970.
pub(super) fn day_of(at: Timestamp) -> u32 {
    hour_of(at) / 24
}

/// The counts of one hour or day. What was tried tells of now; what was delivered and no spam becomes the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Period {
    /// Hours or days since 1970.
    number: u32,
    pub(super) tried: Traffic,
    good: Traffic,
}

impl Period {
    fn turn(&mut self, number: u32) -> Option<Self> {
        let over = number != self.number;
        over.then(|| std::mem::replace(self, Self { number, ..Self::default() }))
    }

    fn add(&mut self, more: &Traffic, good: bool) {
        add(&mut self.tried, more);
        if good {
            add(&mut self.good, more);
        }
    }

    fn write(&self, out: &mut Writer) {
        out.u32(self.number);
        for traffic in [&self.tried, &self.good] {
            [traffic.messages, traffic.recipients, traffic.strangers, traffic.refused, traffic.led]
                .into_iter()
                .for_each(|count| out.u32(count));
        }
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let number = from.u32()?;
        let mut traffic = || {
            let [messages, recipients, strangers, refused, led] = from.array(Reader::u32)?;
            Some(Traffic { messages, recipients, strangers, refused, led })
        };
        Some(Self { number, tried: traffic()?, good: traffic()? })
    }
}

/// Adds, saturating.
pub(super) fn add(to: &mut Traffic, more: &Traffic) {
    to.messages = to.messages.saturating_add(more.messages);
    to.recipients = to.recipients.saturating_add(more.recipients);
    to.strangers = to.strangers.saturating_add(more.strangers);
    to.refused = to.refused.saturating_add(more.refused);
    to.led = to.led.saturating_add(more.led);
}

/// Now and before.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Volume {
    pub(super) hour: Period,
    pub(super) day: Period,
    /// Recipients of the busiest hour of the day so far, of what was good.
    peak: u32,
    /// The last day that is over, with its peak: it becomes the past when another has passed without a block.
    held: Period,
    held_peak: u32,
    /// Days with good mail that are the past.
    pub(super) days: u32,
    /// The first of them.
    pub(super) first_day: u32,
    pub(super) busiest_hour: f32,
    pub(super) busiest_day: f32,
    pub(super) usual_strangers: f32,
    pub(super) usual_led: f32,
}

impl Volume {
    /// Closes the hour and the day when they are over. Of a day that is over: whether more than one is.
    pub(super) fn advance(&mut self, at: Timestamp) -> Option<bool> {
        self.hour.turn(hour_of(at));
        let today = day_of(at);
        let peak = self.peak;
        let over = self.day.turn(today)?;
        self.learn_held();
        (self.held, self.held_peak, self.peak) = (over, peak, 0);
        let idle = over.number + 1 < today;
        if idle {
            self.learn_held();
        }
        self.fade(if over.number == 0 { 0 } else { today.saturating_sub(over.number) });
        Some(idle)
    }

    /// While nothing has settled nothing is new, so the first days say nothing.
    fn learn_led(&mut self, led: f32) {
        let weight = match self.days.cmp(&DAYS_UNLED) {
            Ordering::Less => return,
            Ordering::Equal => 1.0,
            Ordering::Greater => WEIGHT,
        };
        self.usual_led += (led - self.usual_led) * weight;
    }

    fn learn_held(&mut self) {
        let (over, peak) = (std::mem::take(&mut self.held), self.held_peak);
        if over.good.messages == 0 {
            return;
        }
        if self.days == 0 {
            self.first_day = over.number;
            self.usual_strangers = over.good.strangers as f32;
        }
        self.learn_led(over.good.led as f32);
        self.days += 1;
        self.usual_strangers += (over.good.strangers as f32 - self.usual_strangers) * WEIGHT;
        self.busiest_hour = self.busiest_hour.max(peak as f32);
        self.busiest_day = self.busiest_day.max(over.good.recipients as f32);
    }

    fn fade(&mut self, days: u32) {
        let left = FADING.powi(days.min(1000) as i32);
        self.busiest_hour *= left;
        self.busiest_day *= left;
    }

    pub(super) fn note(&mut self, more: &Traffic, good: bool) {
        self.hour.add(more, good);
        self.day.add(more, good);
        self.peak = self.peak.max(self.hour.good.recipients);
    }

    /// Mail of today and of the day before does not become the past: it was a thief's.
    pub(super) fn disown_latest(&mut self) {
        self.hour.good = Traffic::default();
        self.day.good = Traffic::default();
        self.peak = 0;
        self.held = Period::default();
    }

    /// On how many days, today left out, there was good mail; the one that is not yet the past counts.
    pub(super) fn days_seen(&self) -> u32 {
        self.days + u32::from(self.held.good.messages > 0)
    }

    pub(super) fn write(&self, out: &mut Writer) {
        self.hour.write(out);
        self.day.write(out);
        self.held.write(out);
        [self.held_peak, self.peak, self.days, self.first_day].into_iter().for_each(|count| out.u32(count));
        [self.busiest_hour, self.busiest_day, self.usual_strangers, self.usual_led]
            .into_iter()
            .for_each(|value| out.u32(value.to_bits()));
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Option<Self> {
        let (hour, day, held) = (Period::read(from)?, Period::read(from)?, Period::read(from)?);
        let [held_peak, peak, days, first_day] = from.array(Reader::u32)?;
        let values = from.array(Reader::u32)?.map(f32::from_bits);
        let [busiest_hour, busiest_day, usual_strangers, usual_led] = values;
        let sound = values.iter().all(|value| value.is_finite() && *value >= 0.0);
        sound.then_some(Self {
            hour,
            day,
            peak,
            held,
            held_peak,
            days,
            first_day,
            busiest_hour,
            busiest_day,
            usual_strangers,
            usual_led,
        })
    }
}
