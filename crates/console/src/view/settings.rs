//! The configuration in force.

use serde::Serialize;

use crate::render::Page;

/// A table of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettingsTable {
    /// Its name, in its brackets.
    pub name: String,
    /// Its options.
    pub rows: Vec<SettingRow>,
}

/// An option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettingRow {
    /// Its key.
    pub key: &'static str,
    /// Its value as the file writes it; a secret is none here.
    pub value: String,
    /// Whether it is not the default.
    pub changed: bool,
    /// What it means.
    pub doc: String,
}

/// The configuration in force.
#[derive(Debug, Clone, Serialize)]
pub struct SettingsPage {
    tables: Vec<SettingsTable>,
    lists: Vec<List>,
    all: bool,
}

/// Values of an entry that fit side by side, in letters.
const MOST_LETTERS: usize = 130;

/// Entries of one kind, a row each.
#[derive(Debug, Clone, Serialize)]
struct List {
    name: String,
    /// The options, with what they mean.
    options: Vec<(&'static str, String)>,
    rows: Vec<Vec<String>>,
}

impl SettingsPage {
    /// All of it, or what differs from the defaults. Entries of lists are somebody's own, or the rules in force: they are
    /// always shown, as rows where they fit side by side.
    pub fn new(tables: &[SettingsTable], all: bool) -> Self {
        let (entries, mut tables): (Vec<_>, Vec<_>) =
            tables.iter().cloned().partition(|table| table.name.starts_with("[["));
        if !all {
            tables.iter_mut().for_each(|table| table.rows.retain(|row| row.changed));
            tables.retain(|table| !table.rows.is_empty());
        }
        let (narrow, wide): (Vec<_>, Vec<_>) = lists(entries).into_iter().partition(List::fits);
        tables.extend(wide.into_iter().flat_map(List::apart));
        Self { tables, lists: narrow, all }
    }
}

impl List {
    /// Whether a screen is wide enough for an entry in a row.
    fn fits(&self) -> bool {
        let widest = |place| self.rows.iter().filter_map(|row| row.get(place)).map(String::len).max();
        (0..self.options.len()).filter_map(widest).sum::<usize>() <= MOST_LETTERS
    }

    /// A table for each entry.
    fn apart(self) -> impl Iterator<Item = SettingsTable> {
        let Self { name, options, rows } = self;
        rows.into_iter().map(move |values| {
            let of = |((key, doc), value): (&(&'static str, String), String)| SettingRow {
                key,
                value,
                changed: false,
                doc: doc.clone(),
            };
            let title = values.first().map_or_else(|| name.clone(), |first| format!("{name} {first}"));
            SettingsTable { name: title, rows: options.iter().zip(values).map(of).collect() }
        })
    }
}

/// Entries of a list have the same options and stand one behind another.
fn lists(entries: Vec<SettingsTable>) -> Vec<List> {
    let mut lists: Vec<List> = Vec::new();
    for entry in entries {
        let row = entry.rows.iter().map(|row| row.value.clone()).collect();
        match lists.last_mut().filter(|list| list.name == entry.name) {
            Some(list) => list.rows.push(row),
            None => {
                let options = entry.rows.into_iter().map(|row| (row.key, row.doc)).collect();
                lists.push(List { name: entry.name, options, rows: vec![row] });
            }
        }
    }
    lists
}

impl Page for SettingsPage {
    const TEMPLATE: &'static str = "settings.html";
}
