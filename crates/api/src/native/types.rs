//! Types of the wire that know their bounds: what does not fit is refused where it is read, and the document says so.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ::customers::ticket::Author;
use ::customers::{Expiry, Kind, Language};
use access::Role;
use limits::{DeliveryState, LetterState};
use model::circumstances::Confirmation;
use model::{BlockState, SubjectKind, Timestamp, WayOut};
use pipeline::Topic;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

use super::fit::listed;
use super::schema::{Components, Schema};

/// A moment, as RFC 3339 writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct When(pub(super) Timestamp);

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let wrong = || D::Error::custom("expected a time like 2026-11-25T18:00:00Z");
        Timestamp::parse(&text).map(Self).ok_or_else(wrong)
    }
}

impl Schema for When {
    fn describe(_: &mut Components) -> Value {
        json!({ "type": "string", "format": "date-time", "examples": ["2026-11-25T18:00:00Z"] })
    }
}

/// A moment or the beginning of a day, as it stands behind a question mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment(pub(super) Timestamp);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        pipeline::moment(&text).map(Self).ok_or_else(|| D::Error::custom("expected a time, or a day"))
    }
}

/// One of some words.
pub(super) trait Words: Copy + 'static {
    /// All of them.
    fn all() -> Vec<Self>;
    /// The word.
    fn word(self) -> &'static str;
}

macro_rules! words {
    ($( $Type:ty: $all:expr; )*) => { $(
        impl Words for $Type {
            fn all() -> Vec<Self> {
                $all.to_vec()
            }
            fn word(self) -> &'static str {
                self.as_str()
            }
        }
    )* };
}
words! {
    BlockState: [Self::BlockedForSpam, Self::Unblocking, Self::Unblocked];
    SubjectKind: Self::ALL;
    WayOut: Self::ALL;
    Topic: Self::ALL;
    Kind: Self::ALL;
    Language: Self::ALL;
    DeliveryState: Self::ALL;
    LetterState: Self::ALL;
    alerts::Notice: Self::ALL;
    Role: [Self::Operator, Self::Auditor, Self::Customer];
}

impl Words for Author {
    fn all() -> Vec<Self> {
        vec![Self::Customer, Self::Support]
    }
    fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Support => "support",
        }
    }
}

impl Words for Confirmation {
    fn all() -> Vec<Self> {
        vec![Self::Spam, Self::Ham]
    }
    fn word(self) -> &'static str {
        self.as_str()
    }
}

/// One of the words of `W`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<W>(pub(super) W);

impl<W: Words> Serialize for Word<W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.word())
    }
}

impl<'de, W: Words> Deserialize<'de> for Word<W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let found = W::all().into_iter().find(|choice| choice.word() == text);
        found.map(Self).ok_or_else(|| D::Error::custom(format!("expected {}", listed(&all_words::<W>(), "or"))))
    }
}

impl<W: Words> Schema for Word<W> {
    fn describe(_: &mut Components) -> Value {
        json!({ "type": "string", "enum": all_words::<W>() })
    }
}

/// Every word, for a schema.
pub(super) fn all_words<W: Words>() -> Vec<&'static str> {
    W::all().into_iter().map(Words::word).collect()
}

/// A text of `LEAST` to `MOST` characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct Text<const LEAST: usize, const MOST: usize>(pub(super) String);

impl<'de, const LEAST: usize, const MOST: usize> Deserialize<'de> for Text<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let length = text.chars().count();
        if (LEAST..=MOST).contains(&length) {
            return Ok(Self(text));
        }
        Err(D::Error::custom(format!("expected {LEAST} to {MOST} characters, found {length}")))
    }
}

impl<const LEAST: usize, const MOST: usize> Schema for Text<LEAST, MOST> {
    fn describe(_: &mut Components) -> Value {
        json!({ "type": "string", "minLength": LEAST, "maxLength": MOST })
    }
}

