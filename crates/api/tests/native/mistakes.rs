//! Every mistake of a call is told at once, by the name of its parameter or field, with what was found and what is allowed.

use api::native::{Route, routes};
use axum::http::StatusCode;
use serde_json::Value;

use crate::problems::problem;
use crate::world::{Who, World};

impl World {
    /// The mistakes of an operator's call, each as "field: sentence".
    async fn mistakes(&self, method: &str, path: &str, body: &str) -> Vec<String> {
        let answer = self.call(Who::Operator, method, path, body).await;
        let (_, problem) = problem(answer, StatusCode::UNPROCESSABLE_ENTITY).await;
        let errors = problem["errors"].as_array().unwrap().iter();
        errors.map(|one| format!("{}: {}", one["field"].as_str().unwrap(), one["detail"].as_str().unwrap())).collect()
    }
}

#[tokio::test]
async fn every_mistake_of_a_query_is_told() {
    let world = World::new();
    let query = "colour=red&limit=0&state=blocked&since=x&oldest=yes&strike=-1&oldest=no&after=5";
    assert_eq!(
        world.mistakes("get", &format!("/api/blocks?{query}"), "").await,
        [
            "state: expected blockedForSpam, unblocking or unblocked, found \"blocked\"",
            "since: expected a time like 2026-11-25T18:00:00Z, or a day like 2026-11-25, found \"x\"",
            "strike: expected a whole number from 0 to 4294967295, found \"-1\"",
            "after: expected what a page told as next, found \"5\"",
            "limit: expected a whole number from 1 to 1000, found \"0\"",
            "oldest: expected once, found 2 times",
            "colour: there is no such parameter, only state, kind, subject, customer, since, until, rule, strike, after, limit \
         and oldest",
        ]
    );
    let missing = world.mistakes("post", "/api/fingerprints?wrod=spam", "").await;
    assert_eq!(missing, ["word: expected spam or ham, found nothing", "wrod: there is no such parameter, only word"]);
}

#[tokio::test]
async fn no_route_passes_over_a_parameter_that_it_does_not_know() {
    let world = World::new();
    for route in routes() {
        let told = world.mistakes(route.method, &format!("{}?colour=red", named(&route)), "").await;
        assert!(
            told.iter().any(|one| one.starts_with("colour: there is no such parameter")),
            "{}: {told:?}",
            route.path
        );
    }
}

/// What a parameter's schema does not allow is told, with what it was.
#[tokio::test]
async fn every_parameter_is_held_against_its_schema() {
    let world = World::new();
    let document = world.json(Who::Nobody, "/api/openapi.json").await;
    for route in routes() {
        let described = &document["paths"][route.path][route.method]["parameters"];
        for parameter in described.as_array().unwrap().iter().filter(|one| one["in"] == "query" && is_narrow(one)) {
            let (name, path) = (parameter["name"].as_str().unwrap(), named(&route));
            let told = world.mistakes(route.method, &format!("{path}?{name}=%00"), "").await;
            let of_it = told.iter().find(|one| one.starts_with(&format!("{name}: expected ")));
            assert!(
                of_it.is_some_and(|one| one.ends_with("found \"\\0\"")),
                "{} {path} {name}: {told:?}",
                route.method
            );
        }
    }
}

/// Whether it is no name, which may be anything.
fn is_narrow(parameter: &Value) -> bool {
    let schema = &parameter["schema"];
    schema["type"] != "string" || schema["enum"].is_array() || schema["pattern"].is_string()
}

fn named(route: &Route) -> String {
    let parts = route.path.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_mistake_of_a_body_is_told() {
    let world = World::new();
    let wrong = r#"{"kind": "host", "reason": "", "length_seconds": 59, "more": true}"#;
    assert_eq!(
        world.mistakes("post", "/api/blocks", wrong).await,
        [
            "kind: expected account, ip or domain, found \"host\"",
            "length_seconds: expected a whole number from 60 to 31622400, found 59",
            "more: there is no such field, only kind, length_seconds, name and reason",
            "reason: expected 1 to 200 characters, found \"\"",
            "name: expected 1 to 320 characters, found nothing",
        ]
    );
    let twice = r#"{"text": "a", "text": "b"}"#;
    let told = world.mistakes("post", "/api/tickets/1/refuse", twice).await;
    assert_eq!(told, ["body: expected what the document says, each name once"]);
}

#[tokio::test]
async fn a_password_is_quoted_in_no_mistake() {
    let world = World::new();
    let secret = "hunter2";
    for (path, body) in [
        ("/api/users", format!(r#"{{"name": "otto", "role": "auditor", "password": "{secret}"}}"#)),
        ("/api/users", format!(r#""{secret}""#)),
        ("/api/users", format!(r#"{{"name": {{"password": "{secret}"}}, "password": ["{secret}"]}}"#)),
        ("/api/diagnoses", format!(r#"{{"kind": "account", "password": "{secret}", "password": "{secret}"}}"#)),
    ] {
        let told = world.mistakes("post", path, &body).await.join("; ");
        assert!(!told.contains(secret), "{told}");
    }
    let broken = world.call(Who::Operator, "post", "/api/users", &format!(r#"{{"password": "{secret}"#)).await;
    let (_, problem) = problem(broken, StatusCode::BAD_REQUEST).await;
    assert_eq!(problem["detail"], "this is no JSON from line 1, column 21 on");
}
