//! The OpenAPI 3.1 document, made of the table of routes.

use axum::Json;
use serde_json::{Map, Value, json};

use super::parameters::Parameter;
use super::problem::ProblemDetails;
use super::routes::{Route, routes};
use super::schema::{Components, Schema};

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
            "description": "Who is blocked for spam, why, and how he gets out. Pages go on with `after`; failures are problem details (RFC 9457).",
            "license": { "name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT" },
        },
        "security": [{ "key": [] }],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": { "key": { "type": "http", "scheme": "bearer", "description": "`portreeve keys add`" } },
        },
    })
}

fn operation(route: &Route, components: &mut Components) -> Value {
    let answer = (route.answer)(components);
    let mut operation = json!({
        "operationId": operation_id(route),
        "summary": route.summary,
        "description": format!("Needs to be allowed `{}`.", route.action.as_str()),
        "parameters": parameters(route),
        "responses": {
            "200": { "description": "Done.", "content": { "application/json": { "schema": answer } } },
        },
    });
    if let (Some(describe), Some(fields)) = (route.body, operation.as_object_mut()) {
        let schema = describe(components);
        let content = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
        fields.insert("requestBody".into(), content);
    }
    let problem = ProblemDetails::describe(components);
    if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
        for (status, description) in problems(route) {
            let content = json!({ "application/problem+json": { "schema": problem } });
            responses.insert(status.to_owned(), json!({ "description": description, "content": content }));
        }
    }
    operation
}

/// What can go wrong with a route.
fn problems(route: &Route) -> Vec<(&'static str, &'static str)> {
    let changes = route.action.changes();
    let mut problems = vec![
        ("401", "There is no valid key."),
        ("404", "There is no such thing, or nothing that this key may see."),
        ("429", "Too many wrong keys came from there."),
        ("503", "The store can't be read or written."),
    ];
    problems.extend((!route.query.is_empty() || route.body.is_some()).then_some(("400", "The request can't be read.")));
    problems.extend(
        (!route.query.is_empty() || route.body.is_some()).then_some(("422", "The request has mistakes: all of them.")),
    );
    problems.extend(changes.then_some(("403", "This key may only look.")));
    problems.extend((route.action.changes()).then_some(("409", "It is not in a state that allows this.")));
    problems.extend(route.body.is_some().then_some(("413", "The body is too large.")));
    problems.extend(route.body.is_some().then_some(("415", "The body is no JSON.")));
    // Keys are managed by operators alone, looking included.
    problems
}

fn operation_id(route: &Route) -> String {
    let words = route.path.trim_start_matches("/api/").split('/').map(|part| part.trim_matches(['{', '}']));
    format!("{}_{}", route.method, words.collect::<Vec<_>>().join("_").replace('-', "_"))
}

fn parameters(route: &Route) -> Vec<Value> {
    let in_path = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path =
        in_path.map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    let in_query = route.query.iter().map(|Parameter { name, schema, about }| {
        json!({ "name": name, "in": "query", "required": false, "description": about, "schema": { "type": schema } })
    });
    in_path.chain(in_query).collect()
}
