//! Five thousand idle SMTP sessions: each costs little, and mail flows beside them.

use std::process::Command;

use testkit::Relay;

use super::site;
use crate::harness::{Client, Mail, Outcome, free_port, loopback};

const IDLE: usize = 5000;
/// Descriptors for the sessions, on either side, with some to spare.
const DESCRIPTORS: usize = IDLE + 300;
/// The budget of one idle session in the daemon.
const BUDGET_BYTES: u64 = 16 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn mail_flows_beside_five_thousand_idle_sessions() {
    let raised = Command::new("prlimit")
        .args(["--pid", &std::process::id().to_string(), &format!("--nofile={DESCRIPTORS}:")])
        .status();
    if !raised.is_ok_and(|status| status.success()) {
        eprintln!("skipped: the limit on open files can't be raised to {DESCRIPTORS}");
        return;
    }
    let (outside, port) = (Relay::start().await, free_port());
    let site = site(port, outside.address(), "max_sessions = 6000\nmax_sessions_per_client = 6000").await;
    // It inherits the limit.
    let daemon = site.start().await;
    one_message_passes(port).await;
    let before = daemon.resident_kib();
    let mut idle = Vec::with_capacity(IDLE);
    for _ in 0..IDLE {
        // Greeted, and EHLO answered.
        idle.push(Client::connect(loopback(port)).await);
    }
    let each = daemon.resident_kib().saturating_sub(before) * 1024 / u64::try_from(IDLE).expect("a small number");
    eprintln!("measured: {IDLE} idle SMTP sessions: {each} bytes of resident memory each");
    assert!(each < BUDGET_BYTES, "{each} bytes an idle session");
    one_message_passes(port).await;
    assert_eq!(daemon.metric("portreeve_proxy_sessions_refused_total", "").await, 0.0);
}

async fn one_message_passes(port: u16) {
    let mut client = Client::connect(loopback(port)).await;
    let mail = Mail { raw: b"Subject: hello\r\n\r\nx\r\n".to_vec() };
    assert_eq!(client.send("alice@shop.example", "friend@near.example", &mail).await, Outcome::Sent);
}
