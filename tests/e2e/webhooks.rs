//! Webhooks: another program is told of blocks and tickets, signed, and `kill -9` loses no event.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;
use testkit::{Receiver, TAKEN};

use crate::harness::{Site, until};

const SECRET: &str = "a secret of more than 24 bytes";
const BOB: &str = "bob@shop.example";
const SHOP: &str = "[[customer]]\nservice = 'hosting-4711'\nname = 'Shop'\ncontact = ['owner@owner.example']\n\
    kind = 'exchange'\naccounts = ['*@shop.example']\n";

/// A site that tells this receiver, and whose customer is released through tickets.
async fn site(receiver: &Receiver) -> Site {
    let mut site = Site::new("").await;
    let (secret, customers) = (site.path("panel.secret"), site.path("customers.toml"));
    std::fs::write(&secret, SECRET).unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&customers, SHOP).unwrap();
    site.set(&format!(
        "[customers]\nfile = \"{}\"\n[[webhook]]\nname = \"panel\"\nurl = \"http://{}/\"\nsecret_file = \"{}\"\n",
        customers.display(),
        receiver.address(),
        secret.display()
    ));
    site
}

/// What has arrived, each event once, in the order of its first arrival.
fn told(receiver: &Receiver) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    let requests = receiver.requests();
    assert!(requests.iter().all(|request| request.is_signed_with(SECRET.as_bytes())));
    requests.iter().filter(|request| seen.insert(request.id().to_owned())).map(|request| request.kind()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panel_is_told_of_a_block_and_its_ticket() {
    let receiver = Receiver::start().await;
    let site = site(&receiver).await;
    let daemon = site.start().await;
    let tested = site.run(&["webhooks", "test", "panel"]);
    assert_eq!(tested.status.code(), Some(0), "{tested:?}");
    site.spam_until_blocked(BOB).await;
    for step in [["answered", "1. no 2. no 3. no"], ["refuse", "Change the password first."]] {
        assert_eq!(site.run(&["tickets", step[0], "1", step[1]]).status.code(), Some(0));
    }
    assert_eq!(site.run(&["tickets", "approve", "1"]).status.code(), Some(0));
    let all = [
        "test",
        "block.blocked",
        "ticket.opened",
        "ticket.answered",
        "ticket.refused",
        "block.unblocking",
        "ticket.approved",
        "block.unblocked",
    ];
    receiver.received(all.len()).await;
    assert_eq!(told(&receiver), all);
    let block: Value = serde_json::from_str(&receiver.requests()[1].body).unwrap();
    assert_eq!(block["data"]["customer"]["service"].as_str(), Some("hosting-4711"));
    assert!(block["data"]["evidence"][0]["score"].as_i64().is_some_and(|score| score >= 100), "{block}");
    let list = site.run(&["webhooks", "list"]);
    assert_eq!(list.status.code(), Some(1), "nothing waits: {list:?}");
    let list = site.run(&["webhooks", "list", "panel", "--all", "--json"]);
    let list: Value = serde_json::from_slice(&list.stdout).unwrap();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(all.len() - 1));
    let id = list["items"][0]["id"].as_str().unwrap();
    assert_eq!(site.run(&["webhooks", "replay", "panel", id]).status.code(), Some(0));
    receiver.received(all.len() + 1).await;
    assert_eq!(site.run(&["webhooks", "show", "panel", "evt_none_1"]).status.code(), Some(1));
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_event_is_lost_to_kill_9_and_their_order_is_kept() {
    let receiver = Receiver::start().await;
    receiver.hang();
    let site = site(&receiver).await;
    let daemon = site.start().await;
    site.spam_until_blocked(BOB).await;
    receiver.received(1).await;
    // The event has arrived, and nobody has said so.
    daemon.kill();

    receiver.answer_status(503, "later");
    let daemon = site.start().await;
    assert_eq!(site.run(&["tickets", "answered", "1", "no, no, no"]).status.code(), Some(0));
    daemon.logged("the failing part", |line| line["part"].as_str() == Some("webhooks")).await;
    daemon.kill();

    let daemon = site.start().await;
    assert_eq!(site.run(&["tickets", "approve", "1"]).status.code(), Some(0));
    daemon.kill();

    receiver.answer(TAKEN);
    let _daemon = site.start().await;
    let all =
        ["block.blocked", "ticket.opened", "ticket.answered", "block.unblocking", "ticket.approved", "block.unblocked"];
    until("every event", || async {
        // What was tried in vain is due again in a while; an operator does not wait.
        let list = site.run(&["webhooks", "list", "--json"]);
        let list: Value = serde_json::from_slice(&list.stdout).unwrap_or_default();
        for event in list["items"].as_array().into_iter().flatten() {
            site.run(&["webhooks", "replay", "panel", event["id"].as_str().unwrap()]);
        }
        told(&receiver).len() >= all.len()
    })
    .await;
    assert_eq!(told(&receiver), all);
}
