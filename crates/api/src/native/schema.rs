//! What goes over the wire, declared once: a type for serde, and its description for the OpenAPI document.

use serde_json::{Map, Value, json};

/// Named schemas, each described once.
pub(super) type Components = Map<String, Value>;

/// A type that can describe itself as JSON Schema 2020-12, as OpenAPI 3.1 uses it.
pub(super) trait Schema {
    /// Whether it may be left out of a request.
    const OPTIONAL: bool = false;
    /// The schema, or a reference to it after it was put among the components.
    fn describe(components: &mut Components) -> Value;
}

impl Schema for String {
    fn describe(_: &mut Components) -> Value {
        json!({ "type": "string" })
    }
}

impl Schema for bool {
    fn describe(_: &mut Components) -> Value {
        json!({ "type": "boolean" })
    }
}

impl Schema for i32 {
    fn describe(_: &mut Components) -> Value {
        json!({ "type": "integer", "format": "int32" })
    }
}

impl Schema for u32 {
    fn describe(_: &mut Components) -> Value {
        json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX })
    }
}

impl Schema for u64 {
    fn describe(_: &mut Components) -> Value {
        json!({ "type": "integer", "minimum": 0 })
    }
}

impl<T: Schema> Schema for Option<T> {
    const OPTIONAL: bool = true;
    fn describe(components: &mut Components) -> Value {
        nullable(T::describe(components))
    }
}

/// A reference can't be widened; anything else says its type.
fn nullable(mut schema: Value) -> Value {
    match (schema.get("type").cloned(), schema.get_mut("enum").and_then(Value::as_array_mut)) {
        (Some(kind), words) => {
            words.into_iter().for_each(|words| words.push(Value::Null));
            if let Some(fields) = schema.as_object_mut() {
                fields.insert("type".into(), json!([kind, "null"]));
            }
            schema
        }
        (None, _) => json!({ "anyOf": [schema, { "type": "null" }] }),
    }
}

impl<T: Schema> Schema for Vec<T> {
    fn describe(components: &mut Components) -> Value {
        json!({ "type": "array", "items": T::describe(components) })
    }
}

/// Declares types of requests and answers.
macro_rules! wire {
    ($(
        $(#[doc = $doc:literal])*
        $Name:ident { $( $(#[doc = $about:literal])* $field:ident: $Type:ty ),* $(,)? }
    )*) => { $(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $Name { $( $(#[doc = $about])* pub(super) $field: $Type, )* }

        impl $crate::native::schema::Schema for $Name {
            fn describe(components: &mut $crate::native::schema::Components) -> serde_json::Value {
                let name = stringify!($Name);
                if !components.contains_key(name) {
                    // Before its fields: a type that holds itself is described once, too.
                    components.insert(name.to_owned(), serde_json::Value::Null);
                    let mut fields = serde_json::Map::new();
                    let mut required: Vec<&str> = Vec::new();
                    $(
                        let described = <$Type as $crate::native::schema::Schema>::describe(components);
                        let about = concat!($($about),*).trim();
                        let field = stringify!($field).trim_start_matches("r#");
                        fields.insert(field.to_owned(), $crate::native::schema::documented(described, about));
                        if !<$Type as $crate::native::schema::Schema>::OPTIONAL {
                            required.push(field);
                        }
                    )*
                    let about = concat!($($doc),*).trim();
                    components.insert(name.to_owned(), serde_json::json!({
                        "type": "object", "description": about, "properties": fields, "required": required,
                        "additionalProperties": false,
                    }));
                }
                serde_json::json!({ "$ref": format!("#/components/schemas/{name}") })
            }
        }
    )* };
}
pub(super) use wire;

pub(super) fn documented(schema: Value, about: &str) -> Value {
    match schema {
        Value::Object(mut fields) => {
            // OpenAPI 3.1 lets a description stand beside a reference.
            fields.insert("description".into(), about.into());
            Value::Object(fields)
        }
        other => other,
    }
}
