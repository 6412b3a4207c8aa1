//! What a command prints for programs is what the native API answers: the same documents.

use super::world::World;
use super::{ADDRESS, BOB};
use crate::harness::until;

/// Commands, and the calls that do the same.
const PAIRS: [(&[&str], &str); 16] = [
    (&["blocks", "list", "--all"], "/api/blocks"),
    (&["blocks", "list", "--limit", "1"], "/api/blocks?state=blockedForSpam&limit=1"),
    (&["blocks", "evidence"], "/api/evidence"),
    (&["blocks", "history", "account", "bob@shop.example"], "/api/subjects/account/bob@shop.example/history"),
    (&["standing", "account", "bob@shop.example"], "/api/subjects/account/bob@shop.example"),
    (&["tickets", "list", "--all"], "/api/tickets"),
    (&["reports", "list", "--all"], "/api/reports"),
    (&["exemptions", "list"], "/api/exemptions"),
    (&["lockouts", "list"], "/api/lockouts"),
    (&["customers", "list"], "/api/customers"),
    (&["customers", "show", "shop"], "/api/customers/shop"),
    (&["alerts", "list"], "/api/letters"),
    (&["fingerprints", "list"], "/api/fingerprints"),
    (&["webhooks", "list", "--all"], "/api/webhook-events"),
    (&["users", "list"], "/api/users"),
    (&["audit", "list", "--action", "access.manage", "--limit", "2"], "/api/audit?action=access.manage&limit=2"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_command_prints_what_the_api_answers() {
    let world = World::new("").await;
    world.spam(BOB).await;
    world.spam(ADDRESS).await;
    world.run(&["exemptions", "add", "account", BOB.name(), "rule=html_only"]);
    for (command, path) in PAIRS {
        until(path, || async {
            let (status, answered) = world.api(path).await;
            assert_eq!(status, 200, "{path}: {answered}");
            // A letter that is sent in between is another one for the second who asks.
            world.json(command) == answered
        })
        .await;
    }
    let show = world.json(&["blocks", "show", "account", BOB.name()]);
    let reference = show["block"]["reference"].as_str().expect("a reference");
    assert_eq!(world.api(&format!("/api/blocks/{reference}")).await.1, show["block"]);
    let (_, evidence) = world.api(&format!("/api/blocks/{reference}/evidence?oldest=true")).await;
    assert_eq!(evidence["items"], show["evidence"]);
    let (ticket, answered) = (world.json(&["tickets", "show", "1"]), world.api("/api/tickets/1").await.1);
    for (name, value) in answered.as_object().expect("a ticket") {
        assert_eq!(&ticket[name], value, "{name}");
    }
    assert_eq!(ticket["evidence"], evidence["items"]);
}
