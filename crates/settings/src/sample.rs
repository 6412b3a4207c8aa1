//! The commented sample configuration, written from the declarations.

use crate::{Row, Table};

/// One option as the sample shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionDoc {
    /// The key.
    pub key: &'static str,
    /// Its documentation, a line each.
    pub doc: &'static [&'static str],
    /// The default (or, for a list entry, its value) as TOML.
    pub value: String,
}

/// A `[table]` with every option commented out at its default.
pub fn table_sample<T: Table>() -> String {
    let mut out = comment(T::DOC, "## ");
    out.push_str(&format!("[{}]\n", T::NAME));
    for option in T::options() {
        out.push_str(&comment(option.doc, "# "));
        out.push_str(&format!("#{} = {}\n\n", option.key, option.value.replace('\n', "\n#")));
    }
    out
}

/// A `[[list]]` with the given entries commented out, the options explained once.
pub fn row_sample<T: Row>(entries: &[T]) -> String {
    let mut out = comment(T::DOC, "## ");
    for (index, entry) in entries.iter().enumerate() {
        out.push_str(&format!("#[[{}]]\n", T::NAME));
        for option in entry.options() {
            if index == 0 {
                out.push_str(&comment(option.doc, "# "));
            }
            out.push_str(&format!("#{} = {}\n", option.key, option.value.replace('\n', "\n#")));
        }
        out.push('\n');
    }
    out
}

fn comment(lines: &[&str], prefix: &str) -> String {
    lines.iter().map(|line| format!("{}\n", format!("{prefix}{}", line.trim()).trim_end())).collect()
}
