//! Where a sender leads his readers: the sites, addresses and wallets in his messages, in 200 bytes.
//!
//! What is new stays new until a day has passed without a block: else a thief's second message would have nothing new.

use super::filter::Filter;
use crate::codec::{Reader, Writer};

/// Some hundred different ones; whoever has more forgets half of them.
type Known = Filter<8>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Leads {
    settled: Known,
    /// Of the last day that is over.
    held: Known,
    today: Known,
    thinnings: u32,
}

impl Leads {
    /// Whether one of them was never seen before the day that began last.
    pub(super) fn any_new(&self, leads: &[u32]) -> bool {
        leads.iter().any(|lead| !self.settled.contains(*lead))
    }

    pub(super) fn note(&mut self, leads: &[u32]) {
        leads.iter().for_each(|lead| self.today.insert(*lead));
    }

    /// A day is over; `idle` when more than one is.
    pub(super) fn turn(&mut self, idle: bool) {
        self.settle_held();
        self.held = std::mem::take(&mut self.today);
        if idle {
            self.settle_held();
        }
    }

    fn settle_held(&mut self) {
        if self.settled.is_full() {
            self.settled.thin(self.thinnings);
            self.thinnings = self.thinnings.wrapping_add(1);
        }
        self.settled.merge(&std::mem::take(&mut self.held));
    }

    /// What was seen today and on the day before was a thief's.
    pub(super) fn disown_latest(&mut self) {
        (self.held, self.today) = Default::default();
    }

    pub(super) fn write(&self, out: &mut Writer) {
        [&self.settled, &self.held, &self.today].into_iter().for_each(|known| known.write(out));
        out.u32(self.thinnings);
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Option<Self> {
        let (settled, held, today) = (Known::read(from)?, Known::read(from)?, Known::read(from)?);
        Some(Self { settled, held, today, thinnings: from.u32()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_is_new_until_a_day_has_passed_without_a_block() {
        let (shop, thief) = ([77_000_001], [99_000_777]);
        let mut leads = Leads::default();
        leads.note(&shop);
        assert!(leads.any_new(&shop), "on its first day");
        leads.turn(false);
        assert!(leads.any_new(&shop), "on the day after it");
        leads.note(&thief);
        leads.turn(false);
        assert!(!leads.any_new(&shop) && leads.any_new(&thief));
        leads.disown_latest();
        leads.turn(true);
        assert!(!leads.any_new(&shop) && leads.any_new(&thief) && !leads.any_new(&[]));
    }

    #[test]
    fn after_idle_days_what_was_good_is_known_at_once() {
        let mut leads = Leads::default();
        leads.note(&[77_000_001]);
        leads.turn(true);
        assert!(!leads.any_new(&[77_000_001]));
    }

    #[test]
    fn somebody_with_very_many_forgets_some_and_never_all() {
        let mut leads = Leads::default();
        let lead = |number: u32| crate::hash::folded(&format!("site{number}.example"));
        for day in 0..100 {
            (0..20).for_each(|number| leads.note(&[lead(day * 20 + number)]));
            leads.turn(false);
        }
        let known = (0..2000).filter(|number| !leads.any_new(&[lead(*number)])).count();
        assert!((30..1000).contains(&known), "{known} of 2000");
    }
}
