//! One sender's habits, in about 750 bytes.

use model::Timestamp;
use model::circumstances::{Change, HabitFacts, Past, Traffic};

use super::filter::Filter;
use super::leads::Leads;
use super::portrait::{Portrait, WEEK};
use super::slots::Slots;
use super::volume::{Volume, add, day_of, hour_of};
use crate::codec::{Reader, Writer};
use crate::print::language;

/// Three-hour bins of a week.
const BINS: usize = WEEK;
/// 1970 began on a Thursday; this bin is Monday's first.
const MONDAY: usize = 4 * 8;
/// The hours say nothing before a sender has sent on so many days.
const DAYS_FOR_HOURS: u32 = 14;
/// A filter that fills up again within so many days belongs to somebody with very many recipients.
const WIDE_AFTER: u32 = 14;
/// After so many days that passed without a block, in days.
const WIDE_IN: u32 = 2;
/// How long such a sender's recipients are taken for unknowable, in days.
const WIDE_FOR: u32 = 30;

/// What a message says of its sender's ways; hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Manner {
    /// The client's /24 or /48; `None` for a shared gateway.
    pub(crate) network: Option<u32>,
    /// The mail program, or the shape of the Message-ID.
    pub(crate) mailer: Option<u32>,
    /// The address in From.
    pub(crate) from: Option<u32>,
    /// The name beside it.
    pub(crate) name: Option<u32>,
    /// The language.
    pub(crate) language: Option<u32>,
}

/// One message for its sender's record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sending<'a> {
    pub(crate) manner: Manner,
    /// The recipients' hashes, as far as they are known by name.
    pub(crate) recipients: &'a [u32],
    /// Hashes of where the message leads.
    pub(crate) leads: &'a [u32],
    /// How many there are, those not known by name included.
    pub(crate) recipient_count: u32,
    pub(crate) refused: u32,
    pub(crate) at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Record {
    volume: Volume,
    recipients: Filter<16>,
    leads: Leads,
    /// When the filter was last thinned, in days since 1970, and how often.
    thinned: u32,
    thinnings: u32,
    /// From when until when the recipients are taken for unknowable, in days since 1970.
    wide: (u32, u32),
    networks: Slots<6>,
    mailers: Slots<4>,
    froms: Slots<4>,
    names: Slots<4>,
    languages: Slots<3>,
    /// A bit by each network of the hour.
    networks_now: u32,
    hours: Hours,
    pub(crate) last: Timestamp,
}

/// Messages by hour of the week, halved when one would overflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hours([u8; BINS]);

impl Default for Hours {
    fn default() -> Self {
        Self([0; BINS])
    }
}

impl Record {
    /// Closes what is over at that time.
    fn advance(&mut self, at: Timestamp) {
        if hour_of(at) != hour_of(self.last) {
            self.networks_now = 0;
        }
        if let Some(idle) = self.volume.advance(at) {
            self.leads.turn(idle);
        }
        self.last = self.last.max(at);
    }

    /// The message against the past, itself counted in.
    pub(crate) fn facts(&mut self, sending: &Sending<'_>, settle_days: u32) -> HabitFacts {
        self.advance(sending.at);
        let more = self.traffic(sending);
        let (mut hour, mut day) = (self.volume.hour.tried, self.volume.day.tried);
        add(&mut hour, &more);
        add(&mut day, &more);
        let past = self.past(sending.at, settle_days);
        let networks = (self.networks_now | bit(sending.manner.network)).count_ones();
        HabitFacts {
            changes: if past.is_some() { self.changes(sending) } else { Vec::new() },
            unusual_hour: past.is_some_and(|past| past.days >= DAYS_FOR_HOURS) && self.hours.never(sending.at),
            past,
            message: more,
            hour,
            day,
            networks,
        }
    }

    /// Notes the message. Only what is `good` (delivered, and no spam) becomes habit.
    pub(crate) fn note(&mut self, sending: &Sending<'_>, good: bool) {
        self.advance(sending.at);
        let more = self.traffic(sending);
        self.volume.note(&more, good);
        self.networks_now |= bit(sending.manner.network);
        if good {
            self.remember(sending);
        }
    }

    /// The sender was blocked: what is new of today was a thief's.
    pub(crate) fn disown(&mut self, at: Timestamp) {
        self.advance(at);
        self.volume.disown_latest();
        self.leads.disown_latest();
        if self.wide.0 > day_of(at) {
            self.wide = (0, 0);
        }
        let hour = hour_of(at);
        self.networks.forget_new(hour);
        self.mailers.forget_new(hour);
        self.froms.forget_new(hour);
        self.names.forget_new(hour);
        self.languages.forget_new(hour);
    }

    fn traffic(&self, sending: &Sending<'_>) -> Traffic {
        let strangers = sending.recipients.iter().filter(|hash| !self.recipients.contains(**hash)).count();
        // Those not known by name are taken to be like the others.
        let scaled = strangers as u64 * u64::from(sending.recipient_count) / sending.recipients.len().max(1) as u64;
        let strangers = u32::try_from(scaled).unwrap_or(u32::MAX);
        Traffic {
            messages: 1,
            recipients: sending.recipient_count,
            strangers,
            refused: sending.refused,
            // Where nothing has settled nothing is new.
            led: if self.volume.days > 0 && self.leads.any_new(sending.leads) { strangers } else { 0 },
        }
    }

    fn past(&self, at: Timestamp, settle_days: u32) -> Option<Past> {
        let volume = &self.volume;
        let long_ago = day_of(at).saturating_sub(volume.first_day) >= settle_days;
        let settled = volume.days > 0 && volume.days_seen() >= settle_days && long_ago;
        settled.then(|| Past {
            days: volume.days,
            busiest_hour: volume.busiest_hour.round() as u32,
            busiest_day: volume.busiest_day.round() as u32,
            usual_strangers: volume.usual_strangers.round() as u32,
            usual_led: volume.usual_led.round() as u32,
            knows_recipients: !(self.wide.0..self.wide.1).contains(&day_of(at)),
        })
    }

