//! A block that an operator begins, and how somebody stands: through the API.

use axum::http::StatusCode;
use limits::Store;

use crate::world::{BOB, Who, World, read};

const CAROL: &str = "/api/subjects/account/carol@shop.example";

fn wanted(name: &str) -> String {
    format!(r#"{{"kind": "account", "name": "{name}", "reason": "a stolen password", "length_seconds": 3600}}"#)
}

#[tokio::test]
async fn a_block_by_hand_is_written_shown_and_told() {
    let world = World::new();
    let made = world.call(Who::Operator, "post", "/api/blocks", &wanted("carol@shop.example")).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let made = read(made).await;
    assert_eq!((&made["state"], &made["strikes"]), (&"blockedForSpam".into(), &1.into()));
    assert_eq!(
        (&made["rule"], &made["reason"]),
        (&"operator".into(), &"an operator's decision: a stolen password".into())
    );
    let stands = world.json(Who::Shop, CAROL).await;
    assert_eq!(stands["block"], made);
    assert_eq!(stands["strikes"], 1);
    let why = stands["why"].as_str().unwrap();
    assert!(why.starts_with("It is blocked because of an operator's decision: a stolen password; "), "{why}");
    let reference = model::BlockRef::new(made["reference"].as_str().unwrap()).unwrap();
    assert!(world.store.alert(&reference).unwrap().is_some(), "no letter tells of it");
}

#[tokio::test]
async fn what_cannot_be_blocked_is_refused_with_a_sentence() {
    let world = World::new();
    let twice = world.call(Who::Operator, "post", "/api/blocks", &wanted(BOB)).await;
    assert_eq!(twice.status(), StatusCode::CONFLICT);
    assert_eq!(read(twice).await["detail"], "this account is blocked already, by block bob1");
    for (body, field) in
        [(wanted(" "), "name"), (wanted("carol@shop.example").replace("a stolen password", "..."), "reason")]
    {
        let answer = world.call(Who::Operator, "post", "/api/blocks", &body).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(read(answer).await["errors"][0]["field"], field);
    }
    let short = wanted("carol@shop.example").replace("3600", "59");
    assert_eq!(
        world.call(Who::Operator, "post", "/api/blocks", &short).await.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn how_somebody_stands_names_his_lock_and_his_strikes() {
    let world = World::new();
    let bob = world.json(Who::Shop, "/api/subjects/account/bob@shop.example").await;
    assert_eq!((&bob["strikes"], &bob["strikes_forgotten_at"]), (&1.into(), &serde_json::Value::Null));
    assert_eq!(bob["lockout"]["failures"], 9);
    world.call(Who::Operator, "post", "/api/blocks/bob1/release", "").await;
    let bob = world.json(Who::Shop, "/api/subjects/account/bob@shop.example").await;
    assert_eq!(bob["block"], serde_json::Value::Null);
    assert_eq!(bob["strikes"], 1);
    assert!(bob["strikes_forgotten_at"].is_string() && bob["probation_until"].is_string(), "{bob}");
    let why = bob["why"].as_str().unwrap();
    assert!(why.starts_with("It is not blocked, but may not log in until "), "{why}");
}
