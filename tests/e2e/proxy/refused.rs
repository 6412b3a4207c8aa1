//! A client that tries addresses out, and never sends a message, is blocked; the honest one beside it is not.

use testkit::{Relay, Stage};

use super::site;
use crate::harness::{Client, free_port, loopback, until};

#[tokio::test(flavor = "multi_thread")]
async fn guessing_recipients_blocks_the_address_that_guesses() {
    let (outside, port) = (Relay::start().await, free_port());
    outside.answer(Stage::Rcpt, "550 5.1.1 no such user");
    let site = site(port, outside.address(), "").await;
    let daemon = site.start().await;
    let (guesser, honest) = ([127, 9, 9, 9].into(), [127, 1, 1, 1].into());
    let mut client = Client::connect_from(guesser, loopback(port)).await;
    client.command("MAIL FROM:<bob@shop.example>").await;
    for number in 0..100 {
        let reply = client.command(&format!("RCPT TO:<guess{number}@near.example>")).await;
        assert_eq!(reply.line(), "550 5.1.1 no such user");
    }
    client.command("QUIT").await;
    daemon.metric_reaches("portreeve_proxy_recipients_refused_total", "", 100.0).await;
    let mail = || async {
        let mut client = Client::connect_from(guesser, loopback(port)).await;
        client.command("MAIL FROM:<bob@shop.example>").await.line()
    };
    until("the address is blocked", || async { !mail().await.starts_with("250 ") }).await;
    let refusal = mail().await;
    assert!(refusal.starts_with("550 5.7.1 "), "{refusal}");
    assert!(refusal.contains("100 % of 100 recipients refused by the next mail server"), "{refusal}");
    let mut beside = Client::connect_from(honest, loopback(port)).await;
    assert_eq!(beside.command("MAIL FROM:<alice@shop.example>").await.code, 250);
    until("the alert", || async { site.relay.mails().iter().any(|mail| mail.text.contains("127.9.9.9")) }).await;
}
