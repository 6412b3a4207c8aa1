//! The last day of a subscription.

use std::time::Duration;

use model::Timestamp;
use settings::{Setting, Value};

/// The moment after the last day (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiry(pub Timestamp);

const DAY: Duration = Duration::from_secs(86_400);

impl Expiry {
    /// The last day as it is written: "2026-12-31".
    pub fn parse(text: &str) -> Option<Self> {
        Timestamp::parse(&format!("{text}T00:00:00Z")).map(|day| Self(day.after(DAY)))
    }

    /// The last day as it is written.
    pub fn day(self) -> String {
        let day = self.0.before(DAY).to_string();
        day.split('T').next().unwrap_or_default().to_owned()
    }
}

impl Setting for Expiry {
    fn allowed() -> String {
        "a day like \"2026-12-31\"".into()
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        let text = String::read(value).map_err(|_| format!("expected {}", Self::allowed()))?;
        Self::parse(&text).ok_or_else(|| format!("expected {}, found \"{text}\"", Self::allowed()))
    }
    fn show(&self) -> String {
        self.day().show()
    }
}
