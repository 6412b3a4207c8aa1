//! The configuration as it is in force, for operators to read.

use console::view::{SettingRow, SettingsTable};
use settings::{OptionDoc, Row, Table};

use crate::config::Config;

/// Every table, in the order of the sample.
pub(crate) fn tables(config: &Config) -> Vec<SettingsTable> {
    let mut tables = vec![
        table(&config.node),
        table(&config.milter),
        table(&config.proxy),
        table(&config.http),
        table(&config.web),
        table(&config.scan),
        table(&config.store),
        table(&config.identity),
        table(&config.score),
        table(&config.recall),
        table(&config.blocks),
        table(&config.lockout),
        table(&config.lmtp),
        table(&config.customers),
        table(&config.owners),
        table(&config.alerts),
        table(&config.dns),
        table(&config.reputation),
        table(&config.enforcement),
        table(&config.reports),
        table(&config.diagnosis),
        table(&config.journal),
        table(&config.clamav),
        table(&config.spamd),
        table(&config.rspamd),
        table(&config.log),
    ];
    tables.extend(rows(&config.intercept));
    tables.extend(rows(&config.allowances));
    tables.extend(rows(&config.own_rules));
    tables.extend(rows(&config.trips));
    tables.extend(rows(&config.rates));
    tables.extend(rows(&config.overrides));
    tables.extend(rows(&config.webhooks));
    tables.extend(rows(&config.dns_lists));
    tables
}

fn table<T: Table>(table: &T) -> SettingsTable {
    let defaults = T::options().into_iter().map(|option| option.value);
    let rows = table.values().into_iter().zip(defaults);
    let rows = rows.map(|(option, default)| row(option, Some(default)));
    SettingsTable { name: format!("[{}]", T::NAME), rows: rows.collect() }
}

fn rows<T: Row>(rows: &[T]) -> Vec<SettingsTable> {
    let name = format!("[[{}]]", T::NAME);
    let table = |entry: &T| SettingsTable {
        name: name.clone(),
        rows: entry.options().into_iter().map(|option| row(option, None)).collect(),
    };
    rows.iter().map(table).collect()
}

fn row(option: OptionDoc, default: Option<String>) -> SettingRow {
    let doc: Vec<_> = option.doc.iter().map(|line| line.trim()).collect();
    let changed = default.is_some_and(|default| default != option.value);
    let value = if is_secret(option.key) && option.value.len() > 2 { "\"…\"".to_owned() } else { option.value };
    SettingRow { key: option.key, value, changed, doc: doc.join(" ") }
}

/// Security: what opens something is never shown. Files that hold secrets are named, as their names are none.
fn is_secret(key: &str) -> bool {
    ["password", "secret", "token"].iter().any(|word| key.contains(word)) && !key.ends_with("_file")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_told_from_what_is_not() {
        let config = Config::parse("[score]\nspam = 120\n").unwrap();
        let tables = tables(&config);
        let score = tables.iter().find(|table| table.name == "[score]").unwrap();
        let changed: Vec<_> = score.rows.iter().filter(|row| row.changed).map(|row| (row.key, &*row.value)).collect();
        assert_eq!(changed, [("spam", "120")]);
        assert!(tables.iter().any(|table| table.name == "[[trip]]"));
    }

    #[test]
    fn secrets_are_not_shown() {
        let option = |key| OptionDoc { key, doc: &[], value: "\"hunter2\"".into() };
        assert_eq!(row(option("relay_password"), None).value, "\"…\"");
        assert_eq!(row(option("secret_file"), None).value, "\"hunter2\"");
    }
}
