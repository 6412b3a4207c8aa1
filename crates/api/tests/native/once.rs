//! Calls with an idempotency key.

use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode};
use axum::response::Response;

use crate::world::{Who, World, read};

const MAKE: &str = r#"{"name": "panel", "role": "auditor"}"#;

/// One caller with one token, who gives each call a key.
struct Caller<'w> {
    world: &'w World,
    token: HeaderValue,
}

impl<'w> Caller<'w> {
    fn new(world: &'w World, who: Who) -> Self {
        let token = format!("Bearer {}", world.token(who).unwrap());
        Self { world, token: token.parse().unwrap() }
    }

    fn request(&self, key: &str, path: &str, body: &str) -> Request<Body> {
        let request = Request::builder().method("POST").uri(path).header("authorization", &self.token);
        let request = request.header("content-type", "application/json").header("idempotency-key", key);
        request.body(Body::from(body.to_owned())).unwrap()
    }

    async fn call(&self, key: &str, path: &str, body: &str) -> Response {
        self.world.send(self.request(key, path, body)).await
    }
}

fn is_repeated(response: &Response) -> bool {
    response.headers().contains_key("idempotency-replayed")
}

#[tokio::test]
async fn the_same_call_is_carried_out_once_and_answered_the_same() {
    let world = World::new();
    let caller = Caller::new(&world, Who::Operator);
    let before = world.gate.keys().unwrap().len();
    let first = caller.call("6f1e", "/api/keys", MAKE).await;
    assert_eq!((first.status(), is_repeated(&first)), (StatusCode::CREATED, false));
    // Quotes are those of a structured field.
    let second = caller.call("\"6f1e\"", "/api/keys", MAKE).await;
    assert_eq!((second.status(), is_repeated(&second)), (StatusCode::CREATED, true));
    assert_eq!(second.headers()["content-type"], "application/json");
    assert_eq!(read(first).await, read(second).await);
    assert_eq!(world.gate.keys().unwrap().len(), before + 1);
}

#[tokio::test]
async fn a_key_belongs_to_one_call_of_one_caller() {
    let world = World::new();
    let caller = Caller::new(&world, Who::Operator);
    caller.call("6f1e", "/api/keys", MAKE).await;
    let other_body = caller.call("6f1e", "/api/keys", r#"{"name": "other", "role": "auditor"}"#).await;
    assert_eq!(other_body.status(), StatusCode::CONFLICT);
    assert!(read(other_body).await["detail"].as_str().unwrap().contains("idempotency key"));
    assert_eq!(caller.call("6f1e", "/api/links/rotate", MAKE).await.status(), StatusCode::CONFLICT);
    let other = Caller::new(&world, Who::Operator).call("6f1e", "/api/keys", MAKE).await;
    assert_eq!((other.status(), is_repeated(&other)), (StatusCode::CREATED, false));
}

#[tokio::test]
async fn a_refusal_is_repeated_as_well() {
    let world = World::new();
    let caller = Caller::new(&world, Who::Shop);
    for repeated in [false, true] {
        let refused = caller.call("1", "/api/blocks/bob1/unblock", "").await;
        assert_eq!((refused.status(), is_repeated(&refused)), (StatusCode::CONFLICT, repeated));
        assert_eq!(refused.headers()["content-type"], "application/problem+json");
    }
}

#[tokio::test]
async fn a_key_that_is_none_is_refused_and_nothing_is_done() {
    let world = World::new();
    let caller = Caller::new(&world, Who::Operator);
    let before = world.gate.keys().unwrap().len();
    for key in ["", "\"\"", "a b", &"k".repeat(256)] {
        assert_eq!(caller.call(key, "/api/keys", MAKE).await.status(), StatusCode::BAD_REQUEST, "{key:?}");
    }
    assert_eq!(world.gate.keys().unwrap().len(), before);
}

#[tokio::test]
async fn a_call_whose_client_hung_up_is_carried_through() {
    let world = World::new();
    let caller = Caller::new(&world, Who::Operator);
    // Polled once, then dropped: as if the connection had broken.
    let mut call = Box::pin(caller.call("6f1e", "/api/keys", MAKE));
    for _ in 0..200 {
        let polled = tokio::time::timeout(std::time::Duration::ZERO, &mut call).await;
        if polled.is_ok() || world.gate.keys().unwrap().len() > 1 {
            break;
        }
        tokio::task::yield_now().await;
    }
    drop(call);
    loop {
        let again = caller.call("6f1e", "/api/keys", MAKE).await;
        if again.status() == StatusCode::CREATED {
            break;
        }
        assert_eq!(again.status(), StatusCode::CONFLICT);
        tokio::task::yield_now().await;
    }
    assert_eq!(world.gate.keys().unwrap().len(), 2);
}

#[tokio::test]
async fn a_repeated_answer_has_the_version_of_the_first() {
    let world = World::new();
    let token = format!("Bearer {}", world.token(Who::Operator).unwrap());
    let put = async || {
        let request = Request::builder().method("PUT").uri("/api/customers/new").header("authorization", &token);
        let request = request.header("content-type", "application/json").header("idempotency-key", "6f1e");
        let body = r#"{"service": "new", "contact": ["owner@new.example"]}"#;
        world.send(request.body(Body::from(body)).unwrap()).await
    };
    let (first, second) = (put().await, put().await);
    assert_eq!((first.status(), second.status()), (StatusCode::CREATED, StatusCode::CREATED));
    assert!(is_repeated(&second) && first.headers().contains_key("etag"));
    assert_eq!(first.headers()["etag"], second.headers()["etag"]);
}
