//! Many customers at once, from CSV: all of them or none.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::attempt::Attempt;
use super::sheet::{self, Sheet};
use super::{Book, Put, Registry, RegistryError};
use crate::mistake::Mistake;
use crate::record::CustomerRecord;

/// The longest file, in bytes.
pub const MAX_IMPORT: usize = 32 << 20;

/// Mistakes that are told at once; a file with more has them again.
const MAX_TOLD: usize = 1000;

/// A line that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowMistake {
    /// The line, from 1.
    pub line: u64,
    /// The column; empty when it is about the whole line.
    pub field: String,
    /// Why.
    pub sentence: String,
}

impl RowMistake {
    pub(super) fn of(line: u64, field: &str, sentence: impl Into<String>) -> Self {
        Self { line, field: field.to_owned(), sentence: sentence.into() }
    }
}

impl fmt::Display for RowMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let colon = if self.field.is_empty() { "" } else { ": " };
        write!(f, "line {}: {}{colon}{}", self.line, self.field, self.sentence)
    }
}

/// What came of an import, or would.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Customers that are new.
    pub added: usize,
    /// Customers that are others now.
    pub changed: usize,
    /// Customers that were known just so.
    pub unchanged: usize,
    /// What is wrong; then nothing was imported.
    pub mistakes: Vec<RowMistake>,
}

impl Registry {
    /// Enters the customers of a CSV file, in place of those of the same services; others stay. The same file again changes
    /// nothing. With `dry_run` it only says what would come of it.
    ///
    /// # Errors
    /// When the store fails. Mistakes of the file are in the answer.
    pub fn import(&self, text: &str, dry_run: bool) -> Result<Imported, RegistryError> {
        let Sheet { rows, wrong } = match sheet::read(text) {
            Ok(sheet) => sheet,
            Err(mistakes) => return Ok(refused(mistakes)),
        };
        let mut book = self.book();
        let (lines, records): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let told = tally(&records, &book);
        match Attempt::of(&book, records, Vec::new()) {
            Ok(_) if !wrong.is_empty() => return Ok(refused(wrong)),
            Ok(attempt) if !dry_run && told.added + told.changed > 0 => self.carry_out(&mut book, attempt)?,
            Ok(_) => {}
            Err(found) => {
                let found = found.into_iter().flat_map(|one| placed(one, &lines));
                return Ok(refused(wrong.into_iter().chain(found).collect()));
            }
        }
        Ok(told)
    }
}

fn placed((place, found): (usize, Vec<Mistake>), lines: &[u64]) -> impl Iterator<Item = RowMistake> {
    let line = lines.get(place).copied().unwrap_or_default();
    found.into_iter().map(move |Mistake { field, sentence }| RowMistake { line, field, sentence })
}

fn tally(records: &[CustomerRecord], book: &Book) -> Imported {
    let mut told = Imported::default();
    for record in records {
        match book.would_be(record) {
            Put::Added => told.added += 1,
            Put::Changed => told.changed += 1,
            Put::Unchanged => told.unchanged += 1,
        }
    }
    told
}

fn refused(mut mistakes: Vec<RowMistake>) -> Imported {
    mistakes.sort_by_key(|mistake| mistake.line);
    mistakes.truncate(MAX_TOLD);
    Imported { mistakes, ..Imported::default() }
}
