//! A lock after failed logins, with an axe: once another program was told of it, it stands until its own end, told once under one
//! name, and is no spam.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::UNIX_EPOCH;

use model::Timestamp;
use serde_json::Value;
use testkit::{Receiver, Relay, Stage};

use super::hook;
use crate::harness::{Client, Daemon, Site, free_port, loopback, until};

const BOB: &str = "bob@shop.example";
/// Bob and a guess; Bob and, says the next hop, his password.
const LOGIN: &str = "AUTH PLAIN AGJvYkBzaG9wLmV4YW1wbGUAZ3Vlc3M=";
/// Long enough for a busy machine to start the daemon three times.
const LENGTH: &str = "12s";

async fn login(server: SocketAddr) -> String {
    Client::connect(server).await.command(LOGIN).await.line()
}

/// The lock that is shown.
fn shown(site: &Site) -> Vec<Value> {
    let listed: Value = serde_json::from_slice(&site.run(&["lockouts", "list", "--json"]).stdout).expect("JSON");
    listed["items"].as_array().cloned().expect("a list")
}

fn now() -> i64 {
    i64::try_from(UNIX_EPOCH.elapsed().expect("after 1970").as_millis()).expect("not so soon")
}

/// What arrived of a kind: copies, and the names they came under.
fn events(receiver: &Receiver, kind: &str) -> (usize, BTreeSet<String>) {
    let all: Vec<_> = receiver.requests().into_iter().filter(|request| request.kind() == kind).collect();
    (all.len(), all.iter().map(|request| request.id().to_owned()).collect())
}

async fn kill_and_start(site: &Site, daemon: Daemon) -> Daemon {
    daemon.kill();
    site.start().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_was_told_stands_until_its_own_end() {
    let (outside, receiver, port) = (Relay::start().await, Receiver::start().await, free_port());
    outside.offer("AUTH PLAIN").answer(Stage::Auth, "535 5.7.8 wrong");
    receiver.hold_first();
    let mut site = Site::new(&format!(
        "[proxy]\nlisten = [\"127.0.0.1:{port}\"]\nnext_hops = [\"{}\"]\nauth_needs_tls = false\n\
         [lockout]\naccount_failures = 3\nclient_failures = 0\nduration = \"{LENGTH}\"\n",
        outside.address()
    ))
    .await;
    hook(&mut site, &receiver);
    let mut daemon = site.start().await;
    for _ in 0..3 {
        assert!(login(loopback(port)).await.contains("5.7.8 wrong"));
    }
    until("it is told", || async { events(&receiver, "lockout.began").0 == 1 }).await;
    outside.answer(Stage::Auth, "235 2.7.0 welcome");

    // Told, but nobody has said that he heard it; then told again and heard.
    for copies in [2, 3] {
        daemon = kill_and_start(&site, daemon).await;
        let locks = shown(&site);
        assert_eq!(locks.len(), 1, "{locks:?}");
        let told = login(loopback(port)).await;
        assert!(told.starts_with("454 4.7.0 Too many failed logins"), "{told}");
        until("it is told again", || async { events(&receiver, "lockout.began").0 >= 2 }).await;
        assert!(events(&receiver, "lockout.began").0 <= copies);
    }
    let end = shown(&site).first().and_then(|lock| Timestamp::parse(lock["expires_at"].as_str()?));
    let end = end.expect("it is in force").0;
    until("its end", || async { login(loopback(port)).await.starts_with("235") }).await;
    assert!(now() >= end, "not before");
    daemon = kill_and_start(&site, daemon).await;
    assert!(login(loopback(port)).await.starts_with("235") && shown(&site).is_empty());

    until("its end is told", || async { events(&receiver, "lockout.ended").0 >= 1 }).await;
    for kind in ["lockout.began", "lockout.ended"] {
        assert_eq!(events(&receiver, kind).1.len(), 1, "{kind} is one event, however often it is told");
    }
    assert_eq!(events(&receiver, "lockout.lifted").0, 0);
    assert_eq!(site.run(&["blocks", "list", "--all"]).status.code(), Some(1), "it is no block");
    assert_eq!(daemon.metric("portreeve_blocks_opened_total", "").await, 0.0);
    assert!(!site.refuses(BOB).await && site.relay.mails().is_empty());
}
