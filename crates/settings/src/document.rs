//! A parsed file: tables are taken out one by one, what is left over is a mistake.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Range, RangeBounds};

use toml::de::DeTable;

use crate::value::Value;
use crate::{Problems, Row, Setting, Table};

/// A configuration file whose tables are read one by one; [`Document::finish`] reports every mistake.
pub struct Document<'i> {
    table: DeTable<'i>,
    known: BTreeSet<&'static str>,
    /// The tables that have an option of that name.
    homes: BTreeMap<&'static str, Vec<&'static str>>,
    problems: Problems,
}

impl<'i> Document<'i> {
    /// Parses the text. Syntax errors are noted like any other mistake, and what could be read is read.
    pub fn parse(text: &'i str) -> Self {
        let mut problems = Problems::new(text);
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            problems.add(error.span(), "", error.message());
        }
        Self { table: table.into_inner(), known: BTreeSet::new(), homes: BTreeMap::new(), problems }
    }

    /// Reads a `[table]`; a missing one is its default.
    pub fn table<T: Table>(&mut self) -> T {
        self.known.insert(T::NAME);
        T::options().iter().for_each(|option| self.homes.entry(option.key).or_default().push(T::NAME));
        let Some(value) = self.table.get(T::NAME) else { return T::default() };
        let Some(table) = value.get_ref().as_table() else {
            self.problems.add(Some(value.span()), T::NAME, format!("expected a table, written as [{}]", T::NAME));
            return T::default();
        };
        let mut reader = TableReader::new(T::NAME.into(), Some(value.span()), table, &mut self.problems);
        let read = T::read(&mut reader);
        reader.finish();
        read
    }

    /// Reads a `[[list]]`; `None` when the file has none.
    pub fn rows<T: Row>(&mut self) -> Option<Vec<T>> {
        self.known.insert(T::NAME);
        let value = self.table.get(T::NAME)?;
        let Some(entries) = value.get_ref().as_array() else {
            self.problems.add(
                Some(value.span()),
                T::NAME,
                format!("expected a list, each entry under [[{}]]", T::NAME),
            );
            return None;
        };
        let mut rows = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            rows.extend(Self::row(index, entry, &mut self.problems));
        }
        Some(rows)
    }

    fn row<T: Row>(index: usize, entry: &Value<'_>, problems: &mut Problems) -> Option<T> {
        let path = format!("{}[{}]", T::NAME, index + 1);
        let Some(table) = entry.get_ref().as_table() else {
            problems.add(Some(entry.span()), path, format!("expected a table under [[{}]]", T::NAME));
            return None;
        };
        let mut reader = TableReader::new(path, Some(entry.span()), table, problems);
        let row = T::read(&mut reader);
        reader.finish();
        row
    }

    /// Notes a mistake that only shows when options are seen together; `option` is `table.key` or `list[n].key`.
    pub fn problem(&mut self, option: &str, message: impl Into<String>) {
        let span = self.span_of(option);
        self.problems.add(span, option, message);
    }

    /// The options that a mistake was found at so far.
    pub fn wrong(&self) -> BTreeSet<String> {
        self.problems.options().map(str::to_owned).collect()
    }

    /// Whether an option, as `table.key` or `list[n].key`, stands in the file itself.
    pub fn has(&self, option: &str) -> bool {
        self.place_of(option).is_some_and(|(_, is_itself)| is_itself)
    }

    fn span_of(&self, option: &str) -> Option<Range<usize>> {
        self.place_of(option).map(|(span, _)| span)
    }

    /// Where an option stands; else where its table does.
    fn place_of(&self, option: &str) -> Option<(Range<usize>, bool)> {
        let mut path = option.splitn(2, '.');
        let first = path.next()?;
        let (name, index) = match first.split_once('[') {
            Some((name, rest)) => (name, rest.trim_end_matches(']').parse::<usize>().ok()),
            None => (first, None),
        };
        let mut value = self.table.get(name)?;
        if let Some(index) = index {
            value = value.get_ref().as_array()?.get(index.checked_sub(1)?)?;
        }
        let inner = path.next().and_then(|key| value.get_ref().as_table()?.get(key));
        Some((inner.unwrap_or(value).span(), inner.is_some()))
    }

    /// Every mistake, by line; unknown tables are among them.
    pub fn finish(mut self) -> Problems {
        let allowed: Vec<_> = self.known.iter().copied().collect();
        for (key, value) in self.table.iter() {
            if !self.known.contains(key.get_ref().as_ref()) {
                let home = self.homes.get(key.get_ref().as_ref()).filter(|_| value.get_ref().as_table().is_none());
                let message = home.map_or_else(|| unknown("table", key.get_ref(), &allowed), |homes| belongs(homes));
                self.problems.add(Some(key.span()), key.get_ref().to_string(), message);
            }
        }
        self.problems
    }
}

