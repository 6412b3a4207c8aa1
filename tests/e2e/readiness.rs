//! Readiness, metrics and log say the same of every part, whatever way mail comes in by.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::harness::{Daemon, Site, free_port, loopback, until, within};

/// What is said of a part.
async fn sentence(daemon: &Daemon, part: &str) -> (u16, String) {
    let page = daemon.page("/readyz").await;
    let report: serde_json::Value = serde_json::from_str(&page.body).unwrap();
    let parts = report["parts"].as_array().unwrap().iter();
    let told: Vec<_> = parts
        .filter(|told| told["part"] == part)
        .map(|told| format!("{} {}", told["state"], told["sentence"]))
        .collect();
    (page.status, told.join("; "))
}

/// What the proxy answers to EHLO.
async fn hello(proxy: SocketAddr) -> String {
    let mut stream = BufReader::new(TcpStream::connect(proxy).await.unwrap());
    let mut lines = String::new();
    stream.read_line(&mut lines).await.unwrap();
    stream.write_all(b"EHLO client.example\r\n").await.unwrap();
    lines.clear();
    within("an answer", stream.read_line(&mut lines)).await.unwrap();
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_alone_is_ready_and_tells_of_its_next_hops() {
    let (port, dead) = (free_port(), free_port());
    let table = |hop: SocketAddr| {
        format!("[milter]\nlisten = []\n[proxy]\nlisten = [\"127.0.0.1:{port}\"]\nnext_hops = [\"{hop}\"]\n")
    };
    let mut site = Site::new(&table(loopback(dead))).await;
    let daemon = site.start().await;
    assert_eq!(sentence(&daemon, "milter").await, (200, String::new()), "what isn't used isn't missed");
    let (status, told) = sentence(&daemon, "proxy").await;
    assert!(status == 200 && told.contains(&format!("working\" \"inet:127.0.0.1:{port}")), "{told}");

    assert!(hello(loopback(port)).await.starts_with("421 4.4.1 "));
    let (status, told) = sentence(&daemon, "next_hops").await;
    assert!(status == 200 && told.contains("down") && told.contains("messages are answered 451"), "{status} {told}");
    assert_eq!(daemon.metric("portreeve_degraded", "part=\"next_hops\"").await, 1.0);
    assert_eq!(daemon.metric("portreeve_proxy_next_hops", "state=\"failing\"").await, 1.0);
    daemon.logged("the failure", |line| line["part"] == "next_hops" && line["policy"] == "tempfail").await;

    site.set(&table(site.relay.address()));
    daemon.signal("HUP");
    until("a next hop works", || async { hello(loopback(port)).await.starts_with("250") }).await;
    assert!(sentence(&daemon, "next_hops").await.1.contains("working"));
    daemon.metric_reaches("portreeve_degraded", "part=\"next_hops\"", 0.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_is_down_is_told_everywhere_at_once() {
    let site = Site::new(&format!("[alerts]\nrelay = \"{}\"\n", loopback(free_port()))).await;
    let daemon = site.start().await;
    site.spam_until_blocked("bob@shop.example").await;
    daemon.metric_reaches("portreeve_degraded", "part=\"alerts\"", 1.0).await;
    let (status, told) = sentence(&daemon, "alerts").await;
    assert!(status == 200 && told.contains("degraded") && told.contains("1 letter waits"), "{status} {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_that_no_mail_can_reach_is_not_ready() {
    let site = Site::new("[milter]\nlisten = []\n").await;
    let daemon = site.start().await;
    let (status, told) = sentence(&daemon, "milter").await;
    assert!(status == 503 && told.contains("no mail can come in"), "{status} {told}");
}
