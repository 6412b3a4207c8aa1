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
    all: bool,
}

impl SettingsPage {
    /// All of it, or what differs from the defaults.
    pub fn new(tables: &[SettingsTable], all: bool) -> Self {
        let mut tables = tables.to_vec();
        explain_once(&mut tables);
        if !all {
            // Entries of lists are somebody's own, or the rules in force: they are always shown.
            tables
                .iter_mut()
                .filter(|table| !table.name.starts_with("[["))
                .for_each(|table| table.rows.retain(|row| row.changed));
            tables.retain(|table| !table.rows.is_empty());
        }
        Self { tables, all }
    }
}

/// The entries of a list have the same options: the first one explains them.
fn explain_once(tables: &mut [SettingsTable]) {
    let mut before = String::new();
    for table in tables {
        if table.name == before {
            table.rows.iter_mut().for_each(|row| row.doc.clear());
        }
        before.clone_from(&table.name);
    }
}

impl Page for SettingsPage {
    const TEMPLATE: &'static str = "settings.html";
}
