//! Typed settings tables read from TOML: every mistake at once, each with its line and what is allowed.
//!
//! An option is declared in one place, with its documentation, default and bounds, by [`settings!`]. The commented sample
//! configuration is written from the same declaration, so the two can't drift apart. serde stops at the first mistake;
//! that is why the tables are read here, over the `toml` crate's own parser and spans.

mod document;
mod macros;
mod problem;
mod sample;
mod secret;
mod types;
mod value;

pub use document::{Document, TableReader};
pub use problem::{Problem, Problems};
pub use sample::{OptionDoc, row_sample, table_sample};
pub use secret::secret_text;
pub use types::{ByteSize, Limits, Points};
pub use value::{Setting, Value, parse_duration};

/// A `[table]` whose every option has a default.
pub trait Table: Default {
    /// The table's name in the file.
    const NAME: &'static str;
    /// What the table is for, a line each.
    const DOC: &'static [&'static str];
    /// Its options, in order, with documentation and default.
    fn options() -> Vec<OptionDoc>;
    /// The same with the values of `self`.
    fn values(&self) -> Vec<OptionDoc>;
    /// Reads the table; mistakes are noted in the reader and the default stands in.
    fn read(reader: &mut TableReader<'_, '_>) -> Self;
}

/// One entry of a `[[list]]`; options without a default are required.
pub trait Row: Sized {
    /// The list's name in the file.
    const NAME: &'static str;
    /// What an entry is for, a line each.
    const DOC: &'static [&'static str];
    /// Its options, in order, with documentation and the values of `self`.
    fn options(&self) -> Vec<OptionDoc>;
    /// Reads one entry; `None` when a mistake (noted in the reader) leaves nothing usable.
    fn read(reader: &mut TableReader<'_, '_>) -> Option<Self>;
}
