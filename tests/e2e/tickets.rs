//! An account that is blocked for spam gets a ticket: letters, an operator's decision, and what survives `kill -9`.

use serde_json::Value;

use crate::harness::{Site, until};

const SHOP: &str = "[[customer]]\nservice = 'hosting-4711'\nname = 'Shop'\ncontact = ['owner@owner.example']\n\
    kind = 'KIND'\naccounts = ['*@shop.example']\n";
const BOB: &str = "bob@shop.example";

/// A site whose customer has accounts of that kind.
async fn site(kind: &str) -> Site {
    let mut site = Site::new("").await;
    let file = site.path("customers.toml");
    std::fs::write(&file, SHOP.replace("KIND", kind)).unwrap();
    site.set(&format!("[customers]\nfile = \"{}\"\n", file.display()));
    site
}

fn json(site: &Site, arguments: &[&str]) -> (Value, i32) {
    let output = site.run(&[arguments, &["--json"]].concat());
    (serde_json::from_slice(&output.stdout).unwrap_or_default(), output.status.code().unwrap())
}

async fn letters(site: &Site, count: usize) -> Vec<String> {
    until("the letters", || async { site.relay.mails().len() >= count }).await;
    site.relay.mails().into_iter().map(|mail| mail.text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_leads_out_of_the_block() {
    let site = site("exchange").await;
    let daemon = site.start().await;
    site.spam_until_blocked(BOB).await;
    let opened = letters(&site, 1).await.remove(0);
    assert!(opened.contains("\r\nSubject: Account locked for spam: bob@shop.example [ticket 1]\r\n"), "{opened}");
    assert!(opened.contains("\r\n3. Have you replied to spam?\r\n"), "{opened}");
    assert!(site.refuses(BOB).await);

    let (list, code) = json(&site, &["tickets", "list"]);
    assert_eq!(
        (list["items"][0]["state"].as_str(), list["items"][0]["refused_attempts"].as_u64(), code),
        (Some("answering"), Some(1), 0)
    );
    let (show, _) = json(&site, &["tickets", "show", "1"]);
    assert!(show["evidence"][0]["headers"].as_str().is_some_and(|headers| headers.contains("Subject: ")), "{show}");
    let (answered, _) = json(&site, &["tickets", "answered", "1", "1. no\n3. yes"]);
    assert_eq!(answered["state"].as_str(), Some("answering"));
    let missing = letters(&site, 2).await.remove(1);
    assert!(missing.contains("\r\n2. Do you have a redirection") && !missing.contains("\r\n1. Are you"), "{missing}");
    let (answered, _) = json(&site, &["tickets", "answered", "1", "> 2. Do you have a redirection?\nNo."]);
    assert_eq!(answered["state"].as_str(), Some("deciding"));
    daemon.metric_reaches("portreeve_tickets_open", "about=\"block\",state=\"deciding\"", 1.0).await;
    daemon.metric_reaches("portreeve_tickets_longest_wait_seconds", "", 0.001).await;
    assert!(letters(&site, 3).await[2].contains("all three questions are answered"));
    assert_eq!(site.run(&["tickets", "refuse", "1", " "]).status.code(), Some(1));
    let (refused, code) = json(&site, &["tickets", "refuse", "1", "Change the password first."]);
    assert_eq!((refused["state"].as_str(), code), (Some("refused"), 0));
    assert!(letters(&site, 4).await[3].contains("Change the password first."));
    assert!(site.refuses(BOB).await);

    let (approved, code) = json(&site, &["tickets", "approve", "1"]);
    assert_eq!((approved["state"].as_str(), code), (Some("approved"), 0));
    assert!(!site.refuses(BOB).await);
    let last = letters(&site, 5).await.remove(4);
    assert!(last.contains("Set a strong password now"), "{last}");
    assert_eq!(site.run(&["tickets", "approve", "1"]).status.code(), Some(1));
    assert_eq!(site.run(&["tickets", "list"]).status.code(), Some(1));
    let ids = |letter: &str| letter.lines().find_map(|line| line.strip_prefix("References: ").map(str::to_owned));
    let first = opened.lines().find_map(|line| line.strip_prefix("Message-ID: ").map(str::to_owned));
    assert_eq!(ids(&last), first, "one conversation");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_that_is_released_by_hand_closes_its_ticket() {
    let site = site("pro").await;
    let _daemon = site.start().await;
    site.spam_until_blocked(BOB).await;
    assert_eq!(site.run(&["blocks", "unblock", "account", BOB]).status.code(), Some(0));
    let (show, _) = json(&site, &["tickets", "show", "1"]);
    assert_eq!(show["state"].as_str(), Some("closed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_step_is_lost_to_kill_9() {
    let mut site = site("mxplan").await;
    let relay = site.relay.address();
    // A relay that never greets: each try is under way when the daemon dies.
    let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    site.set(&format!("[alerts]\nrelay = \"{}\"\n", mute.local_addr().unwrap()));
    let daemon = site.start().await;
    site.spam_until_blocked(BOB).await;
    daemon.kill();

    let daemon = site.start().await;
    let (list, _) = json(&site, &["tickets", "list"]);
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "the ticket is there once: {list}");
    assert!(site.refuses(BOB).await);
    assert_eq!(site.run(&["tickets", "reply", "1", "We look at it."]).status.code(), Some(0));
    daemon.kill();

    let daemon = site.start().await;
    let (show, _) = json(&site, &["tickets", "show", "1"]);
    assert_eq!(show["messages"][0]["body"].as_str(), Some("We look at it."));
    assert_eq!(site.run(&["tickets", "approve", "1"]).status.code(), Some(0));
    daemon.kill();

    site.set(&format!("[alerts]\nrelay = \"{relay}\"\n"));
    let _daemon = site.start().await;
    assert!(!site.refuses(BOB).await);
    let (show, _) = json(&site, &["tickets", "show", "1"]);
    assert_eq!(show["state"].as_str(), Some("approved"));
    let told = letters(&site, 3).await;
    let counted = |word: &str| told.iter().filter(|letter| letter.contains(word)).count();
    // The first letter leaves when the block is over: it says both.
    let both = counted("was blocked and works again");
    let others = (counted("ticket 1]"), counted("We look at it."), counted("strong password"));
    assert_eq!((both, others), (1, (2, 1, 1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_releases_once() {
    let site = site("mxplan-legacy").await;
    let _daemon = site.start().await;
    assert_eq!(site.run(&["accounts", "password-changed", BOB]).status.code(), Some(1), "not blocked");
    site.spam_until_blocked(BOB).await;
    assert_eq!(site.run(&["tickets", "list"]).status.code(), Some(1), "no ticket");
    let old = ["accounts", "password-changed", BOB, "--at", "2026-01-01T00:00:00Z"];
    assert_eq!(site.run(&old).status.code(), Some(1));
    let future = ["accounts", "password-changed", BOB, "--at", "2999-01-01T00:00:00Z"];
    assert_eq!(site.run(&future).status.code(), Some(1));
    assert!(site.refuses(BOB).await);
    let released = site.run(&["accounts", "password-changed", BOB]);
    assert_eq!(released.status.code(), Some(0), "{released:?}");
    assert!(!site.refuses(BOB).await);
    assert_eq!(site.run(&["accounts", "password-changed", BOB]).status.code(), Some(1), "told twice");
    assert_eq!(site.run(&["accounts", "password-changed", BOB, "--at", "soon"]).status.code(), Some(2));
}
