//! Who may log in: invited, given another role, shut out and let in again.

use access::{Grant, Role, Visitor};
use axum::http::StatusCode;
use serde_json::Value;

use crate::world::{NOW, Who, World, read};

const PASSWORD: &str = "correct horse battery";

impl World {
    async fn of_ann(&self, method: &str, what: &str, body: &str) -> (StatusCode, Value) {
        let answer = self.call(Who::Operator, method, &format!("/api/users/ann/{what}"), body).await;
        (answer.status(), read(answer).await)
    }
}

#[tokio::test]
async fn a_message_is_scored_and_a_new_link_made_as_by_the_commands() {
    let world = World::new();
    let mail = crate::world::mail(9);
    let scored =
        read(world.send(world.request(Who::Auditor, "post", "/api/scans", "message/rfc822", &mail)).await).await;
    assert_eq!((&scored["is_spam"], &scored["spam_score"]), (&true.into(), &100.into()), "{scored}");
    assert!(scored["signals"].as_array().unwrap().iter().any(|one| one["signal"] == "subject_shouting"), "{scored}");
    let made = read(world.call(Who::Operator, "post", "/api/blocks/bob1/links", "").await).await;
    assert!(made["link"].as_str().unwrap().starts_with("https://console.example/console/case/bob1."), "{made}");
}

#[tokio::test]
async fn an_invitation_is_a_link_that_logs_in_once() {
    let world = World::new();
    assert_eq!(world.of_ann("post", "invitation", "{}").await.0, StatusCode::NOT_FOUND);
    world.gate.add_user("ann", Grant::operator(), PASSWORD).unwrap();
    let (status, invitation) = world.of_ann("post", "invitation", r#"{"minutes": 5}"#).await;
    let until = NOW.after(std::time::Duration::from_secs(300)).to_string();
    assert_eq!((status, &invitation["expires_at"]), (StatusCode::CREATED, &until.into()), "{invitation}");
    let link = invitation["link"].as_str().unwrap();
    let token = link.strip_prefix("https://console.example/console/enter/").unwrap_or_else(|| panic!("{link}"));
    assert_eq!(world.gate.follow_invitation(token, &Visitor::default()).unwrap().1.user, "ann");
    assert!(world.gate.follow_invitation(token, &Visitor::default()).is_err());
    for wrong in [r#"{"minutes": 0}"#, r#"{"minutes": 1441}"#] {
        assert_eq!(world.of_ann("post", "invitation", wrong).await.0, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

#[tokio::test]
async fn a_user_gets_another_role_and_is_shut_out() {
    let world = World::new();
    world.gate.add_user("ann", Grant::operator(), PASSWORD).unwrap();
    let (session, _) = world.gate.log_in("ann", PASSWORD, &Visitor::default()).unwrap();
    let shop = r#"{"role": "customer", "services": ["shop"]}"#;
    let (status, user) = world.of_ann("put", "grant", shop).await;
    assert_eq!((status, &user["role"], &user["services"][0]), (StatusCode::OK, &"customer".into(), &"shop".into()));
    let signed_in = world.gate.session(&session, &Visitor::default()).unwrap().unwrap();
    assert_eq!(signed_in.grant.role, Role::Customer);
    let nobody = world.of_ann("put", "grant", r#"{"role": "customer"}"#).await;
    assert_eq!(nobody.0, StatusCode::UNPROCESSABLE_ENTITY, "{nobody:?}");

    assert_eq!(world.of_ann("post", "disable", "").await.1["disabled"], true);
    assert!(world.gate.session(&session, &Visitor::default()).unwrap().is_none());
    assert_eq!(world.json(Who::Auditor, "/api/users").await["status"], 403);
    assert_eq!(world.json(Who::Operator, "/api/users").await["items"][0]["disabled"], true);
    assert_eq!(world.of_ann("post", "enable", "").await.1["disabled"], false);
    assert!(world.gate.log_in("ann", PASSWORD, &Visitor::default()).is_ok());
}
