//! What the audit log says of who used the control socket: the user whom the system names, and what he was called.

use access::AuditQuery;
use admin::{ControlClient, Lesson};

use crate::world::{World, me};

/// Lines about that, oldest first: who, what, on what.
fn told(world: &World) -> Vec<String> {
    let mut lines = world.gate.audit(&AuditQuery::default()).unwrap();
    lines.reverse();
    lines.iter().map(|line| format!("{} {} {} {}", line.who, line.action, line.on, line.detail)).collect()
}

#[tokio::test]
async fn nobody_is_taken_for_somebody_else() {
    let world = World::new();
    let block = world.enforced("bob@shop.example");
    let door = world.control().await;
    ControlClient::new(&door.path).unblock(block.reference.as_str(), "alice").await.unwrap();
    assert_eq!(told(&world), [format!("control alice as {} block.release block {} ", me(), block.reference)]);
    let own = world.enforced("eve@shop.example");
    ControlClient::new(&door.path).unblock(own.reference.as_str(), &me()).await.unwrap();
    assert_eq!(told(&world)[1], format!("control {} block.release block {} ", me(), own.reference));
}

#[tokio::test]
async fn looks_and_what_is_taught_are_noted_of_whoever_the_system_says_it_was() {
    let world = World::new();
    let block = world.enforced("bob@shop.example");
    let door = world.control().await;
    let client = ControlClient::new(&door.path);
    client.block(block.reference.as_str()).await.unwrap();
    client.search_evidence(&pipeline::EvidenceAsk::default()).await.unwrap();
    client.learn(&Lesson { is_spam: true, pairs: (0..40).collect() }).await.unwrap();
    client.forget_lessons().await.unwrap();
    // There is none, and that somebody tried is noted all the same.
    client.cancel_diagnosis(7).await.unwrap_err();
    client.test_webhook("panel").await.unwrap_err();
    client.drop_events("panel", None).await.unwrap_err();
    client.event("panel", "e1").await.unwrap_err();
    client.ticket(9).await.unwrap_err();
    let who = format!("control {}", me());
    let expected = [
        format!("evidence.see block {} ", block.reference),
        "evidence.see blocks ".into(),
        "classifier.teach classifier spam".into(),
        "classifier.teach classifier forget".into(),
        "diagnosis.start diagnosis 7 cancel".into(),
        "site.change webhook panel test".into(),
        "site.change dead letters of webhook panel drop".into(),
        "evidence.see event e1 ".into(),
        "evidence.see ticket 9 ".into(),
    ];
    assert_eq!(told(&world), expected.map(|line| format!("{who} {line}")));
}
