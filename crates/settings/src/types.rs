//! Value types that several tables use.

use std::collections::BTreeMap;

use crate::value::{Setting, Value, expected};

/// A size in bytes, written as `"256KiB"` or `"10MiB"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(pub u64);

impl ByteSize {
    /// The size as a `usize`, saturating.
    pub fn bytes(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    fn parse(text: &str) -> Option<Self> {
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let factor = match unit.trim() {
            "B" => 1,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            _ => return None,
        };
        number.parse::<u64>().ok()?.checked_mul(factor).map(Self)
    }
}

impl Setting for ByteSize {
    fn allowed() -> String {
        "a size in quotes, like \"512B\", \"256KiB\", \"10MiB\" or \"1GiB\"".into()
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        value.get_ref().as_str().and_then(Self::parse).ok_or_else(|| expected::<Self>(value))
    }
    fn show(&self) -> String {
        let (number, unit) = match self.0 {
            n if n >= 1 << 30 && n.is_multiple_of(1 << 30) => (n >> 30, "GiB"),
            n if n >= 1 << 20 && n.is_multiple_of(1 << 20) => (n >> 20, "MiB"),
            n if n >= 1 << 10 && n.is_multiple_of(1 << 10) => (n >> 10, "KiB"),
            n => (n, "B"),
        };
        format!("\"{number}{unit}\"")
    }
}

/// Points by signal name: `{ html_only = 10, no_date = 0 }`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Points(pub BTreeMap<String, i32>);

impl Setting for Points {
    fn allowed() -> String {
        "a table of signal names and whole numbers, like { html_only = 10 }".into()
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        numbers(value).ok_or_else(|| expected::<Self>(value))?.map(Self)
    }
    fn show(&self) -> String {
        shown(&self.0)
    }
}

/// Limits by rule: `{ account-rate = 5000 }`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits(pub BTreeMap<String, u64>);

impl Setting for Limits {
    fn allowed() -> String {
        "a table of rule names and limits, like { account-rate = 5000 }".into()
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        numbers(value).ok_or_else(|| expected::<Self>(value))?.map(Self)
    }
    fn show(&self) -> String {
        shown(&self.0)
    }
}

/// A table of names and numbers; `None` when it is no table, an error when a value is no such number.
fn numbers<T: Setting>(value: &Value<'_>) -> Option<Result<BTreeMap<String, T>, String>> {
    let read = |(name, number): (&toml::Spanned<_>, &Value<'_>)| {
        let name: &std::borrow::Cow<'_, str> = name.get_ref();
        let number = T::read(number).map_err(|why| format!("{name}: {why}"))?;
        Ok((name.to_string(), number))
    };
    Some(value.get_ref().as_table()?.iter().map(read).collect())
}

fn shown<T: std::fmt::Display>(numbers: &BTreeMap<String, T>) -> String {
    if numbers.is_empty() {
        return "{}".into();
    }
    let entries: Vec<_> = numbers.iter().map(|(name, number)| format!("{name} = {number}")).collect();
    format!("{{ {} }}", entries.join(", "))
}
