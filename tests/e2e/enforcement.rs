//! A blocked address reaches the packet filter, survives a crash and a flush there, and leaves it at release.

use crate::harness::{Milter, OwnNetwork, Site, samples, until};

const CLIENT: &str = "198.51.100.23";
const SETTINGS: &str = "[enforcement]\nnftables = true\ncheck_interval = \"1s\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_address_is_in_the_set_until_it_is_released() {
    let Some(network) = OwnNetwork::new() else { return };
    let site = Site::new(SETTINGS).await;
    let daemon = network.start(&site).await;
    block(&site).await;
    until("the set holds it", || async { network.holds("blocked4", CLIENT) }).await;

    daemon.kill();
    assert!(network.holds("blocked4", CLIENT), "a crash releases nobody");
    assert!(network.nft("flush ruleset").status.success());
    let daemon = network.start(&site).await;
    until("the set is rebuilt", || async { network.holds("blocked4", CLIENT) }).await;
    daemon.logged("that no rule uses the sets", |line| line["part"] == "nftables" && line["level"] == "ERROR").await;

    assert!(network.nft("flush set inet portreeve blocked4").status.success());
    daemon.logged("the repair", |line| line["repair"] == "missing" && line["count"] == 1).await;
    until("the set is repaired", || async { network.holds("blocked4", CLIENT) }).await;

    let released = site.run(&["blocks", "unblock", "ip", CLIENT]);
    assert!(released.status.success(), "{released:?}");
    daemon.kill();
    let _daemon = network.start(&site).await;
    until("the set has lost it", || async { !network.holds("blocked4", CLIENT) }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn monitor_mode_puts_nobody_into_the_set() {
    let Some(network) = OwnNetwork::new() else { return };
    let mut site = Site::new(SETTINGS).await;
    site.set("[node]\nmode = \"monitor\"");
    let daemon = network.start(&site).await;
    block(&site).await;
    daemon.logged("the block", |line| line["message"] == "block changed" && line["subject"] == CLIENT).await;
    // The next look at the sets comes after the block: what it repairs shows that it has been.
    assert!(network.nft("add element inet portreeve blocked4 { 192.0.2.99 }").status.success());
    daemon.logged("the repair", |line| line["repair"] == "surplus" && line["count"] == 1).await;
    assert!(!network.holds("blocked4", CLIENT));
}

/// Sends spam without login until its address is blocked, or would be in monitor mode.
async fn block(site: &Site) {
    let mut session = Milter::session(&site.socket(), "", CLIENT).await;
    for (count, mail) in samples("spam").iter().cycle().take(20).enumerate() {
        let mail = mail.renumbered(&format!("<{count}@shop.example>"));
        session.send("bob@shop.example", "victim@far.example", &mail).await;
    }
}
