//! Why a customer can't send: what the proxy refused, and what the next hop did, stands in the log.

use testkit::{Relay, Stage};

use super::site;
use crate::harness::{Client, Mail, free_port, loopback};

#[tokio::test(flavor = "multi_thread")]
async fn the_log_says_what_was_refused_and_by_whom() {
    let (outside, port) = (Relay::start().await, free_port());
    outside.answer(Stage::Message, "554 5.7.1 we want none of it");
    let site = site(port, outside.address(), "").await;
    let daemon = site.start().await;
    let mut client = Client::connect_from([127, 8, 8, 8].into(), loopback(port)).await;
    let mail = |raw: &str| Mail { raw: raw.as_bytes().to_vec() };
    let refused = mail("Message-ID: <1@shop.example>\r\n\r\nx\r\n");
    client.send("bob@shop.example", "ann@near.example", &refused).await;
    client.send("bob@shop.example", "ann@near.example", &mail("Message-ID: <2@shop.example>\r\n\r\nx\ny\r\n")).await;
    let line = daemon.logged("the next hop's word", |line| line["by"] == "next_hop").await;
    let next_hop = outside.address().to_string();
    for (field, value) in [
        ("message", "refused"),
        ("via", "proxy"),
        ("ip", "127.8.8.8"),
        ("stage", "content"),
        ("reply", "554 5.7.1 we want none of it"),
        ("next_hop", next_hop.as_str()),
        ("message_id", "<1@shop.example>"),
    ] {
        assert_eq!(line[field], value, "{field} in {line}");
    }
    let line = daemon.logged("the proxy's own", |line| line["by"] == "proxy").await;
    assert!(line["reply"].as_str().is_some_and(|reply| reply.starts_with("554 5.6.0 ")), "{line}");
}
