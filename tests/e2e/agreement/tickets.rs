//! The ticket of a block in each of its states.

use super::BOB;
use super::world::World;
use crate::harness::within;

/// Every way to look says the same of ticket 1, and the account is refused unless it was approved.
async fn agrees(world: &World, state: &str) {
    let open = !matches!(state, "approved" | "closed");
    let shown = world.json(&["tickets", "show", "1"]);
    assert_eq!(shown["state"], state, "tickets show: {shown}");
    let (_, native) = world.api("/api/tickets/1").await;
    assert_eq!((&native["state"], &native["is_open"]), (&state.into(), &open.into()), "native API: {native}");
    let listed = world.json(&["tickets", "list"]);
    assert_eq!(listed["items"].as_array().is_some_and(|all| !all.is_empty()), open, "tickets list: {listed}");
    let (_, listed) = world.api("/api/tickets?open=true").await;
    assert_eq!(listed["items"].as_array().is_some_and(|all| !all.is_empty()), open, "native list: {listed}");
    let (_, compatible) = world.api("/1.0/support/tickets/1").await;
    assert_eq!(compatible["state"] == "closed", !open, "compatible API: {compatible}");
    assert_eq!(on_page(&world.page("/console/tickets/1").await), state, "console");
    let reference = world.record(BOB).await.expect("a block").reference;
    let own = world.linked(&reference).await;
    let (_, part) = own.split_once("data-part=\"ticket\"").expect("the ticket is on the owner's page");
    assert_eq!(on_page(part), state, "the owner's page");
    assert_eq!(own.contains("/answers\""), open, "the owner may answer while it is open: {own}");
    world.agrees(BOB, if state == "approved" { "unblocked" } else { "blockedForSpam" }).await;
}

fn on_page(html: &str) -> &str {
    let (_, rest) = html.split_once("class=\"state ").expect("a state");
    rest.split('"').next().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn in_every_state() {
    let world = World::new(super::WAITS).await;
    world.spam(BOB).await;
    let steps: [(&[&str], &str); 6] = [
        (&["answered", "1", "1. no\n2. no\n3. yes"], "deciding"),
        (&["refuse", "1", "Change the password first."], "refused"),
        (&["answered", "1", "It is changed."], "deciding"),
        (&["close", "1"], "closed"),
        (&["reopen", "1", "Once more."], "deciding"),
        (&["approve", "1"], "approved"),
    ];
    within("every state", async {
        agrees(&world, "answering").await;
        for (step, state) in steps {
            world.run(&[&["tickets"], step].concat());
            agrees(&world, state).await;
        }
    })
    .await;
}
