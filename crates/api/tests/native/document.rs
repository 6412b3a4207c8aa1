//! What the OpenAPI document promises.

use api::native::routes;
use axum::http::StatusCode;
use serde_json::Value;

use crate::world::{Who, World, read};

#[tokio::test]
async fn the_document_describes_every_route_and_its_references_resolve() {
    let world = World::new();
    let document = world.json(Who::Nobody, "/api/openapi.json").await;
    for route in routes() {
        let described = &document["paths"][route.path][route.method];
        assert!(described["responses"][route.status.to_string()].is_object(), "{} {}", route.method, route.path);
    }
    let text = document.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document["components"]["schemas"][reference].is_object(), "{reference}");
    }
}

#[tokio::test]
async fn every_parameter_that_is_described_is_understood() {
    let world = World::new();
    let document = world.json(Who::Nobody, "/api/openapi.json").await;
    for route in routes().iter().filter(|route| route.method == "get" && !route.path.contains('{')) {
        for parameter in document["paths"][route.path]["get"]["parameters"].as_array().unwrap() {
            let path = format!("{}?{}", route.path, asked(route.path, parameter));
            let answer = world.call(Who::Operator, "get", &path, "").await;
            assert_eq!(answer.status(), StatusCode::OK, "{path}: {}", read(answer).await);
        }
    }
}

/// A value as the schema wants it.
fn asked(path: &str, parameter: &Value) -> String {
    let (name, schema) = (parameter["name"].as_str().unwrap(), &parameter["schema"]);
    let value = match (path, name) {
        ("/api/diagnoses", "kind") => return "kind=account&name=bob@shop.example".into(),
        ("/api/diagnoses", "name") => return "name=bob@shop.example&kind=account".into(),
        ("/api/customers", "after") => "a".into(),
        ("/api/letters", "after") => "5.7.bob1".into(),
        ("/api/webhook-events", "after") => "7.panel".into(),
        (_, "customer") => "shop".into(),
        (_, "owns") => "bob@shop.example".into(),
        (_, "destination") => "192.0.2.1".into(),
        (_, "after") if schema["type"] == "string" => "5.7".into(),
        _ => usual(schema),
    };
    format!("{name}={value}")
}

fn usual(schema: &Value) -> String {
    let first = schema["enum"].get(0).or_else(|| schema["examples"].get(0)).and_then(Value::as_str);
    match (first, schema["type"].as_str()) {
        (Some(word), _) => word.replace('<', "%3C").replace('>', "%3E"),
        (None, Some("integer")) => "5".into(),
        (None, Some("boolean")) => "true".into(),
        _ => "some".into(),
    }
}
