//! One option's value: how it is read from TOML and how it is shown.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use toml::Spanned;
use toml::de::DeValue;

/// A value in the file, with its place.
pub type Value<'i> = Spanned<DeValue<'i>>;

/// A type that an option can have.
pub trait Setting: Sized {
    /// What is allowed, to follow "expected".
    fn allowed() -> String;
    /// The value, or a sentence why not (without the option's name).
    fn read(value: &Value<'_>) -> Result<Self, String>;
    /// The value as TOML.
    fn show(&self) -> String;
    /// What stands in for a required value that could not be read, so that everything else of its entry is looked at too. Never
    /// in force, since there was a mistake. `None`: the whole entry is left out then.
    fn blank() -> Option<Self> {
        None
    }
}

/// "expected ..., found ..."
pub(crate) fn expected<T: Setting>(value: &Value<'_>) -> String {
    format!("expected {}, found {}", T::allowed(), describe(value.get_ref()))
}

fn describe(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("\"{text}\""),
        DeValue::Integer(number) => format!("the number {number}"),
        DeValue::Float(number) => format!("the number {number}"),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(time) => format!("the date {time}"),
        DeValue::Array(_) => "a list".into(),
        DeValue::Table(_) => "a table".into(),
    }
}

impl Setting for bool {
    fn allowed() -> String {
        "true or false".into()
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        value.get_ref().as_bool().ok_or_else(|| expected::<Self>(value))
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

macro_rules! integer {
    ($($ty:ty),*) => {$(
        impl Setting for $ty {
            fn allowed() -> String {
                format!("a whole number from {} to {}", <$ty>::MIN, <$ty>::MAX)
            }
            fn read(value: &Value<'_>) -> Result<Self, String> {
                let number = value.get_ref().as_integer();
                let parsed = number.and_then(|n| <$ty>::from_str_radix(n.as_str(), n.radix()).ok());
                parsed.ok_or_else(|| expected::<Self>(value))
            }
            fn show(&self) -> String {
                self.to_string()
            }
            fn blank() -> Option<Self> {
                Some(0)
            }
        }
    )*};
}
integer!(u8, u16, u32, u64, i32, i64);

impl Setting for String {
    fn allowed() -> String {
        "a text in quotes".into()
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        value.get_ref().as_str().map(str::to_owned).ok_or_else(|| expected::<Self>(value))
    }
    fn show(&self) -> String {
        toml::Value::String(self.clone()).to_string()
    }
    fn blank() -> Option<Self> {
        Some(Self::new())
    }
}

impl Setting for PathBuf {
    fn allowed() -> String {
        "a path in quotes".into()
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        match value.get_ref().as_str() {
            Some(path) if !path.is_empty() => Ok(path.into()),
            _ => Err(expected::<Self>(value)),
        }
    }
    fn show(&self) -> String {
        self.to_string_lossy().into_owned().show()
    }
    fn blank() -> Option<Self> {
        Some(Self::new())
    }
}

macro_rules! parsed {
    ($ty:ty, $allowed:literal) => {
        impl Setting for $ty {
            fn allowed() -> String {
                $allowed.into()
            }
            fn read(value: &Value<'_>) -> Result<Self, String> {
                let parsed = value.get_ref().as_str().and_then(|text| text.parse().ok());
                parsed.ok_or_else(|| expected::<Self>(value))
            }
            fn show(&self) -> String {
                self.to_string().show()
            }
        }
    };
}
parsed!(IpAddr, "an IP address in quotes, like \"192.0.2.1\"");
parsed!(SocketAddr, "an address with port in quotes, like \"127.0.0.1:7680\"");

impl<T: Setting> Setting for Vec<T> {
    fn allowed() -> String {
        format!("a list [...], each entry {}", T::allowed())
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        let entries = value.get_ref().as_array().ok_or_else(|| expected::<Self>(value))?;
        let read = entries.iter().map(T::read);
        let mut good = Vec::new();
        let mut bad = Vec::new();
        read.for_each(|entry| match entry {
            Ok(entry) => good.push(entry),
            Err(why) => bad.push(why),
        });
        if bad.is_empty() { Ok(good) } else { Err(bad.join("; ")) }
    }
    fn show(&self) -> String {
        format!("[{}]", self.iter().map(T::show).collect::<Vec<_>>().join(", "))
    }
    fn blank() -> Option<Self> {
        Some(Self::new())
    }
}

/// An option that may be left out; it is shown as the empty text.
impl<T: Setting> Setting for Option<T> {
    fn allowed() -> String {
        format!("{}, or \"\" for none", T::allowed())
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        match value.get_ref().as_str() {
            Some("") => Ok(None),
            _ => T::read(value).map(Some),
        }
    }
    fn show(&self) -> String {
        self.as_ref().map_or_else(|| "\"\"".into(), T::show)
    }
}

impl Setting for Duration {
    fn allowed() -> String {
        "a length of time in quotes, like \"30s\", \"10m\", \"1h30m\" or \"30d\"".into()
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        value.get_ref().as_str().and_then(parse_duration).ok_or_else(|| expected::<Self>(value))
    }
    fn show(&self) -> String {
        show_duration(*self).show()
    }
    fn blank() -> Option<Self> {
        Some(Self::ZERO)
    }
}

const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("ms", 1), ("m", 60_000), ("s", 1000)];

/// Numbers with units, largest first or in any order; at most a hundred years.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total: u64 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at(digits);
        let (unit, millis) = UNITS.iter().find(|(unit, _)| tail.starts_with(unit))?;
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(*millis)?)?;
        rest = tail.get(unit.len()..)?.trim_start();
    }
    (total <= 36_525 * 86_400_000).then(|| Duration::from_millis(total))
}

fn show_duration(length: Duration) -> String {
    let mut left = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
    let mut shown = String::new();
    for (unit, millis) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)] {
        if left >= millis {
            shown.push_str(&format!("{}{unit}", left / millis));
            left %= millis;
        }
    }
    if shown.is_empty() { "0s".into() } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_shown_alike() {
        for (text, seconds) in [("30s", 30), ("10m", 600), ("1h30m", 5400), ("30d", 2_592_000), ("0s", 0)] {
            assert_eq!(parse_duration(text), Some(Duration::from_secs(seconds)), "{text}");
            assert_eq!(show_duration(Duration::from_secs(seconds)), text);
        }
        for text in ["", "10", "m", "-1s", "1x", "99999999999d"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
