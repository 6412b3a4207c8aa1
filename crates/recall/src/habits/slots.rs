//! The latest few different values of something, each with the hour in which it was first seen.

use super::portrait::Seen;
use crate::codec::{Reader, Writer};

/// A value is new for so long, in hours: else a thief's second message would have nothing new.
const NEW_FOR: u32 = 24;

/// Up to `N` values, the latest used first. 0 stands for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slots<const N: usize>([(u32, u32); N]);

impl<const N: usize> Default for Slots<N> {
    fn default() -> Self {
        Self([(0, 0); N])
    }
}

impl<const N: usize> Slots<N> {
    /// Whether the value was never seen, or first within the last day. Where nothing was ever seen, nothing is new.
    pub(super) fn is_new(&self, value: Option<u32>, hour: u32) -> bool {
        let Some(value) = value else { return false };
        let known = self.0.iter().find(|(known, _)| *known == value);
        let any_settled = self.0.iter().any(|(known, first)| *known != 0 && !is_recent(*first, hour));
        any_settled && known.is_none_or(|(_, first)| is_recent(*first, hour))
    }

    /// Notes a value. When there are too many the one goes that was not used for longest, one that is new before one
    /// that is settled: else a thief with many names would push out the owner's, and nothing would be new any more.
    pub(super) fn note(&mut self, value: Option<u32>, hour: u32) {
        let Some(value) = value else { return };
        let place = self.0.iter().position(|(known, _)| *known == value || *known == 0);
        let newest = || self.0.iter().rposition(|(_, first)| is_recent(*first, hour));
        let place = place.or_else(newest).unwrap_or(N.saturating_sub(1));
        if let Some(used) = self.0.get_mut(..=place) {
            used.rotate_right(1);
        }
        if let Some(first) = self.0.first_mut().filter(|(known, _)| *known != value) {
            *first = (value, hour);
        }
    }

    /// Forgets what was first seen within the last day.
    pub(super) fn forget_new(&mut self, hour: u32) {
        let kept = self.0.map(|(value, first)| if is_recent(first, hour) { (0, 0) } else { (value, first) });
        *self = Self::default();
        let settled = kept.iter().filter(|(value, _)| *value != 0);
        self.0.iter_mut().zip(settled).for_each(|(place, kept)| *place = *kept);
    }

    /// How many values there are.
    pub(super) fn seen(&self, hour: u32) -> Seen {
        let new = self.0.iter().filter(|(value, first)| *value != 0 && is_recent(*first, hour)).count();
        Seen { settled: self.values().count() - new, new }
    }

    /// Every value.
    pub(super) fn values(&self) -> impl Iterator<Item = u32> {
        self.0.iter().map(|(value, _)| *value).filter(|value| *value != 0)
    }

    pub(super) fn write(&self, out: &mut Writer) {
        for (value, hour) in &self.0 {
            out.u32(*value);
            out.u32(*hour);
        }
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Option<Self> {
        from.array(|from| Some((from.u32()?, from.u32()?))).map(Self)
    }
}

fn is_recent(first: u32, hour: u32) -> bool {
    hour.saturating_sub(first) < NEW_FOR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_new_for_a_day_and_only_beside_older_ones() {
        let mut slots = Slots::<3>::default();
        assert!(!slots.is_new(Some(1), 0), "nothing to compare with");
        slots.note(Some(1), 0);
        assert!(!slots.is_new(Some(2), 10));
        assert!(slots.is_new(Some(2), 30));
        slots.note(Some(2), 30);
        assert!(slots.is_new(Some(2), 53) && !slots.is_new(Some(2), 54));
        assert!(!slots.is_new(Some(1), 54) && !slots.is_new(None, 54));
    }

    #[test]
    fn many_new_values_push_out_no_settled_one() {
        let mut slots = Slots::<3>::default();
        slots.note(Some(1), 0);
        (100..120).for_each(|value| slots.note(Some(value), 30));
        assert!(slots.is_new(Some(119), 31) && slots.is_new(Some(500), 31));
        assert!(!slots.is_new(Some(1), 31));
    }

    #[test]
    fn the_idlest_goes_and_what_is_new_can_be_forgotten() {
        let mut slots = Slots::<3>::default();
        for (value, hour) in [(1, 0), (2, 1), (3, 2), (1, 50), (4, 60)] {
            slots.note(Some(value), hour);
        }
        assert!(slots.is_new(Some(2), 100), "2 was not used for longest");
        assert!(!slots.is_new(Some(1), 100) && !slots.is_new(Some(4), 100));
        slots.forget_new(61);
        assert!(slots.is_new(Some(4), 100) && !slots.is_new(Some(3), 100));
    }
}
