//! Failed logins at the SMTP proxy: locked out for a while, told why and until when, shown, lifted, and no block.

use std::net::SocketAddr;

use serde_json::Value;
use testkit::{Relay, Stage};

use crate::harness::{Client, Milter, Site, free_port, loopback, samples};

/// "bob@shop.example" and "guess".
const GUESS: &str = "AUTH PLAIN AGJvYkBzaG9wLmV4YW1wbGUAZ3Vlc3M=";
const WRONG: &str = "535 5.7.8 wrong";

async fn site(port: u16, outside: &Relay, more: &str) -> Site {
    outside.offer("AUTH PLAIN").answer(Stage::Auth, WRONG);
    let proxy =
        format!("listen = [\"127.0.0.1:{port}\"]\nnext_hops = [\"{}\"]\nauth_needs_tls = false", outside.address());
    Site::new(&format!("[proxy]\n{proxy}\n[lockout]\naccount_failures = 3\nclient_failures = 0\n{more}")).await
}

async fn guess(server: SocketAddr) -> String {
    Client::connect(server).await.command(GUESS).await.line()
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_locks_an_account_out_across_a_restart_until_somebody_lifts_it() {
    let (outside, port) = (Relay::start().await, free_port());
    let site = site(port, &outside, "").await;
    let daemon = site.start().await;
    for _ in 0..3 {
        assert!(guess(loopback(port)).await.contains("5.7.8 wrong"));
    }
    outside.answer(Stage::Auth, "235 2.7.0 welcome");
    let told = guess(loopback(port)).await;
    assert!(told.starts_with("454 4.7.0 Too many failed logins for bob@shop.example"), "{told}");
    assert!(told.contains("Try again in") && told.contains("isn't blocked for spam"), "{told}");
    daemon.metric_reaches("portreeve_lockouts_total", "began", 1.0).await;
    assert_eq!(daemon.metric("portreeve_blocks_opened_total", "").await, 0.0, "a lockout is no block");
    // What waits for the disk is written before a daemon ends that is asked to.
    daemon.signal("TERM");
    let mut daemon = daemon;
    daemon.ended().await;

    let daemon = site.start().await;
    assert!(guess(loopback(port)).await.starts_with("454"), "it survives a restart");
    let listed: Value = serde_json::from_slice(&site.run(&["lockouts", "list", "--json"]).stdout).unwrap();
    let locks = listed["items"].as_array().unwrap();
    assert_eq!((locks.len(), &locks[0]["failures"]), (1, &Value::from(3)), "{listed}");
    let cleared = site.run(&["lockouts", "clear", "account", "bob@shop.example"]);
    assert!(cleared.status.success(), "{cleared:?}");
    assert!(guess(loopback(port)).await.starts_with("235"), "and may log in again");
    assert_eq!(site.run(&["lockouts", "clear", "account", "bob@shop.example"]).status.code(), Some(1));
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_locked_out_still_sends_by_another_door_and_monitor_mode_only_notes() {
    let (outside, port) = (Relay::start().await, free_port());
    let site = site(port, &outside, "[node]\nmode = \"monitor\"").await;
    let daemon = site.start().await;
    for _ in 0..5 {
        assert!(guess(loopback(port)).await.contains("5.7.8 wrong"), "monitor mode refuses nobody");
    }
    daemon.metric_reaches("portreeve_monitored_refusals_total", "lockout", 2.0).await;
    let mut session = Milter::session(&site.socket(), "bob@shop.example", "198.51.100.23").await;
    let answer = session.send("bob@shop.example", "friend@far.example", &samples("ham")[0]).await;
    assert!(matches!(answer.command, 'a' | 'c'));
}
