//! Whatever goes wrong is a problem (RFC 9457) with a sentence.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::Response;
use serde_json::Value;

use crate::world::{Who, World, read};

/// Checks that it is a problem; returns its headers and itself.
pub(crate) async fn problem(response: Response, status: StatusCode) -> (HeaderMap, Value) {
    let headers = response.headers().clone();
    assert_eq!(
        (response.status(), &headers[header::CONTENT_TYPE]),
        (status, &"application/problem+json".parse().unwrap())
    );
    let problem = read(response).await;
    assert_eq!(problem["status"], status.as_u16());
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.len() > 5), "{problem}");
    (headers, problem)
}

#[tokio::test]
async fn what_can_t_be_read_is_a_problem_too() {
    let world = World::new();
    let large = format!(r#"{{"text": "{}"}}"#, "a".repeat(140_000));
    let json = "application/json";
    let rows: [(&str, &str, &str, &str, StatusCode); 13] = [
        ("get", "/api/nothing", "", "", StatusCode::NOT_FOUND),
        ("get", "/api", "", "", StatusCode::NOT_FOUND),
        ("get", "/api/", "", "", StatusCode::NOT_FOUND),
        ("get", "/api/blocks/%ff", "", "", StatusCode::NOT_FOUND),
        ("get", "/api/tickets/one", "", "", StatusCode::NOT_FOUND),
        ("get", "/api/tickets?colour=red", "", "", StatusCode::UNPROCESSABLE_ENTITY),
        ("get", "/api/tickets?customer=", "", "", StatusCode::UNPROCESSABLE_ENTITY),
        ("get", "/api/tickets?limit=many", "", "", StatusCode::UNPROCESSABLE_ENTITY),
        ("post", "/api/tickets/1/refuse", json, "{", StatusCode::BAD_REQUEST),
        ("post", "/api/tickets/1/refuse", json, r#"{"text": 5}"#, StatusCode::UNPROCESSABLE_ENTITY),
        ("post", "/api/tickets/1/refuse", json, r#"{"text": "no", "more": 1}"#, StatusCode::UNPROCESSABLE_ENTITY),
        ("post", "/api/tickets/1/refuse", "text/plain", r#"{"text": "no"}"#, StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("post", "/api/tickets/1/refuse", json, &large, StatusCode::PAYLOAD_TOO_LARGE),
    ];
    for (method, path, media, body, status) in rows {
        let request = world.request(Who::Operator, method, path, media, body.as_bytes());
        assert_eq!(world.send(request).await.status(), status, "{method} {path} {media}");
        let again = world.request(Who::Operator, method, path, media, body.as_bytes());
        problem(world.send(again).await, status).await;
    }
}

#[tokio::test]
async fn a_wrong_method_names_the_right_ones() {
    let world = World::new();
    let (headers, _) =
        problem(world.call(Who::Operator, "put", "/api/keys", "").await, StatusCode::METHOD_NOT_ALLOWED).await;
    let allowed = headers[header::ALLOW].to_str().unwrap();
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
}

#[tokio::test]
async fn whoever_guesses_tokens_is_told_when_to_try_again() {
    let world = World::new();
    let guess = || {
        let request = Request::builder().uri("/api/blocks").header(header::AUTHORIZATION, "Bearer prk_guessed");
        world.send(request.body(Body::empty()).unwrap())
    };
    let mut last = guess().await;
    assert_eq!(last.headers()[header::WWW_AUTHENTICATE], "Bearer");
    for _ in 0..200 {
        if last.status() == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        last = guess().await;
    }
    let (headers, _) = problem(last, StatusCode::TOO_MANY_REQUESTS).await;
    assert_eq!(headers[header::RETRY_AFTER], "60");
}