    /// The past as a person reads it, at that time.
    pub(crate) fn portrait(mut self, at: Timestamp, settle_days: u32) -> Portrait {
        let (last, hour) = (self.last, hour_of(at));
        self.advance(at);
        let volume = &self.volume;
        let first = (volume.days > 0).then(|| Timestamp::from_secs(i64::from(volume.first_day) * 86_400));
        Portrait {
            days: volume.days,
            first,
            settled: self.past(at, settle_days).is_some(),
            last,
            busiest_hour: volume.busiest_hour.round() as u32,
            busiest_day: volume.busiest_day.round() as u32,
            usual_strangers: volume.usual_strangers.round() as u32,
            knows_recipients: !(self.wide.0..self.wide.1).contains(&day_of(at)),
            hour: volume.hour.tried,
            day: volume.day.tried,
            week: self.hours.since_monday(),
            networks: self.networks.seen(hour),
            mailers: self.mailers.seen(hour),
            froms: self.froms.seen(hour),
            names: self.names.seen(hour),
            languages: self.languages.values().filter_map(|value| language::name(value.checked_sub(1)?)).collect(),
        }
    }

    fn changes(&self, sending: &Sending<'_>) -> Vec<Change> {
        let (manner, hour) = (&sending.manner, hour_of(sending.at));
        let new = [
            (Change::Network, self.networks.is_new(manner.network, hour)),
            (Change::Mailer, self.mailers.is_new(manner.mailer, hour)),
            (Change::From, self.froms.is_new(manner.from, hour)),
            (Change::Name, self.names.is_new(manner.name, hour)),
            (Change::Language, self.languages.is_new(manner.language, hour)),
        ];
        new.into_iter().filter_map(|(change, new)| new.then_some(change)).collect()
    }

    fn remember(&mut self, sending: &Sending<'_>) {
        let (manner, hour) = (&sending.manner, hour_of(sending.at));
        self.networks.note(manner.network, hour);
        self.mailers.note(manner.mailer, hour);
        self.froms.note(manner.from, hour);
        self.names.note(manner.name, hour);
        self.languages.note(manner.language, hour);
        self.hours.note(sending.at);
        self.leads.note(sending.leads);
        for hash in sending.recipients {
            self.recipients.insert(*hash);
            self.thin_when_full(day_of(sending.at));
        }
    }

    fn thin_when_full(&mut self, today: u32) {
        if !self.recipients.is_full() {
            return;
        }
        if today.saturating_sub(self.thinned) < WIDE_AFTER {
            // Not at once: else a thief's own crowd would hide it.
            let from = if today < self.wide.1 { self.wide.0 } else { today + WIDE_IN };
            self.wide = (from, today + WIDE_IN + WIDE_FOR);
        }
        self.thinned = today;
        self.recipients.thin(self.thinnings);
        self.thinnings = self.thinnings.wrapping_add(1);
    }

    /// As it is written down.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::new();
        self.volume.write(&mut out);
        self.recipients.write(&mut out);
        self.leads.write(&mut out);
        let (wide_from, wide_until) = self.wide;
        let counts = [self.thinned, self.thinnings, wide_from, wide_until, self.networks_now];
        counts.into_iter().for_each(|count| out.u32(count));
        self.networks.write(&mut out);
        self.mailers.write(&mut out);
        self.froms.write(&mut out);
        self.names.write(&mut out);
        self.languages.write(&mut out);
        self.hours.0.into_iter().for_each(|count| out.u8(count));
        out.i64(self.last.0);
        out.into_bytes()
    }

    /// What was written down.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let from = &mut Reader::new(bytes)?;
        let (volume, recipients, leads) = (Volume::read(from)?, Filter::read(from)?, Leads::read(from)?);
        let [thinned, thinnings, wide_from, wide_until, networks_now] = from.array(Reader::u32)?;
        let record = Self {
            volume,
            recipients,
            leads,
            thinned,
            thinnings,
            wide: (wide_from, wide_until),
            networks_now,
            networks: Slots::read(from)?,
            mailers: Slots::read(from)?,
            froms: Slots::read(from)?,
            names: Slots::read(from)?,
            languages: Slots::read(from)?,
            hours: Hours(from.array(Reader::u8)?),
            last: Timestamp(from.i64()?),
        };
        from.is_at_end().then_some(record)
    }
}

impl Hours {
    fn bin(at: Timestamp) -> usize {
        hour_of(at) as usize / 3 % BINS
    }

    fn note(&mut self, at: Timestamp) {
        if self.0.get(Self::bin(at)).is_some_and(|count| *count == u8::MAX) {
            self.0.iter_mut().for_each(|count| *count = count.div_ceil(2));
        }
        if let Some(count) = self.0.get_mut(Self::bin(at)) {
            *count = count.saturating_add(1);
        }
    }

    fn since_monday(self) -> [u8; BINS] {
        let mut week = self.0;
        week.rotate_left(MONDAY);
        week
    }

    /// Whether nothing was ever sent in this bin nor in those beside it.
    fn never(&self, at: Timestamp) -> bool {
        let bin = Self::bin(at);
        let near = [bin + BINS - 1, bin, bin + 1];
        near.iter().all(|bin| self.0.get(bin % BINS).is_none_or(|count| *count == 0))
    }
}

fn bit(network: Option<u32>) -> u32 {
    network.map_or(0, |hash| 1 << (hash % 32))
}
