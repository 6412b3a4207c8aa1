//! A CSV file of customers (RFC 4180), read into records: every mistake at its line.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord};

use super::import::{MAX_IMPORT, RowMistake};
use crate::record::CustomerRecord;

/// The fields of a customer as people write them, and the columns of a file, in any order; service and contact are a must.
pub const FIELDS: [&str; 12] = [
    "service",
    "name",
    "contact",
    "language",
    "kind",
    "networks",
    "accounts",
    "domains",
    "suspended",
    "expires",
    "limits",
    "automatic_releases",
];

/// What stands in a file.
#[derive(Default)]
pub(super) struct Sheet {
    /// Customers with the lines they stand in; what can't be read of one is left out.
    pub(super) rows: Vec<(u64, CustomerRecord)>,
    /// What can't be read.
    pub(super) wrong: Vec<RowMistake>,
}

/// Everything in a file.
///
/// # Errors
/// When its first line names no columns: then nothing else can be said of it.
pub(super) fn read(text: &str) -> Result<Sheet, Vec<RowMistake>> {
    if text.len() > MAX_IMPORT {
        return Err(vec![RowMistake::of(
            1,
            "",
            format!("a file of more than {MAX_IMPORT} bytes is not read: divide it"),
        )]);
    }
    let text = text.trim_start_matches('\u{feff}');
    let head = text.lines().next().unwrap_or_default();
    // Spreadsheets write semicolons where the comma is the decimal point.
    let delimiter = if head.contains(';') && !head.contains(',') { b';' } else { b',' };
    let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let unreadable = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        RowMistake::of(line, "", format!("it is no CSV: {error}"))
    };
    let columns = reader.headers().map_err(|error| vec![unreadable(error)]).and_then(columns)?;
    let mut sheet = Sheet::default();
    for row in reader.records() {
        match row {
            Ok(row) => sheet.take(&row, &columns),
            Err(error) => sheet.wrong.push(unreadable(error)),
        }
    }
    Ok(sheet)
}

/// The columns of the first line.
fn columns(head: &StringRecord) -> Result<Vec<&'static str>, Vec<RowMistake>> {
    let (mut columns, mut wrong) = (Vec::new(), Vec::new());
    for name in head {
        match FIELDS.iter().find(|known| **known == name.trim().to_lowercase()) {
            Some(known) if columns.contains(known) => wrong.push(RowMistake::of(1, known, "stands there twice")),
            Some(known) => columns.push(*known),
            None => {
                let sentence = format!("there is no column \"{}\" (known: {})", name.trim(), FIELDS.join(", "));
                wrong.push(RowMistake::of(1, "", sentence));
            }
        }
    }
    if !columns.contains(&"service") {
        wrong.push(RowMistake::of(1, "service", "is missing: the first line names the columns"));
    }
    if wrong.is_empty() { Ok(columns) } else { Err(wrong) }
}

impl Sheet {
    fn take(&mut self, row: &StringRecord, columns: &[&'static str]) {
        let line = row.position().map_or(0, csv::Position::line);
        if row.len() != columns.len() {
            let sentence = format!("expected {} columns, found {}", columns.len(), row.len());
            return self.wrong.push(RowMistake::of(line, "", sentence));
        }
        let mut customer = CustomerRecord::default();
        for (column, cell) in columns.iter().zip(row).filter(|(_, cell)| !cell.trim().is_empty()) {
            if let Err(sentence) = fill(&mut customer, column, cell.trim()) {
                self.wrong.push(RowMistake::of(line, column, sentence));
            }
        }
        self.rows.push((line, customer));
    }
}

/// Writes one field of a customer as people write it: several texts stand with spaces, commas, semicolons or line breaks
/// between them, limits as `account-rate=5000`. The field is one of a CSV file's columns.
///
/// # Errors
/// When the text is none of that field, in a sentence. What else is wrong with it is told when the customer is entered.
pub fn fill(customer: &mut CustomerRecord, column: &str, cell: &str) -> Result<(), String> {
    let owned = || cell.to_owned();
    match column {
        "service" => customer.service = owned(),
        "name" => customer.name = owned(),
        "contact" => customer.contact = list(cell),
        "language" => customer.language = owned(),
        "kind" => customer.kind = owned(),
        "networks" => customer.networks = list(cell),
        "accounts" => customer.accounts = list(cell),
        "domains" => customer.domains = list(cell),
        "suspended" => customer.suspended = flag(cell)?,
        "expires" => customer.expires = Some(owned()),
        "limits" => customer.limits = limits(cell)?,
        "automatic_releases" => customer.automatic_releases = Some(number(cell)?),
        _ => return Err(format!("there is no field \"{column}\"")),
    }
    Ok(())
}

fn list(cell: &str) -> Vec<String> {
    let texts = cell.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
    texts.filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

fn flag(cell: &str) -> Result<bool, String> {
    match cell.to_lowercase().as_str() {
        "yes" | "true" | "1" => Ok(true),
        "no" | "false" | "0" => Ok(false),
        _ => Err(format!("expected \"yes\" or \"no\", found \"{cell}\"")),
    }
}

fn number<T: std::str::FromStr>(cell: &str) -> Result<T, String> {
    cell.parse().map_err(|_| format!("expected a whole number, found \"{cell}\""))
}

fn limits(cell: &str) -> Result<BTreeMap<String, u64>, String> {
    let read = |text: String| {
        let (rule, limit) = text
            .split_once('=')
            .ok_or_else(|| format!("expected rules like \"account-rate=5000\", found \"{text}\""))?;
        Ok((rule.to_owned(), number(limit)?))
    };
    list(cell).into_iter().map(read).collect()
}
