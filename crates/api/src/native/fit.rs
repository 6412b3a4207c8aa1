//! Whether a value fits the schema that the document shows, and what is wrong with it, in a sentence for each mistake.
//!
//! Only what the document's schemas use is understood. A secret is never quoted.

use ::customers::Expiry;
use model::Timestamp;
use serde_json::{Map, Value};

use super::problem::FieldError;
use super::schema::Components;

/// Mistakes of one request that are told.
pub(super) const MOST: usize = 100;
/// Bytes of a value that a sentence quotes.
const QUOTED: usize = 64;
/// Marks what must not be quoted.
const SECRET: &str = "password";

/// Every mistake of a value, up to [`MOST`], each by the name of its field.
pub(super) fn mistakes(value: &Value, schema: &Value, components: &Components) -> Vec<FieldError> {
    let mut look = Look { components, errors: Vec::new() };
    look.at("", value, schema);
    look.errors
}

/// What is wrong with a value that has no parts; `None`: nothing.
pub(super) fn mistake(value: &Value, schema: &Value) -> Option<String> {
    (!fits(value, schema)).then(|| format!("expected {}, found {}", expected(schema), found(value, schema)))
}

/// What a schema allows, in words.
pub(super) fn expected(schema: &Value) -> String {
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return listed(&words.iter().filter_map(Value::as_str).collect::<Vec<_>>(), "or");
    }
    match kind(schema) {
        "string" => expected_text(schema),
        "integer" => expected_number(schema),
        "boolean" => "true or false".into(),
        "array" => "a list".into(),
        _ => "an object".into(),
    }
}

/// Words as a sentence lists them.
pub(super) fn listed(words: &[&str], joined_by: &str) -> String {
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} {joined_by} {last}", others.join(", ")),
        None => String::new(),
    }
}

/// A text as a sentence quotes it.
pub(super) fn quoted(text: &str) -> String {
    match model::names::bounded(text, QUOTED) {
        whole if whole.len() == text.len() => format!("{whole:?}"),
        beginning => format!("{beginning:?} and so on, {} characters", text.chars().count()),
    }
}

struct Look<'a> {
    components: &'a Components,
    errors: Vec<FieldError>,
}

impl Look<'_> {
    fn at(&mut self, place: &str, value: &Value, schema: &Value) {
        if value.is_null() && allows_null(schema) {
            return;
        }
        let components = self.components;
        let schema = resolved(schema, components);
        match (value, kind(schema)) {
            (Value::Object(fields), "object") => self.fields(place, fields, schema),
            (Value::Array(items), "array") => self.items(place, items, schema),
            _ => {
                if let Some(sentence) = mistake(value, schema) {
                    self.note(place, sentence);
                }
            }
        }
    }

    fn fields(&mut self, place: &str, fields: &Map<String, Value>, schema: &Value) {
        let (none, everything) = (Map::new(), Value::Bool(true));
        let known = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
        let others = schema.get("additionalProperties").unwrap_or(&everything);
        for (name, value) in fields {
            match known.get(name).unwrap_or(others) {
                Value::Bool(false) => self.note(&child(place, name), unknown(known.keys())),
                Value::Bool(true) => {}
                schema => self.at(&child(place, name), value, schema),
            }
        }
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        for name in required.filter(|name| !fields.contains_key(*name)) {
            let expected = known.get(name).map(|schema| expected(resolved(schema, self.components)));
            self.note(&child(place, name), format!("expected {}, found nothing", expected.unwrap_or_default()));
        }
    }

    fn items(&mut self, place: &str, items: &[Value], schema: &Value) {
        let Some(schema) = schema.get("items") else { return };
        for (index, item) in items.iter().enumerate() {
            if self.errors.len() >= MOST {
                return;
            }
            self.at(&format!("{place}[{index}]"), item, schema);
        }
    }

    fn note(&mut self, place: &str, sentence: String) {
        let place = if place.is_empty() { "body" } else { model::names::bounded(place, QUOTED) };
        if self.errors.len() < MOST {
            self.errors.push(FieldError::of(place, sentence));
        }
    }
}

fn child(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}

fn unknown<'a>(known: impl Iterator<Item = &'a String>) -> String {
    let known: Vec<_> = known.map(String::as_str).collect();
    format!("there is no such field, only {}", listed(&known, "and"))
}

/// Behind its reference, and not null.
fn resolved<'a>(schema: &'a Value, components: &'a Components) -> &'a Value {
    let alternatives = schema.get("anyOf").and_then(Value::as_array);
    let one = alternatives.and_then(|all| all.iter().find(|one| kind(one) != "null")).unwrap_or(schema);
    let name = one.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
    name.and_then(|name| components.get(name)).unwrap_or(one)
}

fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str).unwrap_or_default(),
        kind => kind.and_then(Value::as_str).unwrap_or_default(),
    }
}

fn allows_null(schema: &Value) -> bool {
    let typed = schema.get("type").and_then(Value::as_array);
    typed.is_some_and(|kinds| kinds.contains(&"null".into()))
        || schema.get("anyOf").and_then(Value::as_array).is_some_and(|all| all.iter().any(|one| kind(one) == "null"))
}

