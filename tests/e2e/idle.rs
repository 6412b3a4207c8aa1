//! Two thousand idle milter connections, as a busy MTA keeps them: mail still flows, and each costs little.

use std::process::Command;

use crate::harness::{Milter, Site, samples};

const IDLE: usize = 2000;
/// Descriptors for the connections, on either side, with some to spare.
const DESCRIPTORS: usize = IDLE + 200;
/// The budget of one idle connection in the daemon.
const BUDGET_BYTES: u64 = 8 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn mail_flows_beside_two_thousand_idle_connections() {
    if !allow_descriptors(std::process::id()) {
        eprintln!("skipped: the limit on open files can't be raised to {DESCRIPTORS}");
        return;
    }
    let site = Site::new("").await;
    // It inherits the limit.
    let mut daemon = site.start().await;
    one_message_passes(&site).await;
    let before = daemon.resident_kib();
    let mut idle = Vec::with_capacity(IDLE);
    for _ in 0..IDLE {
        idle.push(Milter::connect(&site.socket()).await);
    }
    let each = daemon.resident_kib().saturating_sub(before) * 1024 / u64::try_from(IDLE).expect("a small number");
    eprintln!("measured: {IDLE} idle milter connections: {each} bytes of resident memory each");
    assert!(each < BUDGET_BYTES, "{each} bytes an idle connection");
    one_message_passes(&site).await;
    drop(idle);
    one_message_passes(&site).await;
    assert!(daemon.runs());
}

async fn one_message_passes(site: &Site) {
    let mut session = Milter::session(&site.socket(), "alice@shop.example", "203.0.113.5").await;
    let answer = session.send("alice@shop.example", "friend@near.example", &samples("ham")[0]).await;
    assert!(matches!(answer.command, 'a' | 'c'), "{answer:?}");
}

/// Raises the soft limit of a process, within its hard one.
fn allow_descriptors(pid: u32) -> bool {
    let mut prlimit = Command::new("prlimit");
    prlimit.args(["--pid", &pid.to_string(), &format!("--nofile={DESCRIPTORS}:")]);
    prlimit.status().is_ok_and(|status| status.success())
}
