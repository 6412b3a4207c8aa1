//! What forms carry and do: no token, no change; the way of a customer and an operator through a block.

use std::time::Duration;

use axum::http::StatusCode;

use crate::world::World;

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_form_without_the_sessions_token_changes_nothing() {
    let world = World::new().await;
    let mut anna = world.logged_in("anna").await;
    let foreign = world.logged_in("otto").await.get("/console/").await.csrf();
    let path = format!("/console/blocks/{}/release", world.account.reference);
    for token in ["", "0123456789abcdef0123456789abcdef", foreign.as_str()] {
        let answer = anna.post(&path, &[("csrf", token)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.body.contains("The form has expired"), "{}", answer.body);
        assert!(world.is_blocked(&world.account));
    }
    let json = anna.send("POST", &path, "{\"csrf\": 1}").await;
    assert_eq!(json.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_operator_releases_and_it_is_noted() {
    let world = World::new().await;
    let mut anna = world.logged_in("anna").await;
    let page = format!("/console/blocks/{}", world.account.reference);
    let ask = anna.get(&format!("{page}/release")).await;
    assert!(ask.body.contains("Release bob@shop.example?"), "{}", ask.body);
    let done = anna.submit(&page, &format!("{page}/release"), &[]).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, &*format!("{page}?done=released")));
    assert!(!world.is_blocked(&world.account));
    let shown = anna.get(&format!("{page}?done=released")).await;
    assert!(shown.body.contains("it can send again") && shown.body.contains("Unblocked"), "{}", shown.body);
    let noted = world.noted();
    assert!(noted.contains(&format!("user anna: block.release block {}", world.account.reference)), "{noted:?}");
}

#[tokio::test]
async fn an_owner_ends_a_block_whose_time_is_over() {
    let world = World::new().await;
    let link = world.link(&world.address.reference);
    let mut owner = world.browser();
    let early = owner.get(&link).await;
    assert!(early.body.contains("once the time is over") && !early.body.contains("/unblock\""), "{}", early.body);
    let refused = owner.submit("/console/login", &format!("{link}/unblock"), &[("sure", "yes")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "a link's forms are bound to the link");
    world.clock.advance(HOUR);
    let unsure = owner.submit(&link, &format!("{link}/unblock"), &[]).await;
    assert_eq!(unsure.status, StatusCode::FORBIDDEN, "he has to say that the cause is stopped");
    assert!(world.is_blocked(&world.address));
    let done = owner.submit(&link, &format!("{link}/unblock"), &[("sure", "yes")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert!(!world.is_blocked(&world.address));
    let shown = owner.get(&link).await;
    assert!(
        shown.body.contains("can send again") && shown.body.contains("released by") || shown.body.contains("Unblocked")
    );
}

#[tokio::test]
async fn answers_and_a_decision() {
    let world = World::new().await;
    let link = world.link(&world.account.reference);
    let mut owner = world.browser();
    let answers = [("a1", "no"), ("a2", "yes, to me"), ("a3", "no"), ("more", "I was on holiday.")];
    let sent = owner.submit(&link, &format!("{link}/answers"), &answers).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let mut anna = world.logged_in("anna").await;
    let ticket = anna.get("/console/tickets/1").await;
    assert!(ticket.body.contains("yes, to me") && ticket.body.contains("I was on holiday."), "{}", ticket.body);
    let empty = anna.submit("/console/tickets/1", "/console/tickets/1/refuse", &[("text", " ")]).await;
    assert_eq!(empty.status, StatusCode::CONFLICT);
    anna.submit("/console/tickets/1", "/console/tickets/1/refuse", &[("text", "Change the password.")]).await;
    let told = owner.get(&link).await;
    assert!(told.body.contains("Change the password."), "{}", told.body);
    anna.submit("/console/tickets/1", "/console/tickets/1/approve", &[]).await;
    assert!(!world.is_blocked(&world.account));
    assert!(owner.get(&link).await.body.contains("can send again"));
}