/// Reads the options of one table; created by [`Document`].
pub struct TableReader<'d, 'i> {
    path: String,
    span: Option<Range<usize>>,
    table: &'d DeTable<'i>,
    known: Vec<&'static str>,
    problems: &'d mut Problems,
}

impl<'d, 'i> TableReader<'d, 'i> {
    fn new(path: String, span: Option<Range<usize>>, table: &'d DeTable<'i>, problems: &'d mut Problems) -> Self {
        Self { path, span, table, known: Vec::new(), problems }
    }

    /// The option's value if it is there and right; a mistake is noted.
    pub fn optional<T: Setting>(&mut self, key: &'static str) -> Option<T> {
        self.known.push(key);
        let value = self.table.get(key)?;
        match T::read(value) {
            Ok(read) => Some(read),
            Err(why) => {
                self.problems.add(Some(value.span()), format!("{}.{key}", self.path), why);
                None
            }
        }
    }

    /// The option's value; a missing one is noted as a mistake, and something else stands in ([`Setting::blank`]).
    pub fn required<T: Setting>(&mut self, key: &'static str) -> Option<T> {
        if self.table.get(key).is_none() {
            self.known.push(key);
            let message = format!("is missing; expected {}", T::allowed());
            self.problems.add(self.span.clone(), format!("{}.{key}", self.path), message);
            return T::blank();
        }
        self.optional(key).or_else(T::blank)
    }

    /// Like [`Self::required`], within bounds.
    pub fn required_within<T>(&mut self, key: &'static str, range: impl RangeBounds<T> + std::fmt::Debug) -> Option<T>
    where
        T: Setting + PartialOrd,
    {
        if self.table.get(key).is_none() { self.required(key) } else { self.bounded(key, range).or_else(T::blank) }
    }

    /// Like [`Self::optional`], within bounds.
    pub fn bounded<T>(&mut self, key: &'static str, range: impl RangeBounds<T> + std::fmt::Debug) -> Option<T>
    where
        T: Setting + PartialOrd,
    {
        let read = self.optional::<T>(key)?;
        if range.contains(&read) {
            return Some(read);
        }
        let message = format!("expected {}, found {}", bounds(&range), read.show());
        let span = self.table.get(key).map(|value| value.span());
        self.problems.add(span, format!("{}.{key}", self.path), message);
        None
    }

    fn finish(self) {
        for (key, _) in self.table.iter() {
            if !self.known.iter().any(|known| known == key.get_ref()) {
                let message = unknown("option", key.get_ref(), &self.known);
                self.problems.add(Some(key.span()), format!("{}.{}", self.path, key.get_ref()), message);
            }
        }
    }
}

fn bounds<T: Setting>(range: &impl RangeBounds<T>) -> String {
    use std::ops::Bound::{Excluded, Included, Unbounded};
    let low = match range.start_bound() {
        Included(low) => format!("at least {}", low.show()),
        Excluded(low) => format!("more than {}", low.show()),
        Unbounded => String::new(),
    };
    let high = match range.end_bound() {
        Included(high) => format!("at most {}", high.show()),
        Excluded(high) => format!("less than {}", high.show()),
        Unbounded => String::new(),
    };
    [low, high].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" and ")
}

fn belongs(homes: &[&str]) -> String {
    let homes: Vec<_> = homes.iter().map(|table| format!("[{table}]")).collect();
    format!("stands outside of every table; it belongs below {}", homes.join(" or "))
}

fn unknown(what: &str, key: &str, allowed: &[&str]) -> String {
    let near = allowed.iter().min_by_key(|name| distance(name, key)).filter(|name| distance(name, key) <= 2);
    let hint = near.map(|name| format!("; did you mean \"{name}\"?")).unwrap_or_default();
    format!("no such {what}{hint} (allowed: {})", allowed.join(", "))
}

/// Levenshtein distance, for hints only.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(b.chars()) {
            let best = (diagonal + usize::from(x != y)).min(left + 1).min(*cell + 1);
            diagonal = *cell;
            *cell = best;
            left = best;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}