fn fits(value: &Value, schema: &Value) -> bool {
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return words.contains(value);
    }
    match (value, kind(schema)) {
        (Value::String(text), "string") => fits_length(text, schema) && fits_format(text, schema),
        (Value::Number(number), "integer") => number.as_i128().is_some_and(|number| fits_bounds(number, schema)),
        (Value::Bool(_), "boolean") | (Value::Array(_), "array") | (Value::Object(_), "object") => true,
        _ => false,
    }
}

fn fits_length(text: &str, schema: &Value) -> bool {
    let (least, most, length) = (bound(schema, "minLength"), bound(schema, "maxLength"), text.chars().count() as i128);
    least.is_none_or(|least| length >= least) && most.is_none_or(|most| length <= most)
}

fn fits_format(text: &str, schema: &Value) -> bool {
    match schema.get("format").and_then(Value::as_str) {
        Some("date") => Expiry::parse(text).is_some(),
        Some("date-time") => Timestamp::parse(text).is_some(),
        _ => true,
    }
}

fn fits_bounds(number: i128, schema: &Value) -> bool {
    bound(schema, "minimum").is_none_or(|least| number >= least)
        && bound(schema, "maximum").is_none_or(|most| number <= most)
}

fn bound(schema: &Value, name: &str) -> Option<i128> {
    schema.get(name)?.as_number()?.as_i128()
}

fn expected_text(schema: &Value) -> String {
    match (schema.get("format").and_then(Value::as_str), bound(schema, "minLength"), bound(schema, "maxLength")) {
        (Some("date"), ..) => "a day like 2026-12-31".into(),
        (Some("date-time"), ..) => "a time like 2026-11-25T18:00:00Z".into(),
        (_, Some(least), Some(most)) => format!("{least} to {most} characters"),
        _ => "a text".into(),
    }
}

fn expected_number(schema: &Value) -> String {
    match (bound(schema, "minimum"), bound(schema, "maximum")) {
        (Some(least), Some(most)) => format!("a whole number from {least} to {most}"),
        _ => "a whole number".into(),
    }
}

fn found(value: &Value, schema: &Value) -> String {
    let is_secret = schema.get("format").and_then(Value::as_str) == Some(SECRET);
    match value {
        Value::Null => "null".into(),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "an object".into(),
        _ if is_secret => "something else".into(),
        // A text in place of the whole body may be a secret.
        Value::String(_) if kind(schema) == "object" => "a text".into(),
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::native::schema::{Schema, wire};
    use crate::native::types::{Bounded, Day, Secret, Text, Word};

    wire! {
        /// A leaf.
        Leaf { /// A number.
            number: Bounded<1, 9> }
        /// A tree.
        Tree {
            /// What it is.
            kind: Word<model::SubjectKind>,
            /// A secret.
            password: Option<Secret<12, 128>>,
            /// A day.
            day: Option<Day>,
            /// Names.
            names: Option<Vec<Text<1, 3>>>,
            /// A leaf.
            leaf: Option<Leaf>,
        }
    }

    fn told(value: &Value) -> Vec<(String, String)> {
        let mut components = Components::new();
        let schema = Tree::describe(&mut components);
        mistakes(value, &schema, &components).into_iter().map(|one| (one.field, one.detail)).collect()
    }

    #[test]
    fn what_fits_has_no_mistakes() {
        assert_eq!(told(&json!({ "kind": "ip", "password": null, "leaf": null })), []);
        assert_eq!(told(&json!({ "kind": "ip", "day": "2026-12-31", "names": ["a"], "leaf": { "number": 9 } })), []);
    }

    #[test]
    fn every_mistake_is_told_by_its_place() {
        let wrong = json!({
            "password": "short", "day": "tomorrow", "names": ["ok", "", 5], "leaf": { "number": 10 }, "more": 1,
        });
        let told: Vec<_> = told(&wrong).into_iter().map(|(field, detail)| format!("{field}: {detail}")).collect();
        assert_eq!(
            told,
            [
                "day: expected a day like 2026-12-31, found \"tomorrow\"",
                "leaf.number: expected a whole number from 1 to 9, found 10",
                "more: there is no such field, only day, kind, leaf, names and password",
                "names[1]: expected 1 to 3 characters, found \"\"",
                "names[2]: expected 1 to 3 characters, found 5",
                "password: expected 12 to 128 characters, found something else",
                "kind: expected account, ip or domain, found nothing",
            ]
        );
    }

    #[test]
    fn what_is_no_object_is_not_quoted() {
        assert_eq!(told(&json!("a secret")), [("body".into(), "expected an object, found a text".into())]);
    }

    #[test]
    fn there_is_an_end_to_mistakes_and_to_quotations() {
        let many = json!({ "kind": "ip", "names": vec!["x".repeat(5000); 5000] });
        let told = told(&many);
        assert_eq!(told.len(), MOST);
        assert!(told.iter().all(|(_, detail)| detail.len() < 200), "{told:?}");
    }
}
