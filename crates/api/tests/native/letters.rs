//! Letters and their templates.

use axum::http::StatusCode;
use limits::LetterStore;
use serde_json::{Value, json};

use crate::world::{NOW, Who, World, read};

impl World {
    async fn letter(&self, method: &str, path: &str) -> (StatusCode, Value) {
        let answer = self.call(Who::Operator, method, &format!("/api/letters/{path}"), "").await;
        (answer.status(), read(answer).await)
    }
}

#[tokio::test]
async fn a_letter_is_seen_given_up_and_tried_again() {
    let world = World::new();
    let (status, seen) = world.letter("get", "bob1.0").await;
    assert_eq!((status, &seen["state"]), (StatusCode::OK, &"waiting".into()), "{seen}");
    assert_eq!(world.json(Who::Operator, "/api/letters").await["items"][1], seen);
    let in_state =
        async |state: &str| world.json(Who::Operator, &format!("/api/letters?state={state}")).await["items"].clone();
    assert!(in_state("waiting").await.as_array().unwrap().contains(&seen));
    assert_eq!(in_state("given_up").await, json!([]));
    let (status, given_up) = world.letter("delete", "bob1.0").await;
    assert_eq!((status, &given_up["state"]), (StatusCode::OK, &"given_up".into()), "{given_up}");
    assert_eq!(in_state("given_up").await, json!([given_up]));
    let (status, again) = world.letter("post", "bob1.0/send").await;
    let due = NOW.to_string();
    assert_eq!(
        (status, &again["state"], &again["due_at"]),
        (StatusCode::OK, &"waiting".into(), &due.into()),
        "{again}"
    );
}

#[tokio::test]
async fn a_letter_that_was_sent_stays_sent() {
    let world = World::new();
    let mut letter = world.store.letters(None, 9).unwrap().into_iter().find(|letter| letter.number == 0).unwrap();
    letter.sent = Some(NOW);
    limits::Store::update_alert(&*world.store, &letter).unwrap();
    assert_eq!(world.letter("post", "bob1.0/send").await.0, StatusCode::CONFLICT);
    assert_eq!(world.letter("delete", "bob1.0").await.0, StatusCode::CONFLICT);
    for path in ["bob1.7", "bob2.0", "bob1", "bob1.x", "bob1.-1", "bob1.99999999999", "..%2F.0"] {
        for (method, path) in [("get", path.to_owned()), ("post", format!("{path}/send")), ("delete", path.to_owned())]
        {
            assert_eq!(world.letter(method, &path).await.0, StatusCode::NOT_FOUND, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn templates_are_tried_before_they_are_in_force() {
    let world = World::new();
    let list = world.json(Who::Auditor, "/api/templates").await;
    assert!(list["files"].as_array().unwrap().contains(&"fr/ip-blocked.txt".into()), "{list}");
    let with = |text: &str| json!({ "files": { "fr/ip-blocked.txt": text } }).to_string();
    let preview = async |text: &str| {
        let answer = world.call(Who::Auditor, "post", "/api/templates/ip-blocked/preview", &with(text)).await;
        (answer.status(), read(answer).await)
    };
    assert_eq!(preview("Subject: x").await.0, StatusCode::OK);
    let (status, refused) = preview("Bonjour").await;
    assert_eq!((status, &refused["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &"files".into()));
    let check =
        async |text: &str| read(world.call(Who::Auditor, "post", "/api/templates/check", &with(text)).await).await;
    assert_eq!(check("Subject: x").await, json!({ "is_right": true, "mistakes": [] }));
    let told = json!({ "is_right": false, "mistakes": ["fr/ip-blocked.txt: no subject"] });
    assert_eq!(check("Bonjour").await, told);
}
