//! What may stand behind the question mark of each list, and in a path.

use std::net::IpAddr;

use limits::BlockPosition;
use serde_json::{Value, json};

use super::fit;
use super::types::{Words, all_words};

/// What a parameter may be: its schema, and how it is read where a schema can't say it.
pub(super) struct Kind {
    /// Its schema.
    pub(super) schema: Value,
    read: Option<Reading>,
}

/// How a text is read.
struct Reading {
    fits: fn(&str) -> bool,
    /// What fits, in words.
    expected: &'static str,
}

impl Kind {
    /// What the schema says, and nothing else.
    pub(super) const fn of(schema: Value) -> Self {
        Self { schema, read: None }
    }

    /// What is read so. The schema is for programs that make such texts up, and may be narrower.
    pub(super) const fn read(schema: Value, fits: fn(&str) -> bool, expected: &'static str) -> Self {
        Self { schema, read: Some(Reading { fits, expected }) }
    }

    /// Where a page goes on, as an earlier one told.
    pub(super) fn cursor(pattern: &str, fits: fn(&str) -> bool) -> Self {
        Self::read(json!({ "type": "string", "pattern": pattern }), fits, "what a page told as next")
    }

    /// Whether this is one.
    pub(super) fn allows(&self, text: &str) -> bool {
        let by_schema = || fit::mistake(&meant(text, &self.schema), &self.schema).is_none();
        self.read.as_ref().map_or_else(by_schema, |read| (read.fits)(text))
    }

    /// What it may be, in words.
    pub(super) fn expected(&self) -> String {
        self.read.as_ref().map_or_else(|| fit::expected(&self.schema), |read| read.expected.to_owned())
    }
}

/// The value that a text stands for, as it is read later.
fn meant(text: &str, schema: &Value) -> Value {
    let read = match schema.get("type").and_then(Value::as_str) {
        Some("integer") => text.parse::<i64>().ok().map(Value::from),
        Some("boolean") => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    read.unwrap_or_else(|| text.into())
}

/// One parameter of a query.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameter {
    /// Its name.
    pub(super) name: &'static str,
    /// What it may be.
    pub(super) kind: fn() -> Kind,
    /// What it means.
    pub(super) about: &'static str,
    /// Whether it must be there.
    pub(super) required: bool,
}

/// A parameter that may be left out.
pub(super) const fn parameter(name: &'static str, kind: fn() -> Kind, about: &'static str) -> Parameter {
    Parameter { name, kind, about, required: false }
}

/// One that must be there.
pub(super) const fn required(name: &'static str, kind: fn() -> Kind, about: &'static str) -> Parameter {
    Parameter { name, kind, about, required: true }
}

/// A flag.
pub(super) const fn flag(name: &'static str, about: &'static str) -> Parameter {
    parameter(name, boolean, about)
}

pub(super) const SINCE: Parameter = parameter("since", moment, "From then on: RFC 3339, or a day.");
pub(super) const UNTIL: Parameter = parameter("until", moment, "Before then: RFC 3339, or a day.");
pub(super) const LIMIT: Parameter = parameter("limit", limit, "At most so many; 100 when it is left out.");
pub(super) const OLDEST: Parameter = flag("oldest", "Oldest first instead of latest first.");
/// Of lists of subjects.
pub(super) const KIND: Parameter = parameter("kind", word::<model::SubjectKind>, "Only of this kind of subject.");
pub(super) const CUSTOMER: Parameter = parameter("customer", name, "Only what the customer of this service owns.");
/// Of lists that go on below a number.
pub(super) const BELOW: Parameter = parameter("after", number, NEXT);
/// What a cursor is.
pub(super) const NEXT: &str = "What an earlier page told as next.";

/// Characters of a name: none is longer.
pub(super) const MAX_NAME: usize = 320;

/// A name.
pub(super) fn name() -> Kind {
    Kind::of(json!({ "type": "string", "minLength": 1, "maxLength": MAX_NAME }))
}

fn boolean() -> Kind {
    Kind::of(json!({ "type": "boolean", "default": false }))
}

fn limit() -> Kind {
    Kind::of(json!({ "type": "integer", "minimum": 1, "maximum": limits::MAX_PAGE, "default": 100 }))
}

/// The number of a row: JSON's readers know no larger ones.
fn number() -> Kind {
    Kind::of(json!({ "type": "integer", "minimum": 1, "maximum": super::types::MAX_NUMBER }))
}

/// A day, or a time.
fn moment() -> Kind {
    let day = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])";
    let time = "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?Z";
    let examples = ["2026-11-25", "2026-11-25T18:00:00Z"];
    let schema = json!({ "type": "string", "pattern": format!("^{day}({time})?$"), "examples": examples });
    let expected = "a time like 2026-11-25T18:00:00Z, or a day like 2026-11-25";
    Kind::read(schema, |text| pipeline::moment(text).is_some(), expected)
}

/// One of the words of `W`.
pub(super) fn word<W: Words>() -> Kind {
    Kind::of(json!({ "type": "string", "enum": all_words::<W>() }))
}

/// A block's reference.
pub(super) fn reference() -> Kind {
    let schema = json!({ "type": "string", "pattern": "^[A-Za-z0-9]{1,32}$", "examples": ["k3x9qm2f7cabcdef"] });
    Kind::read(schema, |text| super::reference(text).is_ok(), "the reference of a block")
}

fn letter() -> Kind {
    let schema =
        json!({ "type": "string", "pattern": "^[A-Za-z0-9-]{1,32}\\.[0-9]{1,9}$", "examples": ["k3x9qm2f7cabcdef.0"] });
    Kind::of(schema)
}

/// An account, an address, a domain, a network, or the beginning of a name and "*".
pub(super) fn subject() -> Kind {
    Kind::of(
        json!({ "type": "string", "minLength": 1, "maxLength": MAX_NAME, "examples": ["bob@shop.example", "192.0.2.0/24", "bob@*"] }),
    )
}

/// An account, an address, a domain or a network.
pub(super) fn whole_subject() -> Kind {
    Kind::of(
        json!({ "type": "string", "minLength": 1, "maxLength": MAX_NAME, "examples": ["bob@shop.example", "192.0.2.0/24"] }),
    )
}

/// An address.
pub(super) fn address() -> Kind {
    let schema = json!({ "anyOf": [{ "type": "string", "format": "ipv4" }, { "type": "string", "format": "ipv6" }] });
    Kind::read(schema, |text| text.trim().parse::<IpAddr>().is_ok(), "an IP address")
}

/// The parameters of paths by their names, with what they mean.
pub(super) fn in_path(name: &str) -> (Kind, &'static str) {
    match name {
        "reference" => (reference(), "The block's reference."),
        "kind" => (word::<model::SubjectKind>(), "What kind of subject it is."),
        "name" => (self::name(), "Its name."),
        "account" => (self::name(), "The account's login."),
        "service" => (self::name(), "The service's name."),
        "hook" => (self::name(), "The webhook's name in the configuration."),
        "event" => (self::name(), "The event's id."),
        "user" => (self::name(), "The user's name."),
        "key" => (self::name(), "The key's id."),
        "print" => (self::name(), "What the fingerprint is called."),
        "template" => (word::<alerts::Notice>(), "Which letter."),
        "letter" => (letter(), "What the letter is called."),
        _ => (number(), "Its number."),
    }
}

/// A block's place in a list: its time in milliseconds, and its reference.
pub(super) fn position() -> Kind {
    Kind::cursor("^[0-9]{1,15}\\.[A-Za-z0-9]{1,32}$", |text| BlockPosition::parse(text).is_some())
}
