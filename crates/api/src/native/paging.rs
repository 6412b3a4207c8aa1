//! Pages of what is numbered, latest first, by a cursor: rows that come or go meanwhile make none appear twice.

use std::cmp::Reverse;

use model::Timestamp;
use serde::Deserialize;

use super::parameters::{Kind, LIMIT, NEXT, Parameter, parameter};
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

/// Which page of a list that is read whole, latest first.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Slice {
    pub(super) after: Option<String>,
    pub(super) limit: Option<Limit>,
}

/// What may stand behind the question mark of such a list.
pub(super) const SLICE: &[Parameter] = &[PLACE, LIMIT];
/// Behind which row such a list goes on.
pub(super) const PLACE: Parameter = parameter("after", place, NEXT);

/// A time in milliseconds and a name: of rows that are added or taken away meanwhile, none makes another appear twice.
fn place() -> Kind {
    Kind::cursor(r"^[0-9]{1,15}\..{1,400}$", |text| placed(text).is_some())
}

fn placed(text: &str) -> Option<(Timestamp, String)> {
    let (at, name) = text.split_once('.')?;
    Some((Timestamp(at.parse().ok()?), name.to_owned()))
}

impl Slice {
    /// The page, and what to give as `after` for the next one.
    pub(super) fn of<R>(
        self,
        mut rows: Vec<R>,
        place: impl Fn(&R) -> (Timestamp, String),
    ) -> Result<(Vec<R>, Option<String>), Problem> {
        let wrong = || Problem::field("after", "expected what a page told as next");
        let after = self.after.map(|text| placed(&text).ok_or_else(wrong)).transpose()?;
        rows.retain(|row| after.as_ref().is_none_or(|after| place(row) < *after));
        rows.sort_by_cached_key(|row| Reverse(place(row)));
        Ok(cut(rows, Limit::rows(self.limit), |last| {
            let (at, name) = place(last);
            format!("{}.{name}", at.0)
        }))
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
    fn a_list_that_is_read_whole_goes_on_behind_a_row_that_is_gone() {
        let of = |rows: &[(i64, &str)], after: Option<&str>| {
            let slice = Slice { after: after.map(str::to_owned), limit: Some(super::super::types::Bounded(2)) };
            let rows = rows.iter().map(|(at, name)| (Timestamp(*at), (*name).to_owned())).collect();
            let (rows, next) = slice.of(rows, Clone::clone).unwrap();
            (rows.into_iter().map(|(_, name)| name).collect::<Vec<_>>(), next)
        };
        let all = [(1, "a"), (5, "b.c"), (5, "d"), (9, "e")];
        assert_eq!(of(&all, None), (vec!["e".into(), "d".into()], Some("5.d".into())));
        assert_eq!(of(&[(1, "a"), (5, "b.c"), (9, "e")], Some("5.d")), (vec!["b.c".into(), "a".into()], None));
    }

    #[test]
    fn few_among_many_are_found_over_several_pages() {
        let (first, next) = page(20_000, None, 10, |row| *row == 7 || *row == 16_000);
        assert_eq!((first, next.as_deref()), (vec![16_000], Some("15001")));
        assert_eq!(page(20_000, Some(301), 10, |row| *row == 7), (vec![7], None));
    }
}
