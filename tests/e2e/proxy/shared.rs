//! Connections to a next hop serve one client after the other: nothing of the one before may reach the next.

use std::net::SocketAddr;

use testkit::Relay;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::site;
use crate::harness::{Client, Outcome, Postfix, free_port, loopback, samples};

/// What Postfix refuses at MAIL by way of a policy server; less than its own limit, which the proxy knows.
const POLICY_LIMIT: u64 = 500_000;

/// Postfix keeps the size that a refused MAIL has announced until RSET, and judges the next MAIL by it.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_size_is_not_the_next_senders() {
    let (outside, port, policy) = (Relay::start().await, free_port(), policy_server().await);
    let more = format!(
        "message_size_limit = 1000000\nsmtpd_delay_reject = no\n\
         smtpd_sender_restrictions = check_policy_service inet:{policy}\n"
    );
    let Some(postfix) = Postfix::with(outside.address(), &more).await else { return };
    let site = site(port, postfix.submission, "").await;
    let _daemon = site.start().await;
    for (size, refusal) in [(2_000_000, "552 5.3.4 "), (600_000, "554 5.7.1 ")] {
        let mut first = Client::connect(loopback(port)).await;
        let refused = first.command(&format!("MAIL FROM:<a@shop.example> SIZE={size}")).await;
        assert!(refused.line().starts_with(refusal), "{}", refused.line());
        let again = first.command("MAIL FROM:<a@shop.example>").await;
        assert_eq!(again.code, 250, "in the same session: {}", again.line());
        first.command("RSET").await;
        let refused = first.command(&format!("MAIL FROM:<a@shop.example> SIZE={size}")).await;
        assert!(refused.line().starts_with(refusal), "{}", refused.line());
        first.command("QUIT").await;
        let mut next = Client::connect(loopback(port)).await;
        let outcome = next.send("alice@shop.example", "friend@near.example", &samples("ham")[0]).await;
        assert_eq!(outcome, Outcome::Sent, "another client, behind SIZE={size}");
    }
}

/// Postfix counts what it refuses: from 10 on each further command takes it a second, and at 20 it hangs up.
#[tokio::test(flavor = "multi_thread")]
async fn refused_recipients_slow_nobody_else_down() {
    let (outside, port) = (Relay::start().await, free_port());
    let more = "smtpd_recipient_restrictions = check_recipient_access inline:{dead@near.example=REJECT}\n";
    let Some(postfix) = Postfix::with(outside.address(), more).await else { return };
    let site = site(port, postfix.submission, "").await;
    let _daemon = site.start().await;
    for _ in 0..3 {
        let mut guesser = Client::connect(loopback(port)).await;
        guesser.command("MAIL FROM:<bob@shop.example>").await;
        for _ in 0..9 {
            assert_eq!(guesser.command("RCPT TO:<dead@near.example>").await.code, 554);
        }
        guesser.command("QUIT").await;
    }
    let mut honest = Client::connect(loopback(port)).await;
    let outcome = honest.send("alice@shop.example", "friend@near.example", &samples("ham")[0]).await;
    assert_eq!(outcome, Outcome::Sent);
    assert!(!postfix.log().contains("too many errors"), "{}", postfix.log());
}

/// Refuses MAIL by its size, as Postfix tells it (SMTPD_POLICY_README).
async fn policy_server() -> SocketAddr {
    let listener = TcpListener::bind(loopback(0)).await.expect("a port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        while let Ok((asking, _)) = listener.accept().await {
            tokio::spawn(judge_sizes(asking));
        }
    });
    address
}

async fn judge_sizes(asking: TcpStream) {
    let mut stream = BufReader::new(asking);
    let mut size = 0;
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|length| length > 0) {
        if let Some(text) = line.strip_prefix("size=") {
            size = text.trim().parse().unwrap_or(0);
        }
        if line.trim().is_empty() {
            let action = if size > POLICY_LIMIT { "REJECT too large for us" } else { "DUNNO" };
            if stream.write_all(format!("action={action}\n\n").as_bytes()).await.is_err() {
                return;
            }
        }
        line.clear();
    }
}
