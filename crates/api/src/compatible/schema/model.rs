//! A type of the answers, as the documents describe it.

use serde_json::{Map, Value, json};

/// An object with its fields, or the words that may stand in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::compatible) struct Model {
    /// With its namespace: "ip.SpamIp".
    pub(in crate::compatible) name: String,
    about: &'static str,
    shape: Shape,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    Object(Vec<Field>),
    Words(Vec<&'static str>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Field {
    name: &'static str,
    kind: String,
    may_be_null: bool,
    about: &'static str,
}

/// An object. Each field is a name, a type and a sentence; a type that ends with `?` may be null, and `.` at its beginning
/// stands for the object's own namespace.
pub(in crate::compatible) fn object(
    name: impl Into<String>,
    about: &'static str,
    fields: &[(&'static str, &str, &'static str)],
) -> Model {
    let name = name.into();
    let namespace = parts(&name).0.to_owned();
    let field = |&(name, kind, about): &(&'static str, &str, &'static str)| {
        let bare = kind.trim_end_matches('?');
        let own = if bare.starts_with('.') { namespace.as_str() } else { "" };
        Field { name, kind: format!("{own}{bare}"), may_be_null: bare != kind, about }
    };
    Model { about, shape: Shape::Object(fields.iter().map(field).collect()), name }
}

/// Words.
pub(in crate::compatible) fn words(
    name: impl Into<String>,
    about: &'static str,
    words: impl IntoIterator<Item = &'static str>,
) -> Model {
    Model { name: name.into(), about, shape: Shape::Words(words.into_iter().collect()) }
}

impl Model {
    /// The types of its fields.
    pub(in crate::compatible) fn kinds(&self) -> impl Iterator<Item = &str> {
        let fields = if let Shape::Object(fields) = &self.shape { fields.as_slice() } else { &[] };
        fields.iter().map(|field| field.kind.as_str())
    }

    /// As the documents have it.
    pub(in crate::compatible) fn described(&self) -> Value {
        let (namespace, id) = parts(&self.name);
        let head = json!({ "id": id, "namespace": namespace, "description": self.about });
        let mut described = if let Value::Object(head) = head { head } else { Map::new() };
        match &self.shape {
            Shape::Object(fields) => {
                let fields = fields.iter().map(|field| (field.name.to_owned(), field.described()));
                described.insert("properties".into(), Value::Object(fields.collect()));
            }
            Shape::Words(words) => {
                described.insert("enum".into(), json!(words));
                described.insert("enumType".into(), json!("string"));
            }
        }
        Value::Object(described)
    }
}

impl Field {
    fn described(&self) -> Value {
        json!({
            "type": self.kind,
            "fullType": self.kind,
            "canBeNull": self.may_be_null,
            "readOnly": true,
            "required": !self.may_be_null,
            "description": self.about,
        })
    }
}

/// Namespace and name.
fn parts(name: &str) -> (&str, &str) {
    name.rsplit_once('.').unwrap_or(("", name))
}
