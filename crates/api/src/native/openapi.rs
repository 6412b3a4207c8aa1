//! The OpenAPI 3.1 document, made of the table of routes.

use axum::Json;
use serde_json::{Map, Value, json};

use super::examples;
use super::parameters::{Parameter, in_path};
use super::problem::ProblemDetails;
use super::routes::{Describe, Gives, Route, Takes, routes};
use super::schema::{Components, Schema};

const ABOUT: &str = "Who is blocked for spam, why, and how he gets out.\n\n\
    Lists go on with `after`: give what the page before told as `next`. Failures are problem details (RFC 9457), whose \
    `detail` is a sentence for whoever asked. What a key may not see is answered as what isn't there. Calls that change \
    something may carry an `Idempotency-Key`: they are carried out once within 24 hours, however often they are sent, and \
    answered the same; the same key with another call is refused.";

/// `GET /api/openapi.json`; needs no key.
pub(super) async fn show() -> Json<Value> {
    Json(document())
}

pub(super) fn document() -> Value {
    let (mut components, mut paths) = (Components::new(), Map::new());
    for route in routes() {
        let operation = operation(&route, &mut components);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(methods) = path.as_object_mut() {
            methods.insert(route.method.to_owned(), operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Portreeve",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT" },
        },
        "servers": [{ "url": "/" }],
        "security": [{ "key": [] }],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": { "key": { "type": "http", "scheme": "bearer", "description": "`portreeve keys add`" } },
        },
    })
}

fn operation(route: &Route, components: &mut Components) -> Value {
    let mut operation = Map::new();
    operation.insert("operationId".into(), operation_id(route).into());
    operation.insert("tags".into(), json!([family(route)]));
    operation.insert("summary".into(), route.summary.into());
    operation.insert("description".into(), format!("Needs to be allowed `{}`.", route.action.as_str()).into());
    operation.insert("parameters".into(), parameters(route).into());
    if let Some(body) = body(route, components) {
        operation.insert("requestBody".into(), body);
    }
    operation.insert("responses".into(), responses(route, components));
    Value::Object(operation)
}

/// The first word of the path.
fn family(route: &Route) -> &str {
    route.path.trim_start_matches("/api/").split('/').next().unwrap_or_default()
}

fn body(route: &Route, components: &mut Components) -> Option<Value> {
    let content = match route.takes {
        Takes::Nothing => return None,
        Takes::Json(describe) => json!({ "application/json": exemplified(describe(components), components) }),
        Takes::Raw(media) => {
            let schema = json!({ "type": "string", "contentMediaType": media, "maxLength": route.most });
            json!({ media: with(schema, examples::of_media(media)) })
        }
    };
    Some(json!({ "required": true, "content": content }))
}

fn responses(route: &Route, components: &mut Components) -> Value {
    let content = match route.gives {
        Gives::Json(describe) => json!({ "application/json": exemplified(describe(components), components) }),
        Gives::Raw(media) => json!({ media: { "schema": { "type": "string" } } }),
    };
    let mut responses = Map::new();
    for status in std::iter::once(route.status).chain(route.may_make.then_some(201)) {
        responses.insert(status.to_string(), json!({ "description": yes(status), "content": content }));
    }
    let problem = (ProblemDetails::describe as Describe)(components);
    for (status, description) in problems(route) {
        let content = json!({ "application/problem+json": with(problem.clone(), examples::of_problem(status)) });
        responses.insert(status.to_owned(), json!({ "description": description, "content": content }));
    }
    Value::Object(responses)
}

fn exemplified(schema: Value, components: &Components) -> Value {
    let example = examples::of_schema(&schema, components);
    with(schema, example)
}

fn with(schema: Value, example: Option<Value>) -> Value {
    match example {
        Some(example) => json!({ "schema": schema, "example": example }),
        None => json!({ "schema": schema }),
    }
}

fn yes(status: u16) -> &'static str {
    match status {
        201 => "Made.",
        202 => "Begun; it goes on behind this answer.",
        _ => "Done.",
    }
}

/// What can go wrong with a route.
fn problems(route: &Route) -> Vec<(&'static str, &'static str)> {
    let takes = !matches!(route.takes, Takes::Nothing);
    let asks = takes || route.is_unsafe();
    let rows = [
        (true, "401", "There is no valid key."),
        (true, "404", "There is no such thing, or nothing that this key may see."),
        (true, "429", "Too many wrong keys came from there, or too much is going on."),
        (true, "500", "A defect of this program; please report it."),
        (true, "503", "The store can't be read or written."),
        (asks, "400", "The request can't be read."),
        (true, "422", "The request has mistakes: all of them."),
        (route.action.changes(), "403", "This key may only look."),
        (
            route.is_unsafe(),
            "409",
            "It is not in a state that allows this, or the idempotency key is that of another call, or of one under way.",
        ),
        (route.over_a_version, "412", "It is another by now than `If-Match` says."),
        (route.is_unsafe(), "413", "The body is too large."),
        (takes, "415", "The body is of another media type."),
    ];
    rows.into_iter().filter(|(applies, ..)| *applies).map(|(_, status, about)| (status, about)).collect()
}

fn operation_id(route: &Route) -> String {
    let words = route.path.trim_start_matches("/api/").split('/').map(|part| part.trim_matches(['{', '}']));
    format!("{}_{}", route.method, words.collect::<Vec<_>>().join("_").replace('-', "_"))
}

fn parameters(route: &Route) -> Vec<Value> {
    let in_path = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).map(|name| {
        let (kind, about) = in_path(name);
        json!({ "name": name, "in": "path", "required": true, "description": about, "schema": kind.schema })
    });
    let in_query = route.query.iter().map(|Parameter { name, kind, about, required }| {
        json!({ "name": name, "in": "query", "required": required, "description": about, "schema": kind().schema })
    });
    in_path.chain(in_query).chain(in_header(route)).chain(if_match(route)).collect()
}

fn if_match(route: &Route) -> Option<Value> {
    let about = "The `ETag` of what was seen: it is refused (412) when it is another by now.";
    let schema = json!({ "type": "string", "pattern": "^\"[0-9a-f]{16}\"$", "examples": ["\"0123456789abcdef\""] });
    let header =
        json!({ "name": "If-Match", "in": "header", "required": false, "description": about, "schema": schema });
    route.over_a_version.then_some(header)
}

fn in_header(route: &Route) -> Option<Value> {
    let about = "Carried out once for each key within 24 hours, and answered the same.";
    let schema =
        json!({ "type": "string", "pattern": "^[!-~]{1,255}$", "examples": ["9b2e5f0c-6a1d-4c43-8f0e-1d2c3b4a5968"] });
    let header = json!({
        "name": "Idempotency-Key", "in": "header", "required": false, "description": about, "schema": schema,
    });
    route.is_unsafe().then_some(header)
}
