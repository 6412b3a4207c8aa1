//! Pages of what is numbered, latest first, by a cursor: rows that come or go meanwhile make none appear twice.

use super::problem::Problem;
use super::types::{Limit, Number};

/// Rows that are read from the store at one time.
const BATCH: usize = 200;
/// Rows that are looked at for one page: a customer's few may stand among many others' rows.
const MOST: usize = 5_000;

/// Which page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paging {
    before: u64,
    limit: usize,
}

impl Paging {
    /// As it was asked for.
    pub(super) fn new(after: Option<Number>, limit: Option<Limit>) -> Self {
        Self { before: after.map_or(u64::MAX, |after| after.0), limit: Limit::rows(limit) }
    }

    /// The rows that somebody sees, and the number to go on below; a page may be shorter than the limit and have others
    /// behind it. `read` gets a number and how many rows below it are wanted.
    pub(super) fn page<R>(
        self,
        read: impl Fn(u64, usize) -> Result<Vec<R>, Problem>,
        number: impl Fn(&R) -> u64,
        sees: impl Fn(&R) -> bool,
    ) -> Result<(Vec<R>, Option<String>), Problem> {
        let (mut before, mut found) = (self.before, Vec::new());
        for _ in 0..MOST / BATCH {
            let batch = read(before, BATCH)?;
            let is_last = batch.len() < BATCH;
            before = batch.last().map_or(before, &number);
            found.extend(batch.into_iter().filter(&sees));
            if found.len() > self.limit {
                found.truncate(self.limit);
                let next = found.last().map(|last| number(last).to_string());
                return Ok((found, next));
            }
            if is_last {
                return Ok((found, None));
            }
        }
        Ok((found, Some(before.to_string())))
    }
}

/// One row more than the limit was read: whether it is there says whether there is another page.
pub(super) fn cut<R>(mut rows: Vec<R>, limit: usize, cursor: impl Fn(&R) -> String) -> (Vec<R>, Option<String>) {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(cursor);
    (rows, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(rows: u64, after: Option<u64>, limit: u64, sees: impl Fn(&u64) -> bool) -> (Vec<u64>, Option<String>) {
        let read = |below: u64, many: usize| Ok((1..=rows).rev().filter(|row| *row < below).take(many).collect());
        let paging = Paging::new(after.map(super::super::types::Bounded), Some(super::super::types::Bounded(limit)));
        paging.page(read, |row| *row, sees).unwrap()
    }

    #[test]
    fn the_last_page_says_so() {
        assert_eq!(page(5, None, 2, |_| true), (vec![5, 4], Some("4".into())));
        assert_eq!(page(5, Some(4), 3, |_| true), (vec![3, 2, 1], None));
        assert_eq!(page(0, None, 3, |_| true), (vec![], None));
    }

    #[test]
    fn few_among_many_are_found_over_several_pages() {
        let (first, next) = page(20_000, None, 10, |row| *row == 7 || *row == 16_000);
        assert_eq!((first, next.as_deref()), (vec![16_000], Some("15001")));
        assert_eq!(page(20_000, Some(301), 10, |row| *row == 7), (vec![7], None));
    }
}
