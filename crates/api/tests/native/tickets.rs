//! The ticket of a block over the API: what it asks, and how its customer answers.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::world::{Who, World, read};

fn answers(ticket: &Value) -> Vec<(&str, Option<&str>)> {
    let questions = ticket["questions"].as_array().unwrap().iter();
    questions.map(|one| (one["question"].as_str().unwrap(), one["answer"].as_str())).collect()
}

#[tokio::test]
async fn the_customer_answers_question_by_question() {
    let world = World::new();
    let ticket = world.json(Who::Shop, "/api/tickets/1").await;
    assert_eq!(answers(&ticket), [("sender", None), ("redirection", None), ("replied", None)]);
    assert_eq!(ticket["questions"][1]["text"], "Do you have a redirection to another address?");
    let answer = async |body: Value| {
        let answer = world.call(Who::Shop, "post", "/api/tickets/1/answers", &body.to_string()).await;
        (answer.status(), read(answer).await)
    };
    let (status, ticket) = answer(json!({ "replied": "yes, once" })).await;
    assert_eq!(status, StatusCode::OK, "{ticket}");
    assert_eq!(answers(&ticket)[2], ("replied", Some("yes, once")));
    assert_eq!(ticket["state"], "answering");
    let (_, ticket) = answer(json!({ "sender": "no", "redirection": "no", "text": "I was on holiday." })).await;
    let all = [("sender", Some("no")), ("redirection", Some("no")), ("replied", Some("yes, once"))];
    assert_eq!((answers(&ticket), &ticket["state"]), (all.to_vec(), &json!("deciding")));
    assert_eq!(world.json(Who::Operator, "/api/tickets?state=deciding").await["items"], json!([ticket]));
    let (status, problem) = answer(json!({})).await;
    assert_eq!((status, &problem["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("text")));
    let foreign = world.call(Who::Bank, "post", "/api/tickets/1/answers", r#"{"sender": "no"}"#).await;
    assert_eq!(foreign.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_question_without_block_asks_nothing() {
    let world = World::new();
    let body = json!({ "kind": "service", "name": "shop", "title": "Why", "text": "It is slow." }).to_string();
    let opened = read(world.call(Who::Shop, "post", "/api/tickets", &body).await).await;
    assert_eq!((&opened["about"], &opened["questions"]), (&json!("question"), &json!([])));
}
