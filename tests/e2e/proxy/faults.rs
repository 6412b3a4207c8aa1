//! A next hop that refuses, closes or answers too early, at each stage (smtp-sink): Postfix keeps what was not taken, returns
//! what was refused for good, and nothing arrives twice.

use std::net::SocketAddr;

use testkit::Relay;

use super::{all_arrive, each_arrived_once, hand_in, recipient, site, tried};
use crate::harness::{Mail, Outcome, Postfix, SmtpSink, free_port, loopback, samples, until};

const STAGES: [&str; 6] = ["CONNECT", "EHLO,HELO", "MAIL", "RCPT", "DATA", "."];
/// "later", closed without a word, closed with 421.
const TEMPORARY: [&str; 3] = ["-r", "-q", "-Q"];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_taken_stays_queued_and_arrives_once() {
    let (port, next_hop) = (free_port(), loopback(free_port()));
    let ham: Vec<_> = samples("ham").into_iter().take(3).collect();
    let site = site(port, next_hop, "next_hop_pause = \"1ms\"").await;
    let daemon = site.start().await;
    let Some(postfix) = Postfix::with(loopback(port), "").await else { return };
    hand_in(postfix.unfiltered, &ham).await;
    let faults = TEMPORARY.iter().flat_map(|kind| STAGES.map(|stage| (*kind, stage)));
    tried(&postfix, ham.len()).await;
    for (count, (kind, stage)) in faults.enumerate() {
        let Some(_sink) = SmtpSink::start(next_hop, &[kind, stage]).await else { return };
        postfix.flush();
        tried(&postfix, ham.len() * (count + 2)).await;
        assert_eq!(postfix.queued(), ham.len(), "{kind} {stage}");
    }
    assert_eq!(daemon.metric("portreeve_proxy_messages_relayed_total", "").await, 0.0);
    let outside = Relay::start_at(next_hop).await;
    // What smtp-sink offers too: who offers less than a client was told gets no message, and the client has to ask again.
    outside.offer("8BITMIME");
    postfix.flush();
    all_arrive(&outside, &ham).await;
    until("the queue is empty", || async { postfix.queued() == 0 }).await;
    each_arrived_once(&outside, &ham);
    assert_eq!(daemon.metric("portreeve_proxy_messages_relayed_total", "").await, ham.len() as f64);
}

/// How often Postfix has returned a message to its sender.
fn bounces(postfix: &Postfix, to: &str) -> usize {
    let log = postfix.log();
    log.lines().filter(|line| line.contains(&format!("to=<{to}>")) && line.contains("status=bounced")).count()
}

async fn refused_for_good(next_hop: SocketAddr, postfix: &Postfix, number: usize, options: &[&str], mail: &Mail) {
    let Some(_sink) = SmtpSink::start(next_hop, options).await else { return };
    let mut client = crate::harness::Client::connect(postfix.unfiltered).await;
    let sent = client.send("alice@shop.example", &recipient(number), mail).await;
    assert_eq!(sent, Outcome::Sent, "{options:?}");
    until(&format!("{options:?}: it is returned"), || async { bounces(postfix, &recipient(number)) > 0 }).await;
    assert_eq!(bounces(postfix, &recipient(number)), 1, "{options:?}");
}

/// 5xx at each stage of the transaction, and 550 while the content is still being sent: each message comes back once.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_for_good_is_returned_once() {
    let (port, next_hop) = (free_port(), loopback(free_port()));
    let site = site(port, next_hop, "next_hop_pause = \"1ms\"").await;
    let daemon = site.start().await;
    let Some(postfix) = Postfix::with(loopback(port), "").await else { return };
    let mail = &samples("ham")[0];
    for (number, stage) in ["MAIL", "RCPT", "DATA", "."].into_iter().enumerate() {
        refused_for_good(next_hop, &postfix, number, &["-f", stage], mail).await;
    }
    let large = Mail { raw: [b"Subject: large\r\n\r\n".to_vec(), b"0123456789\r\n".repeat(400_000)].concat() };
    refused_for_good(next_hop, &postfix, 9, &["-A", "1"], &large).await;
    assert_eq!(daemon.metric("portreeve_proxy_messages_relayed_total", "").await, 0.0);
}

/// A next hop that is slower than the time-out for DATA is one that gave no answer.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_answered_in_time_stays_queued() {
    let (port, next_hop) = (free_port(), loopback(free_port()));
    let site = site(port, next_hop, "next_hop_pause = \"1ms\"\ndata_timeout = \"200ms\"").await;
    let daemon = site.start().await;
    let Some(postfix) = Postfix::with(loopback(port), "").await else { return };
    let ham: Vec<_> = samples("ham").into_iter().take(1).collect();
    {
        let Some(sink) = SmtpSink::start(next_hop, &["-w", "600"]).await else { return };
        hand_in(postfix.unfiltered, &ham).await;
        tried(&postfix, 1).await;
        assert_eq!((postfix.queued(), sink.mail()), (1, String::new()));
    }
    assert_eq!(daemon.metric("portreeve_proxy_messages_lost_hop_total", "").await, 1.0);
    let outside = Relay::start_at(next_hop).await;
    outside.offer("8BITMIME");
    postfix.flush();
    all_arrive(&outside, &ham).await;
    each_arrived_once(&outside, &ham);
}
