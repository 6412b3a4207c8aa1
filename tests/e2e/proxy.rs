//! The SMTP proxy between real servers: Postfix as its client, as smarthost and as before-queue filter; nothing is lost,
//! nothing arrives twice, nothing is changed.

mod clients;
mod extensions;
mod faults;
mod idle;
mod refused;
mod shared;
mod suspicious;
mod tls;
mod told;

use std::net::SocketAddr;

use testkit::{Relay, Stage};

use crate::harness::{
    Client, Daemon, Mail, Outcome, Outside, Postfix, Site, body_of, free_port, loopback, samples, until,
};

/// A site whose daemon is a proxy on that port, in front of that next hop.
async fn site(port: u16, next_hop: SocketAddr, more: &str) -> Site {
    Site::new(&format!("[proxy]\nlisten = [\"127.0.0.1:{port}\"]\nnext_hops = [\"{next_hop}\"]\n{more}")).await
}

/// Numbered recipients, so that each message can be found again.
fn recipient(number: usize) -> String {
    format!("friend{number}@near.example")
}

async fn hand_in(server: SocketAddr, mails: &[Mail]) {
    let mut client = Client::connect(server).await;
    for (number, mail) in mails.iter().enumerate() {
        let outcome = client.send("alice@shop.example", &recipient(number), mail).await;
        assert_eq!(outcome, Outcome::Sent, "message {number}");
    }
}

/// Each message has arrived, once, with its body untouched.
fn each_arrived_once(outside: &Relay, mails: &[Mail]) {
    for (number, mail) in mails.iter().enumerate() {
        let found: Vec<_> = outside.mails().into_iter().filter(|found| found.to == [recipient(number)]).collect();
        assert_eq!(found.len(), 1, "message {number}");
        assert!(body_of(&found[0].raw) == mail.body(), "the body of message {number} was changed");
    }
}

async fn all_arrive(outside: &Relay, mails: &[Mail]) {
    until("all mail arrives", || async { outside.to_domain("near.example").len() >= mails.len() }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postfix_relays_through_the_proxy() {
    let (outside, port, ham) = (Relay::start().await, free_port(), samples("ham"));
    let site = site(port, outside.address(), "").await;
    let daemon = site.start().await;
    let example = include_str!("../../config/examples/proxy-postfix-main.cf");
    let example = example.replace("127.0.0.1]:2525", &format!("127.0.0.1]:{port}"));
    let Some(postfix) = Postfix::with(loopback(port), &example).await else { return };
    hand_in(postfix.unfiltered, &ham).await;
    all_arrive(&outside, &ham).await;
    each_arrived_once(&outside, &ham);
    assert_eq!(daemon.metric("portreeve_proxy_messages_relayed_total", "").await, ham.len() as f64);
}

/// The next hop fails at one stage after the other. Postfix keeps the mail and brings it again; when the next hop works,
/// everything has arrived once.
#[tokio::test(flavor = "multi_thread")]
async fn faults_of_the_next_hop_lose_and_double_nothing() {
    let (outside, port) = (Relay::start().await, free_port());
    let ham: Vec<_> = samples("ham").into_iter().take(3).collect();
    let site = site(port, outside.address(), "next_hop_pause = \"1ms\"").await;
    let daemon = site.start().await;
    let Some(postfix) = Postfix::start(&site.milter(), loopback(port)).await else { return };
    outside.answer(Stage::Greeting, "421 4.3.2 not now");
    hand_in(postfix.unfiltered, &ham).await;
    let faults = [
        (Stage::Greeting, ""),
        (Stage::Hello, "421 4.3.2 not now"),
        (Stage::Hello, ""),
        (Stage::Mail, "451 4.3.0 not now"),
        (Stage::Mail, ""),
        (Stage::Rcpt, "450 4.2.1 not now"),
        (Stage::Rcpt, ""),
        (Stage::Data, "452 4.3.1 not now"),
        (Stage::Data, ""),
        (Stage::Message, "451 4.3.0 not now"),
    ];
    for (tries, (stage, answer)) in faults.into_iter().enumerate() {
        tried(&postfix, ham.len() * (tries + 1)).await;
        outside.work();
        outside.answer(stage, answer);
        postfix.flush();
    }
    tried(&postfix, ham.len() * (faults.len() + 1)).await;
    assert!(outside.mails().is_empty(), "something passed a next hop that fails");
    outside.work();
    postfix.flush();
    all_arrive(&outside, &ham).await;
    each_arrived_once(&outside, &ham);
    assert_eq!(daemon.metric("portreeve_proxy_messages_relayed_total", "").await, ham.len() as f64);
}

/// Waits until Postfix has deferred so many deliveries.
async fn tried(postfix: &Postfix, deferrals: usize) {
    until("every message is deferred", || async { postfix.deferrals() >= deferrals }).await;
}

/// smtpd_proxy_filter: the client of Postfix waits for the proxy's verdict, and Postfix passes it on.
#[tokio::test(flavor = "multi_thread")]
async fn postfix_asks_the_proxy_before_its_queue() {
    let (outside, port) = (Relay::start().await, free_port());
    let Some(postfix) = Postfix::filtered(loopback(port), outside.address()).await else { return };
    let more = "xforward_from = [\"127.0.0.1\"]\ntell_next_hop = \"xforward\"\n[score]\nreject = 100";
    let site = site(port, postfix.unfiltered, more).await;
    let daemon = site.start().await;
    let ham = samples("ham");
    hand_in(postfix.submission, &ham).await;
    all_arrive(&outside, &ham).await;
    each_arrived_once(&outside, &ham);
    spam_is_refused_at_the_dot(&postfix, &daemon).await;
}

async fn spam_is_refused_at_the_dot(postfix: &Postfix, daemon: &Daemon) {
    let mut refused = 0;
    for mail in samples("spam") {
        let mut client = Client::connect(postfix.submission).await;
        if let Outcome::Refused(verb, reply) = client.send("bob@shop.example", "victim@far.example", &mail).await {
            assert!(matches!(verb, "." | "MAIL" | "RCPT"), "{verb}: {}", reply.line());
            refused += 1;
        }
    }
    assert!(refused > 0, "no sample of spam was refused");
    assert!(daemon.metric("portreeve_proxy_messages_refused_total", "").await > 0.0);
}

/// A message of 50 MB takes no more memory than what is kept of any message, and what the allocator holds back; the
/// second one takes none.
#[tokio::test(flavor = "multi_thread")]
async fn large_messages_pass_in_constant_memory() {
    let (outside, port) = (Relay::start().await, free_port());
    let site = site(port, outside.address(), "").await;
    let daemon = site.start().await;
    let line = format!("{}\r\n", "x".repeat(76));
    let mail =
        Mail { raw: format!("Subject: large\r\n\r\n{}", line.repeat(49 * 1024 * 1024 / line.len())).into_bytes() };
    let small = Mail { raw: b"Subject: small\r\n\r\nx\r\n".to_vec() };
    let mut client = Client::connect(loopback(port)).await;
    assert_eq!(client.send("alice@shop.example", "small@near.example", &small).await, Outcome::Sent);
    for most in [24 * 1024, 12 * 1024] {
        let before = daemon.resident_kib();
        assert_eq!(client.send("alice@shop.example", "large@near.example", &mail).await, Outcome::Sent);
        let grown = daemon.resident_kib().saturating_sub(before);
        eprintln!("measured: 50 MB message: memory grew by {grown} KiB");
        assert!(grown < most, "memory grew by {grown} KiB");
    }
    assert!(outside.mails().iter().any(|found| found.raw.ends_with(&mail.raw)), "it arrived otherwise");
}
