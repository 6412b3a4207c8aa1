//! Pages of what is numbered, latest first: tickets, reports, diagnoses.

use super::respond::queried;
use crate::view::Paging;

/// Rows of a page.
pub(super) const ROWS: usize = 50;

/// Where a page begins: behind this number.
pub(super) fn below(before: &str) -> u64 {
    before.parse().unwrap_or(u64::MAX)
}

/// The rows of a page, of which one more was asked for, and the way on; `kept` is what every link carries.
pub(super) fn page_of<T>(
    mut rows: Vec<T>,
    number: impl Fn(&T) -> u64,
    path: &str,
    before: &str,
    kept: (&str, &str),
) -> (Vec<T>, Paging) {
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let last = rows.last().filter(|_| more).map(|row| number(row).to_string());
    let pages = Paging {
        first: (!before.is_empty()).then(|| queried(path, &[kept])),
        next: last.map(|last| queried(path, &[kept, ("before", &last)])),
        shown: rows.len() as u64,
    };
    (rows, pages)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(found: u64, before: &str) -> (usize, Option<String>, Option<String>) {
        let rows = (0..found).map(|back| 1000 - back).collect();
        let (rows, pages) = page_of(rows, |number| *number, "/x", before, ("all", "1"));
        (rows.len(), pages.first, pages.next)
    }

    #[test]
    fn a_page_leads_to_the_next_while_there_is_one() {
        assert_eq!(page(50, ""), (50, None, None));
        assert_eq!(page(51, ""), (50, None, Some("/x?all=1&before=951".into())));
        assert_eq!(page(3, "77"), (3, Some("/x?all=1".into()), None));
        assert_eq!((below("77"), below("../etc")), (77, u64::MAX));
    }
}