/// A password of `LEAST` to `MOST` characters: no answer quotes it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Secret<const LEAST: usize, const MOST: usize>(pub(super) Text<LEAST, MOST>);

impl<const LEAST: usize, const MOST: usize> std::fmt::Debug for Secret<LEAST, MOST> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl<const LEAST: usize, const MOST: usize> Schema for Secret<LEAST, MOST> {
    fn describe(_: &mut Components) -> Value {
        json!({ "type": "string", "format": "password", "minLength": LEAST, "maxLength": MOST, "writeOnly": true })
    }
}

/// A day, as RFC 3339 writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct Day(pub(super) String);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || D::Error::custom("expected a day like 2026-12-31");
        Expiry::parse(&text).map(|day| Self(day.day())).ok_or_else(wrong)
    }
}

impl Schema for Day {
    fn describe(_: &mut Components) -> Value {
        json!({ "type": "string", "format": "date", "examples": ["2026-12-31"] })
    }
}

/// The name of something.
pub(super) type Name = Text<1, { super::parameters::MAX_NAME }>;

impl<const LEAST: usize, const MOST: usize> Text<LEAST, MOST> {
    /// The text itself, where there is one.
    pub(super) fn of(text: Option<Self>) -> Option<String> {
        text.map(|text| text.0)
    }
}

/// Larger numbers are no longer exact where JSON is read into floating point (RFC 8259 6).
pub(super) const MAX_NUMBER: u64 = (1 << 53) - 1;

/// A number from `LEAST` to `MOST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct Bounded<const LEAST: u64, const MOST: u64>(pub(super) u64);

/// The number of a row.
pub(super) type Number = Bounded<1, MAX_NUMBER>;
/// Rows of a page.
pub(super) type Limit = Bounded<1, { limits::MAX_PAGE as u64 }>;

impl Limit {
    /// As it was asked for, or 100.
    pub(super) fn rows(asked: Option<Self>) -> usize {
        asked.and_then(|limit| usize::try_from(limit.0).ok()).unwrap_or(100)
    }
}

impl<'de, const LEAST: u64, const MOST: u64> Deserialize<'de> for Bounded<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u64::deserialize(deserializer)?;
        let wrong = || D::Error::custom(format!("expected {LEAST} to {MOST}, found {number}"));
        (LEAST..=MOST).contains(&number).then_some(Self(number)).ok_or_else(wrong)
    }
}

impl<const LEAST: u64, const MOST: u64> Schema for Bounded<LEAST, MOST> {
    fn describe(_: &mut Components) -> Value {
        json!({ "type": "integer", "minimum": LEAST, "maximum": MOST })
    }
}

/// How many of something.
pub(super) type Amount = Bounded<0, { u32::MAX as u64 }>;

impl From<u32> for Amount {
    fn from(number: u32) -> Self {
        Self(number.into())
    }
}

impl Amount {
    /// The number; it fits by its bounds.
    pub(super) fn small(self) -> u32 {
        u32::try_from(self.0).unwrap_or(u32::MAX)
    }
}

/// Numbers by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Amounts(BTreeMap<String, Bounded<0, MAX_NUMBER>>);

impl Amounts {
    pub(super) fn of(numbers: BTreeMap<String, u64>) -> Self {
        Self(numbers.into_iter().map(|(name, number)| (name, Bounded(number))).collect())
    }

    pub(super) fn numbers(self) -> BTreeMap<String, u64> {
        self.0.into_iter().map(|(name, number)| (name, number.0)).collect()
    }
}

impl Schema for Amounts {
    fn describe(components: &mut Components) -> Value {
        let number = Bounded::<0, MAX_NUMBER>::describe(components);
        json!({ "type": "object", "additionalProperties": number, "examples": [{ "account-rate": 5000 }] })
    }
}

/// Texts by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Texts(pub(super) BTreeMap<String, String>);

impl Schema for Texts {
    fn describe(_: &mut Components) -> Value {
        json!({ "type": "object", "additionalProperties": { "type": "string" } })
    }
}
