//! A lockout after failed logins: shown as such, never as a block.

use serde_json::json;
use testkit::Stage;

use super::BOB;
use super::world::{Who, World};
use crate::harness::{Client, until};

/// "bob@shop.example" and "guess".
const GUESS: &str = "AUTH PLAIN AGJvYkBzaG9wLmV4YW1wbGUAZ3Vlc3M=";

/// Whether the proxy lets him try, and what it says.
async fn tried(world: &World) -> String {
    Client::connect(world.proxy).await.command(GUESS).await.line()
}

/// Until when he is locked out, by each way to look; all say the same.
async fn shown(world: &World) -> Option<String> {
    let listed = world.json(&["lockouts", "list"]);
    let command = listed["items"].get(0).map(|lock| lock["expires_at"].as_str().expect("a time").to_owned());
    let (_, native) = world.api("/api/lockouts").await;
    let native = native["items"].get(0).map(|lock| lock["expires_at"].as_str().expect("a time").to_owned());
    assert_eq!(command, native, "{listed}");
    let page = world.page(&format!("/console/subjects/account/{}", BOB.name())).await;
    assert_eq!(page.contains("that is no block for spam"), native.is_some(), "{page}");
    assert!(native.as_ref().is_none_or(|until| page.contains(&format!("datetime=\"{until}\""))), "{page}");
    let diagnosed = world.json(&["diagnose", "account", BOB.name()]);
    assert_eq!(diagnosed["summary"]["is_locked"].as_bool(), Some(native.is_some()), "{diagnosed:#}");
    native
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lockout_is_shown_for_as_long_as_it_is_enforced() {
    let world = World::new("[lockout]\naccount_failures = 2\nclient_failures = 0\nduration = \"10s\"\n").await;
    world.outside.offer("AUTH PLAIN").answer(Stage::Auth, "535 5.7.8 wrong");
    assert_eq!(shown(&world).await, None);
    for _ in 0..2 {
        assert!(tried(&world).await.starts_with("535"), "he may try");
    }
    let refusal = tried(&world).await;
    assert!(refusal.starts_with("454 4.7.0"), "{refusal}");
    assert!(shown(&world).await.is_some());
    assert!(world.record(BOB).await.is_none(), "it is no block");
    world.agrees(Who::Account(BOB.name()), "unblocked").await;
    until("its time is over", || async { tried(&world).await.starts_with("535") }).await;
    until("it is shown no more", || async { world.json(&["lockouts", "list"])["items"] == json!([]) }).await;
    assert_eq!(shown(&world).await, None);
    world.daemon().metric_reaches("portreeve_lockouts_total", "ended", 1.0).await;
}
