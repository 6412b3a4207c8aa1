//! What may stand behind the question mark of each list, and in a path.

use serde_json::{Value, json};

use super::types::{Words, all_words};

/// One parameter of a query.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameter {
    /// Its name.
    pub(super) name: &'static str,
    /// Its schema.
    pub(super) schema: fn() -> Value,
    /// What it means.
    pub(super) about: &'static str,
    /// Whether it must be there.
    pub(super) required: bool,
}

/// A parameter that may be left out.
pub(super) const fn parameter(name: &'static str, schema: fn() -> Value, about: &'static str) -> Parameter {
    Parameter { name, schema, about, required: false }
}

/// One that must be there.
pub(super) const fn required(name: &'static str, schema: fn() -> Value, about: &'static str) -> Parameter {
    Parameter { name, schema, about, required: true }
}

/// A flag.
pub(super) const fn flag(name: &'static str, about: &'static str) -> Parameter {
    parameter(name, boolean, about)
}

pub(super) const SINCE: Parameter = parameter("since", moment, "From then on: RFC 3339, or a day.");
pub(super) const UNTIL: Parameter = parameter("until", moment, "Before then: RFC 3339, or a day.");
pub(super) const LIMIT: Parameter = parameter("limit", limit, "At most so many; 100 when it is left out.");
pub(super) const OLDEST: Parameter = flag("oldest", "Oldest first instead of latest first.");
pub(super) const CUSTOMER: Parameter = parameter("customer", name, "Only what the customer of this service owns.");
/// Of lists that go on below a number.
pub(super) const BELOW: Parameter = parameter("after", number, NEXT);
/// What a cursor is.
pub(super) const NEXT: &str = "What an earlier page told as next.";

/// Characters of a name: none is longer.
pub(super) const MAX_NAME: usize = 320;

/// A name.
pub(super) fn name() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": MAX_NAME })
}

pub(super) fn boolean() -> Value {
    json!({ "type": "boolean", "default": false })
}

fn limit() -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": limits::MAX_PAGE, "default": 100 })
}

/// The number of a row: JSON's readers know no larger ones.
pub(super) fn number() -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": super::types::MAX_NUMBER })
}

/// A day, or a time.
fn moment() -> Value {
    let day = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])";
    let time = "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?Z";
    let examples = ["2026-11-25", "2026-11-25T18:00:00Z"];
    json!({ "type": "string", "pattern": format!("^{day}({time})?$"), "examples": examples })
}

/// One of the words of `W`.
pub(super) fn word<W: Words>() -> Value {
    json!({ "type": "string", "enum": all_words::<W>() })
}

/// A block's reference.
pub(super) fn reference() -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-z0-9]{1,32}$", "examples": ["k3x9qm2f7cabcdef"] })
}

fn letter() -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-z0-9-]{1,32}\\.[0-9]{1,9}$", "examples": ["k3x9qm2f7cabcdef.0"] })
}

/// An account, an address, a domain, a network, or the beginning of a name and "*".
pub(super) fn subject() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 320, "examples": ["bob@shop.example", "192.0.2.0/24", "bob@*"] })
}

/// An account, an address, a domain or a network.
pub(super) fn whole_subject() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 320, "examples": ["bob@shop.example", "192.0.2.0/24"] })
}

/// An address.
pub(super) fn address() -> Value {
    json!({ "anyOf": [{ "type": "string", "format": "ipv4" }, { "type": "string", "format": "ipv6" }] })
}

/// The parameters of paths by their names, with what they mean.
pub(super) fn in_path(name: &str) -> (Value, &'static str) {
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
pub(super) fn position() -> Value {
    json!({ "type": "string", "pattern": "^[0-9]{1,15}\\.[A-Za-z0-9]{1,32}$" })
}
