//! Names with what can't be seen in them: told, and nobody else's.

use axum::http::StatusCode;
use serde_json::json;

use crate::world::{Who, World, read};

const BELL: &str = "b\u{7}ob@shop.example";

#[tokio::test]
async fn a_control_character_in_a_name_is_told_by_its_field() {
    let world = World::new();
    let body = |more: serde_json::Value| {
        let mut body = json!({ "kind": "account", "name": BELL });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body.to_string()
    };
    for (method, path, body, field) in [
        ("post", "/api/blocks", body(json!({ "reason": "stolen" })), "name"),
        ("post", "/api/exemptions", body(json!({ "what": "rule=html_only" })), "name"),
        ("post", "/api/diagnoses", body(json!({})), "name"),
        ("post", "/api/tickets", body(json!({ "title": "Why", "text": "Slow." })), "name"),
        ("get", "/api/subjects/account/b%07ob@shop.example", String::new(), "name"),
        ("get", "/api/owners/account/b%07ob@shop.example", String::new(), "name"),
        ("delete", "/api/lockouts/account/b%07ob@shop.example", String::new(), "name"),
        ("post", "/api/accounts/b%07ob@shop.example/password-changed", "{}".into(), "account"),
        ("get", "/api/customers?owns=b%07ob@shop.example", String::new(), "owns"),
    ] {
        let answer = world.call(Who::Operator, method, path, &body).await;
        let status = answer.status();
        let problem = read(answer).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{method} {path}: {problem}");
        let error = &problem["errors"][0];
        assert_eq!(error["field"], field, "{path}");
        assert!(error["detail"].as_str().unwrap().contains("U+0007"), "{problem}");
    }
}
