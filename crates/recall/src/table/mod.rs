//! A bounded table of fingerprints in which the nearest is found without looking at all.

mod index;

use crate::print::Print;
use index::Index;

/// Rows of a page: what is written down together.
pub(crate) const PAGE: usize = 128;
/// A new row looks at no more old ones for one that may go; then the next one goes, whatever it is.
const MAX_STEPS: usize = 64;

/// A fingerprint and what is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Row<T> {
    pub(crate) print: Print,
    pub(crate) value: T,
}

/// At most `capacity` rows. When there are more, a hand goes round and takes the first that nobody wants to keep
/// (the CLOCK algorithm).
#[derive(Debug)]
pub(crate) struct Table<T> {
    rows: Vec<Row<T>>,
    index: Index,
    capacity: usize,
    hand: usize,
    dirty: Vec<bool>,
}

impl<T> Table<T> {
    /// An empty table; it takes about 250 bytes a row from the beginning, the rows themselves when they come.
    pub(crate) fn new(capacity: usize) -> Self {
        Self { rows: Vec::new(), index: Index::new(capacity), capacity, hand: 0, dirty: Vec::new() }
    }

    /// The place of the nearest fingerprint that is nearly the same.
    pub(crate) fn nearest(&self, print: &Print) -> Option<usize> {
        let mut best: Option<(u32, usize)> = None;
        self.index.candidates(print, |place| {
            let nearness = self.rows.get(place).and_then(|row| row.print.nearness(print));
            if let Some(nearness) = nearness.filter(|found| best.is_none_or(|(most, _)| *found > most)) {
                best = Some((nearness, place));
            }
        });
        best.map(|(_, place)| place)
    }

    /// The row at a place.
    pub(crate) fn row(&self, place: usize) -> Option<&Row<T>> {
        self.rows.get(place)
    }

    /// The value at a place, to be changed.
    pub(crate) fn value_mut(&mut self, place: usize) -> Option<&mut T> {
        self.soil(place);
        self.rows.get_mut(place).map(|row| &mut row.value)
    }

    /// Adds a row. When the table is full, another goes: the first that `keep`, which may change it, does not hold.
    pub(crate) fn insert(&mut self, print: Print, value: T, keep: impl FnMut(&mut T) -> bool) {
        if self.capacity == 0 {
            return;
        }
        let place = self.room(keep);
        let row = Row { print, value };
        match self.rows.get_mut(place) {
            Some(old) => {
                self.index.remove(&old.print, place);
                *old = row;
            }
            None => self.rows.push(row),
        }
        self.index.add(&print, place);
        self.soil(place);
    }

    fn room(&mut self, mut keep: impl FnMut(&mut T) -> bool) -> usize {
        if self.rows.len() < self.capacity {
            return self.rows.len();
        }
        for _ in 0..MAX_STEPS {
            let place = self.turn();
            let Some(row) = self.rows.get_mut(place) else { return place };
            if !keep(&mut row.value) {
                return place;
            }
            self.index.add(&row.print, place);
        }
        self.turn()
    }

    /// The place under the hand, which moves on.
    fn turn(&mut self) -> usize {
        let place = self.hand;
        self.hand = (place + 1) % self.rows.len().max(1);
        place
    }

    /// Every value for which `change` says that it changed it is written down anew.
    pub(crate) fn change_all(&mut self, mut change: impl FnMut(&mut T) -> bool) {
        for place in 0..self.rows.len() {
            if self.rows.get_mut(place).is_some_and(|row| change(&mut row.value)) {
                self.soil(place);
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    fn soil(&mut self, place: usize) {
        let page = place / PAGE;
        if self.dirty.len() <= page {
            self.dirty.resize(page + 1, false);
        }
        if let Some(dirty) = self.dirty.get_mut(page) {
            *dirty = true;
        }
    }

    /// The next page that changed since it was last taken, with its number.
    pub(crate) fn take_dirty(&mut self) -> Option<(usize, &[Row<T>])> {
        let page = self.dirty.iter().position(|dirty| *dirty)?;
        if let Some(dirty) = self.dirty.get_mut(page) {
            *dirty = false;
        }
        let end = self.rows.len().min((page + 1) * PAGE);
        self.rows.get(page * PAGE..end).map(|rows| (page, rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::sketch;

    fn print(key: u64) -> Print {
        Print { head: sketch::of_key(key), whole: sketch::of_key(!key) }
    }

    #[test]
    fn what_was_added_is_found_and_nothing_else() {
        let mut table = Table::new(500);
        (0..500).for_each(|key| table.insert(print(key), key, |_| false));
        for key in 0..500 {
            let place = table.nearest(&print(key)).unwrap();
            assert_eq!(table.row(place).unwrap().value, key);
        }
        assert_eq!(table.nearest(&print(1000)), None);
    }

    #[test]
    fn a_full_table_forgets_what_nobody_keeps() {
        let mut table = Table::new(100);
        (0..100).for_each(|key| table.insert(print(key), key, |_| false));
        (100..5000).for_each(|key| table.insert(print(key), key, |value| *value == 7));
        assert_eq!(table.len(), 100);
        assert!(table.nearest(&print(7)).is_some(), "what is kept stays");
        assert!(table.nearest(&print(8)).is_none());
        assert!(table.nearest(&print(4999)).is_some());
    }

    #[test]
    fn only_what_changed_is_written_down() {
        let mut table = Table::new(1000);
        (0..300).for_each(|key| table.insert(print(key), key, |_| false));
        let mut pages = Vec::new();
        while let Some((page, rows)) = table.take_dirty() {
            pages.push((page, rows.len()));
        }
        assert_eq!(pages, [(0, 128), (1, 128), (2, 44)]);
        table.value_mut(130);
        assert_eq!(table.take_dirty().map(|(page, _)| page), Some(1));
        assert!(table.take_dirty().is_none());
    }
}
