//! What is shown is what is enforced: every way to look at a block, a ticket and a lockout, in every state of theirs.

mod lockouts;
mod printed;
mod surface;
mod tickets;
mod world;

use surface::Surface;
use world::{Who, World};

const ADDRESS: Who = Who::Address("198.51.100.23");
const BOB: Who = Who::Account("bob@shop.example");
/// A block is over soon; its owner has to ask for the end.
const WAITS: &str = "[blocks]\nladder = [\"2s\", \"1h\"]\nautomatic_releases = 0\n";
/// A block ends by itself, again and again.
const ENDS: &str = "[blocks]\nladder = [\"3s\"]\nautomatic_releases = 1000\ncustomer_automatic_releases = 0\n";

#[tokio::test(flavor = "multi_thread")]
async fn an_address_in_every_state() {
    let world = World::new(WAITS).await;
    world.agrees(ADDRESS, "unblocked").await;
    world.spam(ADDRESS).await;
    world.agrees(ADDRESS, "blockedForSpam").await;
    world.unblock(ADDRESS).await;
    world.agrees(ADDRESS, "unblocked").await;
    // On probation one message is enough, and the time is longer.
    world.spam(ADDRESS).await;
    world.agrees(ADDRESS, "blockedForSpam").await;
    assert_eq!(world.record(ADDRESS).await.map(|record| record.strike), Some(2));
    world.run(&["blocks", "unblock", "ip", ADDRESS.name()]);
    world.agrees(ADDRESS, "unblocked").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_in_every_state() {
    let world = World::new(WAITS).await;
    world.agrees(BOB, "unblocked").await;
    world.spam(BOB).await;
    world.agrees(BOB, "blockedForSpam").await;
    world.run(&["tickets", "approve", "1"]);
    world.agrees(BOB, "unblocked").await;
    world.spam(BOB).await;
    world.agrees(BOB, "blockedForSpam").await;
    world.run(&["blocks", "unblock", "account", BOB.name()]);
    world.agrees(BOB, "unblocked").await;
}

/// A release is under way for a second: each way to look is taken within one such second, however many blocks that needs.
#[tokio::test(flavor = "multi_thread")]
async fn while_a_release_is_under_way() {
    let world = World::new(ENDS).await;
    let mut unseen = Surface::quick();
    crate::harness::within("every look within a release", async {
        while !unseen.is_empty() {
            world.spam(ADDRESS).await;
            world.under_way(ADDRESS, &mut unseen).await;
        }
    })
    .await;
}

/// Whoever is put on the allow-list may send, so nothing says any more that he is blocked, and taking him off blocks nobody.
#[tokio::test(flavor = "multi_thread")]
async fn an_allow_list_ends_a_block() {
    let mut world = World::new(WAITS).await;
    world.spam(BOB).await;
    world.agrees(BOB, "blockedForSpam").await;
    world.reload("[blocks]\nallow_accounts = [\"bob@shop.example\"]\n").await;
    world.agrees(BOB, "unblocked").await;
    world.reload("[blocks]\nallow_accounts = []\n").await;
    world.agrees(BOB, "unblocked").await;
}

/// The block of a domain stops its accounts, and each way to look at one of them says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_domain_stops_its_accounts() {
    let world = World::new(WAITS).await;
    world.agrees(BOB, "unblocked").await;
    world.run(&["blocks", "add", "domain", "shop.example", "--for", "6h", "--reason", "phishing"]);
    world.is_stopped_by("shop.example", BOB).await;
    world.run(&["blocks", "unblock", "domain", "shop.example"]);
    world.agrees(BOB, "unblocked").await;
}

/// Everything survives a kill at any moment as it was shown.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash() {
    let mut world = World::new(WAITS).await;
    for (who, state) in [(ADDRESS, "blockedForSpam"), (BOB, "blockedForSpam")] {
        world.spam(who).await;
        world.crash().await;
        world.agrees(who, state).await;
    }
    world.unblock(ADDRESS).await;
    world.run(&["tickets", "approve", "1"]);
    world.crash().await;
    for who in [ADDRESS, BOB] {
        world.agrees(who, "unblocked").await;
    }
}
